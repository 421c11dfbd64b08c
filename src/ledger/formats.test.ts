import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "#base";
import {
  commit,
  decodeBundle,
  encodeBundle,
  entriesPath,
  pae,
  parseRecord,
  parseTilePath,
  recordOf,
  tilePath,
  tileWidth,
} from "./index.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });
const draft = { kind: "intent", subject: "act_1", at: 1_790_000_000_123, body: { b: 1, a: "ü" } } as const;

/** What `act` threw, if it was anything but a Fault about its input. */
function misbehaviour(act: () => unknown): unknown {
  try {
    act();
    return null;
  } catch (cause) {
    return cause instanceof Fault && cause.code !== "bug" ? null : cause;
  }
}

describe("records", () => {
  test("are canonical JSON, in this form for good", () => {
    const record = recordOf(draft, 7, "log.example");
    expect(record).toBe(
      '{"at":"2026-09-21T14:13:20.123Z","body":{"a":"ü","b":1},"id":"act_1","index":7,"kind":"intent","log":"log.example","v":1}',
    );
    expect(parseRecord(record)).toMatchObject({ id: "act_1", index: 7, kind: "intent" });
  });

  test.each([
    ["a space", (text: string) => text.replace(",", ", ")],
    ["a doubled key", (text: string) => text.replace('"v":1', '"v":1,"v":1')],
    ["another order", (text: string) => text.replace('"a":"ü","b":1', '"b":1,"a":"ü"')],
    ["a further member", (text: string) => text.replace('"v":1', '"v":1,"w":1')],
    ["another version", (text: string) => text.replace('"v":1', '"v":2')],
    ["an index that is no number", (text: string) => text.replace('"index":7', '"index":"7"')],
    ["a negative index", (text: string) => text.replace('"index":7', '"index":-7')],
    ["a time without milliseconds", (text: string) => text.replace(".123Z", "Z")],
    ["a body that is a list", (text: string) => text.replace('{"a":"ü","b":1}', "[]")],
    ["no end", (text: string) => text.slice(0, -1)],
  ])("with %s are malformed", (_, change) => {
    expect(() => parseRecord(change(recordOf(draft, 7, "log.example")))).toThrow(code("record_malformed"));
  });

  test("that are too large are refused, not cut", () => {
    const body = { text: "x".repeat(65_536) };
    expect(() => recordOf({ ...draft, body }, 0, "log.example")).toThrow(code("record_too_large"));
  });

  test("any text is read, or refused with a fault, however deep", () => {
    const nested = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
    for (const text of [nested, '{"at":"\\ud800"}', "null", "[]", "1e999"]) {
      expect(() => parseRecord(text)).toThrow(code("record_malformed"));
    }
    fc.assert(fc.property(fc.json(), (text) => misbehaviour(() => parseRecord(text)) === null));
  });
});

test("PAE is that of the DSSE specification, in bytes, not characters", () => {
  expect(pae("http://example.com/HelloWorld", "hello world").toString()).toBe(
    "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
  );
  expect(pae("t", "ü").toString()).toBe("DSSEv1 1 t 2 ü");
});

// Expected value by openssl: (head -c 32 /dev/zero; printf abc) | openssl dgst -sha256 -binary | base64
test("a commitment is SHA-256 of salt and bytes; a salt of another length is refused", () => {
  expect(commit(Buffer.from("abc"), Buffer.alloc(32))).toBe("Nlqn2Pf5QCxLlDRQK0zIndsJ/lDXzZW0k7g0xi1aU3A=");
  expect(() => commit(Buffer.from("abc"), Buffer.alloc(31))).toThrow(code("salt_length"));
});

describe("tile paths", () => {
  test("round trip", () => {
    const name = fc.record({
      n: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
      level: fc.nat(63),
    });
    fc.assert(
      fc.property(name, ({ n, width, level }) => {
        expect(parseTilePath(tilePath(level, n, width))).toEqual({ level, n, width });
        expect(parseTilePath(entriesPath(n, width))).toEqual({ level: "entries", n, width });
      }),
    );
  });

  test.each([
    ["", "tile", "tile/0", "tile/0/0", "tile/0/0000", "tile/0/1000", "tile/0/x000/000", "tile/0/x001"],
    [
      "tile/64/000",
      "tile/00/000",
      "tile/-1/000",
      "tile/data/000",
      "/tile/0/000",
      "tile/0/000/",
      "tile/0/000\n",
    ],
    [
      "tile/0/000.p/0",
      "tile/0/000.p/256",
      "tile/0/000.p/07",
      "tile/0/000.p/",
      "tile/0/000.p/-1",
      "tile/0/../000",
    ],
    [`tile/0/${"x999/".repeat(6)}999`, `tile/0/${"x999/".repeat(10_000)}999`],
  ])("%s and the like are refused", (...paths) => {
    for (const path of paths) expect(() => parseTilePath(path)).toThrow(code("tile_path_malformed"));
  });

  test("any text is read, or refused with a fault", () => {
    const shape = fc.stringMatching(/^tile\/(\d{1,3}|entries)\/[x0-9/]{0,20}(\.p\/\d{0,4})?$/u);
    fc.assert(
      fc.property(fc.oneof(fc.string(), shape), (text) => {
        expect(misbehaviour(() => parseTilePath(text))).toBeNull();
      }),
    );
  });

  test("widths", () => {
    expect([0, 1, 255, 256, 257].map((size) => tileWidth(0, 0, size))).toEqual([0, 1, 255, 256, 256]);
    expect(tileWidth(1, 0, 65_535)).toBe(255);
    expect(tileWidth(6, 0, 2 ** 52)).toBe(16);
  });
});

describe("entry bundles", () => {
  test("round trip", () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 });
    fc.assert(
      fc.property(entries, (list) => {
        const decoded = decodeBundle(encodeBundle(list));
        expect(decoded.map((entry) => entry.toString("hex"))).toEqual(
          list.map((entry) => Buffer.from(entry).toString("hex")),
        );
      }),
    );
  });

  test("any bytes are read, or refused with a fault; 257 entries are too many", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 600 }),
        (bytes) => misbehaviour(() => decodeBundle(bytes)) === null,
      ),
    );
    const tooMany = Buffer.alloc(2 * 257);
    expect(() => decodeBundle(tooMany)).toThrow(code("bundle_malformed"));
  });
});
