import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openInspector } from "./inspector.ts";
import { isUnchanged, openRegular } from "./open-file.ts";
import type { InspectRequest } from "./port.ts";

const folder = mkdtempSync(join(tmpdir(), "inspector-"));
const file = (name: string): string => join(folder, name);
const inspector = openInspector({ now: Date.now });

/** `cos\nsystem\n(S'true'\ntR.`: protocol 0, which calls the system's shell. */
const PICKLE = "cos\nsystem\n(S'true'\ntR.";

beforeAll(() => {
  writeFileSync(file("evil.pkl"), PICKLE);
  writeFileSync(file("two-bytes"), "GG");
  writeFileSync(file("empty.gguf"), "");
  writeFileSync(file("text.txt"), "hello");
  writeFileSync(file("config.json"), '{"model_type":"llama"}');
  writeFileSync(file("weights.safetensors"), safetensors());
  mkdirSync(file("folder"));
  symlinkSync("evil.pkl", file("link.pkl"));
  symlinkSync("loop", file("loop"));
  writeFileSync(file("vast.gguf"), "GGUF\x03\0\0\0");
  truncateSync(file("vast.gguf"), 500 * 10 ** 9);
});
afterAll(async () => {
  await inspector.close();
  rmSync(folder, { recursive: true, force: true });
});

function safetensors(): Buffer {
  const header = Buffer.from('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(8)]);
}

const scan = (name: string): InspectRequest<"scan"> => ({ job: "scan", files: [{ path: file(name), name }] });

test("scans many files, each answered for in its order, whatever the others are", async () => {
  const names = [
    "evil.pkl",
    "gone",
    "folder",
    "link.pkl",
    "loop",
    "two-bytes",
    "empty.gguf",
    "text.txt",
    "vast.gguf",
  ];
  const seen: Record<string, string> = {};
  for await (const { request, outcome } of inspector.inspectAll(names.map(scan)))
    seen[basename(request.files[0]?.path ?? "")] =
      outcome.kind === "answered" ? outcome.answer.verdict : outcome.says;
  expect(Object.keys(seen)).toEqual(names);
  expect(seen).toMatchObject({
    "evil.pkl": "malicious",
    gone: "gone cannot be read: it is not there",
    folder: "folder cannot be read: it is a folder",
    "link.pkl": "link.pkl cannot be read: it is a link",
    loop: "loop cannot be read: it is a link",
    "text.txt": "clean",
  });
}, 60_000);

test("identifies a folder by all of its files", async () => {
  const names = ["weights.safetensors", "config.json"];
  const files = names.map((name) => ({ path: file(name), name }));
  expect(await inspector.inspect({ job: "identify", files })).toMatchObject({
    kind: "answered",
    answer: { kinds: ["safetensors"], facts: { architecture: "llama", parameters: 2 }, malformed: null },
  });
}, 60_000);

test("more files than one child takes are looked at by several", async () => {
  const verdicts = [];
  for await (const { outcome } of inspector.inspectAll(Array.from({ length: 40 }, () => scan("evil.pkl"))))
    verdicts.push(outcome.kind === "answered" && outcome.answer.verdict);
  expect(verdicts).toEqual(Array.from({ length: 40 }, () => "malicious"));
}, 60_000);

test("a pipe without a writer is told and not waited for", async () => {
  execFileSync("mkfifo", [file("pipe.gguf")]);
  expect(await inspector.inspect(scan("pipe.gguf"))).toMatchObject({
    kind: "unscannable",
    why: "unreadable",
    says: "pipe.gguf cannot be read: it is no regular file",
  });
});

test.each<[string, (path: string) => void]>([
  ["written to", (path) => appendFileSync(path, "more")],
  [
    "another file under its name",
    (path) => execFileSync("sh", ["-c", 'cp "$1" "$1.new"; mv "$1.new" "$1"', "sh", path]),
  ],
  ["set back in time", (path) => execFileSync("touch", ["-d", "2020-01-01", path])],
  ["gone", (path) => rmSync(path)],
])("a file that is %s while it is open is known to be", (_, change) => {
  const path = file("changing");
  writeFileSync(path, "content");
  const opening = openRegular(path);
  expect(opening.ok && isUnchanged(opening.file)).toBe(true);
  change(path);
  expect(opening.ok && isUnchanged(opening.file)).toBe(false);
});

test("where nothing begins behind bubblewrap, it goes on without; where nothing begins at all, that is said", async () => {
  const broken = openInspector({ now: Date.now, findBubblewrap: () => "/bin/false" });
  expect(broken.wall()).toBe("bubblewrap");
  expect(await broken.inspect(scan("evil.pkl"))).toMatchObject({ answer: { verdict: "malicious" } });
  expect(broken.wall()).toBe("none");
  const none = openInspector({ now: Date.now, wall: "none", main: file("text.txt") });
  await expect(none.inspect(scan("evil.pkl"))).rejects.toMatchObject({ code: "inspection_unavailable" });
}, 60_000);

test("after its end nothing is started any more", async () => {
  const closed = openInspector({ now: Date.now });
  await closed.close();
  await expect(closed.inspect(scan("evil.pkl"))).rejects.toMatchObject({ code: "inspection_unavailable" });
});
