import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { makePlan } from "#sandbox";
import { seatbeltProfile, type SeatbeltRun, trialProfile } from "../../src/sandbox/seatbelt.ts";
import { CASES } from "../escape/cases.ts";
import { QUESTIONS } from "./questions.table.ts";
import { allows, parse, type Question, rulesOf } from "./sbpl.ts";

// The profile that a Mac's sandbox would be made of, asked what the escape suite tries. No Mac is needed, and none was: what a real
// Seatbelt makes of it is unverified (docs/decisions/0015-sandbox.md).

const made: string[] = [];
afterAll(() => made.forEach((path) => rmSync(path, { recursive: true, force: true })));

/** A person's home with a project in it, as on a Mac; `name` is what the project is called. */
function world(name = "work", extra: { read?: string[]; write?: string[] } = {}) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "dw-seatbelt-")));
  made.push(root);
  const [home, data, tool] = [join(root, "me"), join(root, "data"), join(root, "me", ".tools")];
  const work = join(home, "src", name);
  for (const path of [join(home, ".ssh"), join(home, "Library", "Keychains"), join(data, "keys"), tool])
    mkdirSync(path, { recursive: true });
  for (const repository of ["", "lib", "moved", "anew"])
    for (const part of ["hooks", "objects", "refs"])
      mkdirSync(join(work, repository, ".git", part), { recursive: true });
  for (const repository of ["", "lib", "moved", "anew"])
    writeFileSync(join(work, repository, ".git/config"), "");
  for (const file of [".env", "CLAUDE.md", ".envrc", ".mcp.json", "a.ts"])
    writeFileSync(join(work, file), "x");
  const { plan } = makePlan(
    {
      from: work,
      command: ["true"],
      read: extra.read?.map((path) => (path.startsWith("/") ? path : join(work, path))) ?? [],
      write: extra.write?.map((path) => join(work, path)) ?? [],
      environment: [],
      limits: {},
    },
    { environment: {}, home, secret: [data], cores: 2, trusts: true },
  );
  const run: SeatbeltRun = {
    shown: "/private/tmp/dw-1/shown",
    own: ["/private/tmp/dw-1/home", "/private/tmp/dw-1/tmp"],
    programs: ["/private/var/node/bin/node"],
    ports: [50_123, 50_124],
  };
  return { around: { root, home, work, data }, profile: seatbeltProfile(plan, run), tool };
}

const { around, profile } = world();
const asks = (question: Question): boolean => allows(profile, question);
const at = (operation: string, path: string): boolean => asks({ operation, path });

describe("the escape suite, as questions", () => {
  test("every case has its questions, or the reason why there are none", () => {
    expect(Object.keys(QUESTIONS).toSorted()).toEqual(CASES.map(({ id }) => id).toSorted());
  });

  test.each(CASES.map(({ id, about }) => [id, about]))("%s: %s", (id) => {
    const questions = QUESTIONS[id]?.(around) ?? [];
    expect(questions.length).toBeGreaterThan(0);
    expect(typeof questions === "string" ? [] : questions.filter(asks)).toEqual([]);
  });

  test("a profile that allowed it all would be found out", () => {
    const open = { text: "(version 1)\n(allow default)\n", parameters: {} };
    const all = CASES.map(({ id }) => QUESTIONS[id]?.(around) ?? []).filter((one) => typeof one !== "string");
    expect(all.flat().filter((question) => !allows(open, question))).toEqual([]);
    expect(all.flat().length).toBeGreaterThan(200);
  });
});

describe("what an agent does all day", () => {
  test.each([
    ["reads and changes the project", ["file-read-data", "file-write-data", "file-write-create"], "a.ts"],
    ["makes and removes files", ["file-write-create", "file-write-unlink"], "new/b.ts"],
    ["commits", ["file-write-create", "file-write-unlink", "file-write-data"], ".git/objects/ab/cd"],
    ["moves a branch", ["file-write-data", "file-write-unlink"], ".git/refs/heads/main"],
    ["writes the index", ["file-write-create", "file-write-unlink"], ".git/index.lock"],
    ["reads the hooks", ["file-read-data", "process-exec"], ".git/hooks/pre-commit"],
    ["reads its instructions", ["file-read-data"], "CLAUDE.md"],
    ["runs what it built", ["process-exec", "file-map-executable"], "target/debug/x"],
    [
      "installs packages, with whatever they hold",
      ["file-write-create"],
      "node_modules/x/.vscode/settings.json",
    ],
  ])("%s", (_, operations, path) => {
    for (const operation of operations)
      expect([operation, at(operation, join(around.work, path))]).toEqual([operation, true]);
  });

  test.each<[string, Question]>([
    ["runs the system's programs", { operation: "process-exec", path: "/bin/sh" }],
    ["loads its libraries", { operation: "file-map-executable", path: "/usr/lib/libSystem.B.dylib" }],
    [
      "finds the cache of the loader",
      { operation: "file-read-data", path: "/System/Volumes/Preboot/Cryptexes/OS/System/Library/dyld/x" },
    ],
    ["reads the root", { operation: "file-read-data", path: "/" }],
    ["runs Homebrew's", { operation: "process-exec", path: "/opt/homebrew/bin/git" }],
    [
      "trusts Homebrew's certificates",
      { operation: "file-read-data", path: "/opt/homebrew/etc/openssl@3/cert.pem" },
    ],
    ["throws away", { operation: "file-write-data", path: "/dev/null" }],
    ["draws lots", { operation: "file-read-data", path: "/dev/urandom" }],
    ["has a home", { operation: "file-write-create", path: "/private/tmp/dw-1/home/.cache/x" }],
    ["has temporary files", { operation: "file-write-unlink", path: "/private/tmp/dw-1/tmp/x" }],
    ["has sockets of its own", { operation: "network-bind", socket: "/private/tmp/dw-1/tmp/x.sock" }],
    ["reaches them", { operation: "network-outbound", socket: "/private/tmp/dw-1/tmp/x.sock" }],
    ["reads the certificates", { operation: "file-read-data", path: "/private/tmp/dw-1/shown/ca.pem" }],
    [
      "reaches the doors",
      { operation: "network-outbound", remote: { kind: "tcp", host: "127.0.0.1", port: 50_123 } },
    ],
    [
      "reaches the proxy",
      { operation: "network-outbound", remote: { kind: "tcp", host: "127.0.0.1", port: 50_124 } },
    ],
    ["forks", { operation: "process-fork" }],
    ["ends its children", { operation: "signal", target: "same-sandbox" }],
    ["looks at itself", { operation: "process-info-pidinfo", target: "self" }],
    ["looks at its children", { operation: "process-info-pidinfo", target: "same-sandbox" }],
    ["asks for the number of cores", { operation: "sysctl-read", name: "hw.logicalcpu" }],
    ["asks who it is", { operation: "mach-lookup", name: "com.apple.system.opendirectoryd.libinfo" }],
    ["locks in Python", { operation: "ipc-posix-sem", name: "/mp-ab12cd34" }],
    ["makes terminals", { operation: "pseudo-tty" }],
    [
      "uses those",
      { operation: "file-write-data", path: "/dev/ttys009", extensions: ["com.apple.sandbox.pty"] },
    ],
    ["sets the terminal that it was given", { operation: "file-ioctl", path: "/dev/ttys001" }],
    ["starts Node", { operation: "process-exec", path: "/private/var/node/bin/node" }],
  ])("%s", (_, question) => expect(asks(question)).toBe(true));

  test("it sees that the folders above are there, and not what is in them", () => {
    const above = join(around.home, "src");
    expect([at("file-read-metadata", above), at("file-read-data", above)]).toEqual([true, false]);
  });
});

describe("what a person named", () => {
  test("to be written is let be written, and the rest of it stays guarded", () => {
    const { around: own, profile: open } = world("work", { write: [".envrc", "lib"] });
    const may = (path: string) =>
      allows(open, { operation: "file-write-create", path: join(own.work, path) });
    expect([may(".envrc"), may(".idea/x"), may("lib/x"), may("lib/.git/hooks/x")]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test("to be read is let be read, and not written", () => {
    const { around: own, profile: open } = world("work", { read: [".env"] });
    const ask = (operation: string) => allows(open, { operation, path: join(own.work, ".env") });
    expect([ask("file-read-data"), ask("file-write-data")]).toEqual([true, false]);
  });

  test("a home is shown without its dot-files and its Library", () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), "dw-seatbelt-home-")));
    made.push(root);
    for (const path of ["me/.ssh", "me/Library/Keychains", "me/letters", "work"])
      mkdirSync(join(root, path), { recursive: true });
    const { plan } = makePlan(
      {
        from: join(root, "work"),
        command: ["true"],
        read: [join(root, "me")],
        write: [],
        environment: [],
        limits: {},
      },
      { environment: {}, home: join(root, "me"), secret: [], cores: 1, trusts: false },
    );
    const shown = seatbeltProfile(plan, { shown: "/x", own: [], programs: [], ports: [] });
    const may = (path: string) =>
      allows(shown, { operation: "file-read-data", path: join(root, "me", path) });
    expect([may("letters/a"), may(".ssh/id_rsa"), may("Library/Keychains/login.keychain-db")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("paths that somebody chose", () => {
  const HOSTILE = [
    'quote" ) (allow default) ; ',
    "back\\slash\\",
    "line\nbreak (allow file-read*)",
    ".*",
    "[a-z]+$|(x)",
    "${HOME}`id`",
    "ünïcödé ☂",
    "-D P0=",
  ];

  test.each(HOSTILE)("%j is a value, and no part of the text", (name) => {
    const { around: own, profile: hostile } = world(name);
    expect(hostile.text).toBe(profile.text);
    expect(Object.values(hostile.parameters)).toContain(own.work);
    const may = (operation: string, path: string) => allows(hostile, { operation, path });
    expect(may("file-write-create", join(own.work, "b.ts"))).toBe(true);
    expect(may("file-write-create", join(own.work, ".envrc"))).toBe(false);
    expect(may("file-write-create", join(own.work, ".zed/tasks.json"))).toBe(false);
    expect(may("file-read-data", join(own.home, ".ssh/id_rsa"))).toBe(false);
    const asked = Object.values(QUESTIONS).flatMap((questions) => {
      const about = questions(own);
      return typeof about === "string" ? [] : about;
    });
    expect(asked.filter((one) => allows(hostile, one))).toEqual([]);
  });

  test("whatever a folder is called, the text stays the same and its guard holds", () => {
    const run: SeatbeltRun = { shown: "/s", own: [], programs: [], ports: [] };
    const write = (path: string) =>
      seatbeltProfile({ mounts: [{ kind: "write", path, isFolder: true, identity: null }] }, run);
    const plain = write("/Users/me/x");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), (name) => {
        const folder = `/Users/me/${name.replaceAll(/[/\0]/g, "_")}`;
        const named = write(folder);
        const may = (path: string) => allows(named, { operation: "file-write-create", path });
        const paths = [`${folder}/a`, `${folder}/.envrc`, `${folder}/.Claude/x`, "/Users/me/other/x"];
        expect([named.text === plain.text, ...paths.map(may)]).toEqual([true, true, false, false, false]);
      }),
      { numRuns: 200 },
    );
  });
});

const wordsOf = (text: string) => new Set(text.match(/[a-z][a-z*-]+/g));

describe("the profile itself", () => {
  test("is one that the reader takes, and so is the one that is tried", () => {
    expect(rulesOf(profile.text).length).toBeGreaterThan(60);
    const tried = wordsOf(trialProfile().text);
    expect([...wordsOf(profile.text)].filter((word) => !tried.has(word))).toEqual([]);
    expect(rulesOf(trialProfile().text).length).toBeGreaterThan(35);
    expect(rulesOf(profile.text).at(0)).toEqual({ allows: false, operations: ["default"], filters: [] });
  });

  test("allows no group of operations without saying of what", () => {
    const plain = rulesOf(profile.text).filter(
      ({ allows: isAllowed, filters }) => isAllowed && filters.length === 0,
    );
    expect(plain.flatMap(({ operations }) => operations)).toEqual(["process-fork", "pseudo-tty"]);
  });

  test("uses every parameter that it is given, and has each that it uses", () => {
    const used = new Set([...profile.text.matchAll(/\(param "(P\d+)"\)/g)].map(([, name]) => name));
    expect(used).toEqual(new Set(Object.keys(profile.parameters)));
  });

  test.each([
    "(version 1)\n(deny default",
    "(version 1)\n(deny default))",
    '(version 1)\n(allow "x")',
    "(deny default)",
    "(version 1)\n(permit default)",
  ])("the reader refuses %j", (text) => expect(() => rulesOf(text)).toThrow(/./));

  test("the reader takes comments, strings and raw strings", () => {
    expect(parse('; a\n(x "a\\"b" #"^\\d$")')).toEqual([["x", { text: 'a"b' }, { text: String.raw`^\d$` }]]);
  });

  test.each([
    [
      "the last that matches decides",
      '(deny file-read* (subpath "/a"))\n(allow file-read-data (literal "/a/b"))',
      true,
    ],
    [
      "also where it denies",
      '(allow file-read-data (literal "/a/b"))\n(deny file-read* (subpath "/a"))',
      false,
    ],
    [
      "one without a filter is the default, wherever it stands",
      '(allow file-read* (subpath "/a"))\n(deny file-read*)',
      true,
    ],
    ["the narrower default comes first", "(allow file-read*)\n(deny file-read-data)", false],
  ])("%s", (_, rules, expected) => {
    const text = `(version 1)\n(deny default)\n${rules}\n`;
    expect(allows({ text, parameters: {} }, { operation: "file-read-data", path: "/a/b" })).toBe(expected);
  });
});
