// The scan over labelled samples (`npm run -s conformance:scan`): our own adversarial ones always, those of ../shared/data/models
// where they are; and both mutated. Samples are data: nothing of any is loaded, here or in what is tried.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesIn } from "#models";
import { scanFile } from "#scan";
import { adversarial } from "../conformance/models/write.ts";
import { type Line, linesOf, looked, samplesIn } from "../conformance/scan/measure.ts";
import { openPool } from "../conformance/scan/pool.ts";

const DATA = new URL("../../shared/data/models/", import.meta.url).pathname;
const HAS_DATA = existsSync(join(DATA, "manifest.json"));
const SKIPPED = HAS_DATA ? "" : " (skipped: no ../shared/data)";
/** Of each sample; MUTATIONS=1000 for more. */
const MUTATIONS = Number(process.env["MUTATIONS"] ?? "3");
const BYTES_MUTATED_MAX = 300_000;
const HANG_MS = 20_000;

/** The second series of templates was written without a look at the rules: what those made of it the first time. */
const MISSED_MAX: ReadonlyMap<string, number> = new Map([["later-backdoors", 7]]);
/** A sound template with rules of conduct, in four forms; labelled benign by others: an encrypted archive and a broken template, which nobody can look into, and a template that acts on what is said. */
const FALSE_ALARMS_MAX: ReadonlyMap<string, number> = new Map([
  ["pickle", 1],
  ["template", 2],
  ["later-benign", 4],
]);

const command = (...args: string[]): readonly Line[] =>
  execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", "conformance/scan.ts", ...args], {
    encoding: "utf8",
  })
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("our own adversarial samples", () => {
  test("none crashes; of templates of the second series alone some are missed, or flagged though they are sound", () => {
    const lines = command("--adversarial");
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter(({ crashes }) => crashes > 0)).toEqual([]);
    const alarms = lines.filter((line) => line.falseAlarms > (FALSE_ALARMS_MAX.get(line.group) ?? 0));
    expect(alarms).toEqual([]);
    const missed = lines.filter((line) => line.missed > (MISSED_MAX.get(line.group) ?? 0));
    expect(missed).toEqual([]);
  });

  test("are made alike each time, under names of their own", () => {
    const [one, other] = [adversarial(), adversarial()];
    expect(new Set(one.map(({ file }) => file)).size).toBe(one.length);
    expect(one.map(({ bytes }) => Buffer.from(bytes).toString("hex"))).toEqual(
      other.map(({ bytes }) => Buffer.from(bytes).toString("hex")),
    );
  });
});

describe.skipIf(!HAS_DATA)(`samples of other projects${SKIPPED}`, () => {
  test("as labelled, in one line per group: no malicious one is missed, and the known benign ones alone are flagged", () => {
    const lines = command(DATA);
    expect(Object.keys(lines[0] ?? {})).toEqual([
      "group",
      "malicious",
      "missed",
      "benign",
      "falseAlarms",
      "suspicious",
      "unscannable",
      "crashes",
      "medianMs",
    ]);
    expect(lines.filter(({ crashes }) => crashes > 0)).toEqual([]);
    expect(lines.filter(({ missed }) => missed > 0)).toEqual([]);
    const alarms = lines.filter((line) => line.falseAlarms > (FALSE_ALARMS_MAX.get(line.group) ?? 0));
    expect(alarms).toEqual([]);
  });
});

describe("what is counted", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "scan-conformance-"));
    mkdirSync(join(folder, "a"));
    const items = [
      ["a/bad.pkl", "malicious", "cposix\nsystem\n(S'id'\ntR."],
      ["a/missed.txt", "malicious", "nothing"],
      ["a/fine.txt", "benign", "nothing"],
      ["a/alarm.sh", "benign", "#!/bin/sh\n"],
      ["a/closed.gguf", "malicious", ""],
      ["b/odd.sh", "suspicious", "#!/bin/sh\n"],
    ] as const;
    mkdirSync(join(folder, "b"));
    for (const [file, , text] of items) writeFileSync(join(folder, file), text);
    const listed = items.map(([file, label]) => ({ file, label }));
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ items: listed }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("a malicious file called clean is missed, unscannable is not; a benign one called anything is a false alarm", () => {
    const [a, b] = command(folder);
    expect(a).toMatchObject({
      group: "a",
      malicious: 3,
      missed: 1,
      benign: 2,
      falseAlarms: 1,
      suspicious: 1,
      unscannable: 1,
      crashes: 0,
    });
    expect(b).toMatchObject({ group: "b", malicious: 0, benign: 0, suspicious: 1 });
  });

  test("a file that is not there, or ends the process, is a crash, and the next one is looked at all the same", async () => {
    const pool = openPool();
    const samples = [
      { file: "a/gone.pkl", label: "malicious" },
      { file: "a/fine.txt", label: "benign" },
    ];
    const [line] = linesOf(await looked(pool, folder, samples));
    pool.close();
    expect(line).toMatchObject({ missed: 0, falseAlarms: 0, crashes: 1 });
  });

  test("a manifest that names a file outside of its folder is not followed", () => {
    const outside = join(folder, "outside");
    mkdirSync(outside);
    writeFileSync(
      join(outside, "manifest.json"),
      JSON.stringify({ items: [{ file: "../a/bad.pkl", label: "benign" }] }),
    );
    expect(() => samplesIn(outside)).toThrow("outside of its folder");
  });

  test("asked wrongly, it says how it is asked", () => {
    expect(spawnSync(process.execPath, ["conformance/scan.ts"]).status).toBe(2);
  });
});

/** Bits turned, ends cut off, parts moved to elsewhere: a few of them after one another. */
const mutations = (size: number): fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> => {
  const at = fc.nat({ max: Math.max(0, size - 1) });
  const flip = fc.tuple(at, fc.integer({ min: 1, max: 255 })).map(([place, bits]) => (bytes: Uint8Array) => {
    const copy = Uint8Array.from(bytes);
    if (place < copy.length) copy[place] = (copy[place] ?? 0) ^ bits;
    return copy;
  });
  const cut = at.map((length) => (bytes: Uint8Array) => bytes.subarray(0, length));
  const splice = fc.tuple(at, at, at).map(([from, to, into]) => (bytes: Uint8Array) => {
    const part = bytes.subarray(Math.min(from, to), Math.max(from, to));
    return Uint8Array.from(Buffer.concat([bytes.subarray(0, into), part, bytes.subarray(into)]));
  });
  const fill = fc.tuple(at, fc.integer({ min: 1, max: 9 }), fc.constantFrom(0, 0x7f, 0xff)).map(
    ([place, length, byte]) =>
      (bytes: Uint8Array) =>
        Uint8Array.from(bytes).fill(byte, place, place + length),
  );
  return fc
    .array(fc.oneof({ weight: 4, arbitrary: flip }, cut, splice, { weight: 2, arbitrary: fill }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((steps) => (bytes) => steps.reduce((changed, step) => step(changed), bytes));
};

/** Every mutation is answered for: a verdict, no scanner that failed, and nothing that takes as long as a hang. Null where that holds. */
function brokenBy(name: string, bytes: Uint8Array): string | null {
  const property = fc.property(mutations(bytes.length), (mutate) => {
    const { findings } = scanFile(bytesIn(mutate(bytes)), name);
    return findings.every(({ rule }) => rule !== "scanner-failed");
  });
  const bounds = { numRuns: MUTATIONS, interruptAfterTimeLimit: HANG_MS, markInterruptAsFailure: true };
  const { failed, counterexamplePath, seed, errorInstance } = fc.check(property, bounds);
  return failed ? `${name}: seed ${seed}, path ${counterexamplePath}, ${String(errorInstance)}` : null;
}

describe("mutated", () => {
  test("each of ours is answered for", () => {
    const broken = adversarial().map(({ file, bytes }) => brokenBy(file, bytes));
    expect(broken.filter((one) => one !== null)).toEqual([]);
  }, 1_200_000);

  test.skipIf(!HAS_DATA)(
    `each of the others' is answered for${SKIPPED}`,
    () => {
      const broken = samplesIn(DATA).map(({ file }) => {
        const bytes = readFileSync(join(DATA, file));
        return bytes.length > BYTES_MUTATED_MAX ? null : brokenBy(file, bytes);
      });
      expect(broken.filter((one) => one !== null)).toEqual([]);
    },
    1_200_000,
  );
});
