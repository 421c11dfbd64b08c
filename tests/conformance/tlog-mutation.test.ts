import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { checkReceipt, formatReceipt, parseReceipt, parseVkey } from "#ledger";
import {
  growthProblems,
  logProblems,
  openTrusted,
  Refusal,
  trustLog,
  verifyReceipt,
} from "../../verifier/src/index.ts";
import { draft, openTestLog, type TestLog } from "./tlog-fixture.ts";

/** What the offline verifier finds wrong with a log directory. */
function problemsOf({ dir, signer }: TestLog): string[] {
  try {
    const checkpoint = openTrusted(readFileSync(join(dir, "checkpoint"), "utf8"), trustLog(signer.vkey));
    return logProblems(dir, checkpoint, null);
  } catch (cause) {
    if (cause instanceof Refusal) return [cause.message];
    throw cause;
  }
}

function filesOf({ dir }: TestLog): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" });
  return names.map((name) => join(dir, name)).filter((path) => statSync(path).isFile());
}

/** Runs `act` while `path` holds `bytes`, or is not there for null. */
function whileChanged<T>(path: string, bytes: Buffer | null, act: () => T): T {
  const before = readFileSync(path);
  if (bytes === null) rmSync(path);
  else writeFileSync(path, bytes);
  const result = act();
  writeFileSync(path, before);
  return result;
}

function flipped(bytes: Buffer, at: number, mask: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= mask;
  return copy;
}

const small = openTestLog(1);
for (const batch of [["one"], ["two", "three"], ["four", "", "six"]])
  small.add(batch.map((text) => Buffer.from(text)));
const wide = openTestLog(2);
for (const [from, to] of [
  [0, 250],
  [250, 256],
  [256, 700],
] as const) {
  wide.add(Array.from({ length: to - from }, (_, n) => Buffer.from(`entry ${from + n}`)));
}
const recorded = openTestLog(3);
recorded.log([draft("intent", "act_1"), draft("verdict", "act_2"), draft("outcome", "act_1")]);
afterAll(() => [small, wide, recorded].forEach((log) => log.close()));

const gone = (path: string) => whileChanged(join(wide.dir, path), null, () => problemsOf(wide)).join();
const opened = (log: TestLog) => openTrusted(log.checkpoint(), trustLog(log.signer.vkey));

describe("a log directory", () => {
  test("untouched is accepted, old partial tiles and all", () => {
    expect(filesOf(small)).toHaveLength(1 + 3 + 3);
    expect([small, wide, recorded].map(problemsOf)).toEqual([[], [], []]);
  });

  test.each([0x01, 0x20, 0x80])("with any one byte changed by %i is refused", (mask) => {
    const missed = filesOf(small).flatMap((path) => {
      const bytes = readFileSync(path);
      return [...bytes.keys()].filter(
        (at) => whileChanged(path, flipped(bytes, at, mask), () => problemsOf(small)).length === 0,
      );
    });
    expect(missed).toEqual([]);
  });

  test("of two levels, with a byte changed, a file cut, lengthened or gone, is refused", () => {
    const files = filesOf(wide);
    const change = fc.record({
      file: fc.nat(),
      at: fc.nat(),
      mask: fc.integer({ min: 1, max: 255 }),
      how: fc.nat(2),
    });
    fc.assert(
      fc.property(change, ({ file, at, mask, how }) => {
        const path = files[file % files.length]!;
        const bytes = readFileSync(path);
        const place = at % bytes.length;
        const changed = [
          flipped(bytes, place, mask),
          bytes.subarray(0, place),
          Buffer.concat([bytes, Buffer.of(mask)]),
        ];
        expect(whileChanged(path, changed[how]!, () => problemsOf(wide))).not.toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test("without one of its current files is refused by name; an old partial may go", () => {
    expect(gone("tile/0/002.p/188")).toContain("tile/0/002 is missing");
    expect(gone("tile/entries/001")).toContain("tile/entries/001 is missing");
    expect(gone("tile/1/000.p/2")).toContain("tile/1/000 is missing");
    expect(gone("tile/0/000.p/250")).toBe("");
  });
});

describe("growth", () => {
  test("a rewritten history with the same key is found out, whichever of the two is kept (T23)", () => {
    const [honest, forked] = [openTestLog(9), openTestLog(9)];
    for (const log of [honest, forked]) log.add([Buffer.from("a"), Buffer.from("b")]);
    honest.add([Buffer.from("paid 10")]);
    forked.add([Buffer.from("paid 10,000")]);
    const anchored = opened(honest);
    for (const log of [honest, forked]) log.add([Buffer.from("d")]);
    expect(problemsOf(forked)).toEqual([]);
    expect(growthProblems(honest.dir, anchored, opened(honest))).toEqual([]);
    expect(growthProblems(forked.dir, anchored, opened(forked))).toEqual([
      expect.stringContaining("at size 3"),
    ]);
    expect(growthProblems(honest.dir, anchored, opened(forked))).toEqual([
      expect.stringContaining("at size 4"),
    ]);
    expect(growthProblems(honest.dir, opened(honest), anchored)).toEqual([
      "the log shrank from 4 to 3 entries",
    ]);
    [honest, forked].forEach((log) => log.close());
  });

  test("checkpoints of two logs have nothing to do with each other", () => {
    const other = openTestLog(1, "else.example");
    expect(growthProblems(small.dir, opened(other), opened(small))).toEqual([
      "the checkpoints are of different logs",
    ]);
    other.close();
  });
});

describe("a receipt file", () => {
  const trust = trustLog(recorded.signer.vkey);
  const text = formatReceipt(recorded.receipt("act_1"));
  const accepts = {
    verifier: (file: string) => {
      try {
        verifyReceipt(file, trust, [recorded.receiptKey]);
        return true;
      } catch (cause) {
        if (cause instanceof Refusal) return false;
        throw cause;
      }
    },
    engine: (file: string) => {
      const ours = { logKey: parseVkey(recorded.signer.vkey), receiptKeys: [recorded.spki] };
      try {
        return checkReceipt(parseReceipt(file), ours).kind === "verified";
      } catch (cause) {
        if (cause instanceof Error && cause.name === "Fault") return false;
        throw cause;
      }
    },
  };

  test.each(["verifier", "engine"] as const)(
    "is accepted by the %s, and with any one byte changed refused",
    (by) => {
      expect(accepts[by](text)).toBe(true);
      const bytes = Buffer.from(text);
      const missed = [...bytes.keys()].filter((at) => accepts[by](flipped(bytes, at, 0x01).toString()));
      expect(missed).toEqual([]);
    },
  );

  test("any text is refused without a crash", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.nat(text.length).map((cut) => text.slice(0, cut)),
        ),
        (file) => {
          const isCut = file.length >= text.length - 1;
          expect([accepts.verifier(file), accepts.engine(file)]).toEqual([isCut, isCut]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
