import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesIn, readZip } from "#models";
import { type Entry, endRecord, zipOf } from "./zip-writer.ts";

const text = (value: string): Buffer => Buffer.from(value);
const DATA = text("the weights of a model, some of them alike, alike, alike, alike");
const [PICKLE, JUNK] = [text("\u0080\u0002N."), text("nothing of interest")];

/** Every member as [reading, name, text or why]; the rules of what was odd, members' own included. */
function read(bytes: Uint8Array, most = 1_000_000) {
  const zip = readZip(bytesIn(bytes));
  if (!zip.ok) return { members: [zip.malformed.what], rules: [] as string[], unread: 1 };
  const opened = zip.members.map((member) => ({ member, is: member.open(most) }));
  const members = opened.map(({ member, is }) => {
    const whole = Buffer.from(is.source.read(0, is.source.size)).toString();
    return `${member.reading} ${member.name}: ${is.why ?? whole}`;
  });
  const rules = [...zip.oddities, ...opened.flatMap(({ is }) => is.oddities)].map(({ rule }) => rule);
  return { members, rules: [...new Set(rules)], unread: zip.unread.length };
}

const one = (entry: Partial<Entry>): Entry[] => [{ name: "m/data.pkl", data: DATA, ...entry }];

describe("an honest zip is read as it is, without a word about it", () => {
  test.each<[string, Uint8Array]>([
    ["stored", zipOf(one({}))],
    ["deflated", zipOf(one({ deflated: true }))],
    ["with a data descriptor", zipOf(one({ deflated: true, descriptor: true }))],
    ["stored with a data descriptor", zipOf(one({ descriptor: true }))],
    ["in zip64 fields", zipOf(one({ wide: true }), { wide: true })],
    ["in zip64 fields with a data descriptor", zipOf(one({ wide: true, descriptor: true, deflated: true }))],
    ["with a comment", zipOf(one({}), { comment: text("made by us") })],
  ])("%s", (_, bytes) => {
    expect(read(bytes)).toEqual({ members: [`both m/data.pkl: ${DATA.toString()}`], rules: [], unread: 0 });
  });
});

test("a zip that is a member of another isn't taken for a second end of it", () => {
  const inner = zipOf(one({}));
  const { rules, members } = read(zipOf([{ name: "inner.zip", data: inner }]));
  expect([rules, members.length]).toEqual([[], 1]);
});

describe("what scanners and loaders disagree on is told, and given in both readings", () => {
  const clean = `central m/data.pkl: ${DATA.toString()}`;
  test.each<[string, Uint8Array, string, string[]]>([
    [
      "CVE-2025-1944: another name in the local header",
      zipOf(one({ local: { name: "m/x.bin" } })),
      "zip-name-differs",
      [clean, `local m/x.bin: ${DATA.toString()}`],
    ],
    [
      "CVE-2025-1945: a flipped flag of encryption in the directory",
      zipOf(one({ listed: { flags: 1 } })),
      "zip-flag-lies",
      [clean, `local m/data.pkl: ${DATA.toString()}`],
    ],
    [
      "CVE-2025-1945: the bit of patches in the directory",
      zipOf(one({ listed: { flags: 0x20 } })),
      "zip-flags-differ",
      [clean, `local m/data.pkl: ${DATA.toString()}`],
    ],
    [
      "CVE-2025-1945: strong encryption in both",
      zipOf(one({ listed: { flags: 0x40 }, local: { flags: 0x40 } })),
      "zip-flag-lies",
      [`both m/data.pkl: ${DATA.toString()}`],
    ],
    [
      "CVE-2025-10156: a wrong checksum",
      zipOf(one({ listed: { crc: 7 }, local: { crc: 7 } })),
      "zip-crc",
      [`both m/data.pkl: ${DATA.toString()}`],
    ],
    [
      "another size in the local header",
      zipOf(one({ local: { packed: 5, size: 5 } })),
      "zip-headers-differ",
      [clean, "local m/data.pkl: the w"],
    ],
    [
      "another method in the local header",
      zipOf(one({ local: { method: 8 } })),
      "zip-headers-differ",
      [clean, "local m/data.pkl: its compressed data is broken (invalid code lengths set)"],
    ],
    [
      "two names that are one",
      zipOf([...one({}), ...one({ data: JUNK })]),
      "zip-duplicate",
      [`both m/data.pkl: ${DATA.toString()}`, `both m/data.pkl: ${JUNK.toString()}`],
    ],
    [
      "a member that no directory lists",
      zipOf([...one({}), { name: "evil.pkl", data: PICKLE, unlisted: true }]),
      "zip-unlisted",
      [`both m/data.pkl: ${DATA.toString()}`, `unlisted evil.pkl: ${PICKLE.toString()}`],
    ],
    [
      "a deflated member that no directory lists, its size behind it",
      zipOf([
        ...one({}),
        { name: "evil.pkl", data: PICKLE, unlisted: true, deflated: true, descriptor: true },
      ]),
      "zip-unlisted",
      [`both m/data.pkl: ${DATA.toString()}`, `unlisted evil.pkl: ${PICKLE.toString()}`],
    ],
    [
      "another name in the Unicode field",
      zipOf(one({ otherName: "m/other.pkl" })),
      "zip-name-differs",
      [`both m/data.pkl: ${DATA.toString()}`],
    ],
  ])("%s", (_, bytes, rule, members) => {
    const found = read(bytes);
    expect(found.rules).toContain(rule);
    expect(found.members).toEqual(members);
  });
});

test.each<[string, Uint8Array, string]>([
  ["a path upwards", zipOf(one({ name: "../../.bashrc" })), "path-traversal"],
  ["a path upwards, of the other system", zipOf(one({ name: "..\\x" })), "path-traversal"],
  ["an absolute path", zipOf(one({ name: "/etc/passwd" })), "path-absolute"],
  ["a drive", zipOf(one({ name: "C:x" })), "path-drive"],
  ["a name that ends twice", zipOf(one({ name: "a.txt\u0000.pkl" })), "path-control"],
  ["a name that reads backwards", zipOf(one({ name: "a\u202Elkp.txt" })), "path-control"],
  [
    "CVE-2025-1945: the bit of patches in both headers",
    zipOf(one({ listed: { flags: 0x20 }, local: { flags: 0x20 } })),
    "zip-flags",
  ],
  ["a symbolic link", zipOf(one({ mode: 0xa1ff })), "zip-link"],
  ["a count of entries that is wrong", zipOf(one({}), { count: 2 }), "zip-count"],
  ["a size of the directory that is wrong", zipOf(one({}), { directorySize: 1 }), "zip-directory-size"],
  ["a prefix", zipOf(one({}), { prefix: text("#!/bin/sh\n") }), "zip-prefix"],
  [
    "a prefix that the offsets count",
    zipOf(one({}), { prefix: text("MZ..."), adjusted: true }),
    "zip-prefix",
  ],
  ["bytes behind its end", zipOf(one({}), { trailing: text("more") }), "zip-trailing"],
  [
    "two entries of the same bytes",
    zipOf([
      ...one({}),
      { name: "b", data: DATA, unlisted: true },
      { name: "c", data: DATA, listed: { at: 0 } },
    ]),
    "zip-overlap",
  ],
  ["a second end in the comment", zipOf(one({}), { comment: endRecord(1, 56, 103) }), "zip-several-ends"],
  ["no directory", zipOf(one({})).subarray(0, 110), "zip-no-directory"],
  ["an entry whose local header is elsewhere", zipOf(one({ listed: { at: 3 } })), "zip-no-local"],
])("%s is told, and the member is found", (_, bytes, rule) => {
  const { rules, members } = read(bytes);
  expect(rules).toContain(rule);
  expect(members.join("\n")).toContain(DATA.toString());
});

test("a directory at its offset and another before its end are both read: miniz takes the one, zipfile the other", () => {
  const shown = zipOf([{ name: "shown.pkl", data: JUNK }]);
  const hidden = zipOf([{ name: "other.pkl", data: PICKLE }]);
  // The end record of `hidden` says where its directory is by the size before it, and that of `shown` by its offset.
  const at = shown.indexOf(Buffer.from("PK\u0001\u0002", "latin1"));
  const bytes = Buffer.concat([shown, hidden]);
  bytes.writeUInt32LE(at, bytes.length - 6);
  const { rules, members } = read(bytes);
  expect(rules).toContain("zip-two-directories");
  expect(members).toContain(`both shown.pkl: ${JUNK.toString()}`);
  expect(members.join()).toContain(PICKLE.toString());
});

describe("bounds", () => {
  const bomb = zipOf([{ name: "bomb", data: new Uint8Array(3_000_000), deflated: true }]);

  test("what inflates to more than may be is given up to a start of it, with why", () => {
    const zip = readZip(bytesIn(bomb));
    const opened = zip.ok ? zip.members[0]?.open(100_000) : undefined;
    expect(opened?.why).toBe("it unpacks to more than 100000 bytes");
    expect(opened?.source.size).toBeLessThanOrEqual(100_000);
    expect(opened?.source.size).toBeGreaterThan(10_000);
  });

  test("where nothing more may be inflated, nothing is", () => {
    expect(read(bomb, 0).members).toEqual(["both bomb: no more may be unpacked of this file"]);
  });

  test("a stream that breaks gives its start: whoever unpickles while reading has run it by then", () => {
    const data = Buffer.from(Array.from({ length: 9000 }, (_, n) => Math.imul(n, 2_654_435_761) >>> 24));
    const lies = { method: 8, size: data.length };
    const half = deflateRawSync(data).subarray(0, 1000);
    const bytes = zipOf([{ name: "broken", data: half, local: lies, listed: lies }]);
    const zip = readZip(bytesIn(bytes));
    const opened = zip.ok ? zip.members[0]?.open(100_000) : undefined;
    expect(opened?.why).toContain("its compressed data is broken");
    expect(opened?.source.size ?? 0).toBeGreaterThan(0);
    expect(data.includes(Buffer.from(opened?.source.read(0, 9000) ?? "nothing"))).toBe(true);
  });

  test("a stored member of 20 GB is a view: of the file no more than its headers is read", () => {
    const head = zipOf([{ name: "w", data: new Uint8Array(), wide: true }]);
    const size = 20 * 2 ** 30;
    const wide = { packed: size, size };
    const whole = zipOf([{ name: "w", data: new Uint8Array(), wide: true, local: wide, listed: wide }]);
    const local = head.indexOf(Buffer.from("PK\u0001\u0002", "latin1"));
    const tail = whole.subarray(local);
    let asked = 0;
    const source = {
      size: local + size + tail.length,
      read: (at: number, length: number): Uint8Array => {
        asked += length;
        const out = new Uint8Array(Math.min(length, source.size - at));
        const put = (bytes: Uint8Array, from: number): void => {
          for (const [n, byte] of bytes.entries()) {
            if (from + n >= at && from + n < at + out.length) out[from + n - at] = byte;
          }
        };
        put(whole.subarray(0, local), 0);
        put(tail, local + size);
        return out;
      },
    };
    const zip = readZip(source);
    const opened = zip.ok ? zip.members.map((member) => member.open(1000)) : [];
    expect(opened.map((is) => [is.source.size, is.why, is.inflated])).toEqual([[size, null, 0]]);
    expect(asked).toBeLessThan(200_000);
  });

  test("no mutation of a zip throws or gives more than may be inflated", () => {
    const good = zipOf([...one({ deflated: true }), ...one({ descriptor: true, name: "b" })], { wide: true });
    const change = fc.record({ at: fc.nat(good.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.nat(good.length), (changes, cut) => {
        const bytes = good.slice(0, cut < 40 ? good.length : cut);
        for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to;
        const zip = readZip(bytesIn(bytes));
        const opened = zip.ok ? zip.members.map((member) => member.open(500)) : [];
        for (const { inflated } of opened) expect(inflated).toBeLessThanOrEqual(500);
      }),
      { numRuns: 400 },
    );
  });
});

const python = spawnSync("python3", ["-c", "import zipfile"]).status === 0;

describe.skipIf(!python)(`python3's zipfile reads the same${python ? "" : " (skipped: no python3)"}`, () => {
  const list = `import sys,io,json,zipfile
z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
print(json.dumps([[i.filename,z.read(i).hex()] for i in z.infolist()]))`;
  test.each<[string, Uint8Array]>([
    [
      "one of each kind",
      zipOf(
        [
          ...one({}),
          ...one({ name: "d", deflated: true, descriptor: true }),
          ...one({ name: "w", wide: true }),
        ],
        { wide: true },
      ),
    ],
    ["behind a prefix", zipOf(one({ deflated: true }), { prefix: text("MZ and more") })],
  ])("%s", (_, bytes) => {
    const theirs: unknown = JSON.parse(
      spawnSync("python3", ["-c", list], { input: bytes }).stdout.toString(),
    );
    const zip = readZip(bytesIn(bytes));
    const ours = (zip.ok ? zip.members : []).map((member) => {
      const { source } = member.open(10_000);
      return [member.name, Buffer.from(source.read(0, source.size)).toString("hex")];
    });
    expect(ours).toEqual(theirs);
  });
});
