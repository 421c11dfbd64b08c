// What a scan says of models that hide in containers: behind a name that ends twice, behind the end of a compressed stream.
import { Buffer } from "node:buffer";
import { deflateSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { bytesIn } from "#models";
import { type FileScan, scanFile } from "#scan";
import { zipOf } from "./zip-writer.ts";

const scan = (bytes: Uint8Array, name: string): FileScan => scanFile(bytesIn(bytes), name);
const rules = ({ findings }: FileScan): string[] => findings.map(({ rule }) => rule);

test("a member's name ends at a byte of zero for those who read it so, and that it does blocks", () => {
  const template = Buffer.from("{{ ''.__class__.__mro__[1].__subclasses__() }}");
  for (const name of ["chat_template.jinja\u0000.png", "a/chat_template.jinja\u0000/x.png"]) {
    const found = scan(zipOf([{ name, data: template }]), "model.zip");
    expect(found.verdict).toBe("malicious");
    expect(rules(found)).toContain("path-nul");
  }
  const empty = scan(zipOf([{ name: "notes\u0000.txt", data: Buffer.from("notes") }]), "model.zip");
  expect(empty.verdict).toBe("unscannable");
});

test("what follows the end of a compressed stream blocks", () => {
  const notes = Buffer.from("notes ".repeat(50));
  const behind = Buffer.from("cos\nsystem\n(S'id'\ntR.");
  for (const [kind, packed] of [
    ["zlib", deflateSync(notes)],
    ["zstd", zstdCompressSync(notes)],
  ] as const) {
    expect([kind, scan(packed, "m.joblib").verdict]).toEqual([kind, "clean"]);
    const found = scan(Buffer.concat([packed, behind]), "m.joblib");
    expect([kind, found.verdict]).toEqual([kind, "unscannable"]);
    expect(rules(found)).toContain(`${kind}-trailing`);
  }
});

test("a second frame of zstd is not passed over", () => {
  const [first, second] = ["notes ".repeat(50), "cos\nsystem\n(S'id'\ntR."].map((text) =>
    zstdCompressSync(Buffer.from(text)),
  );
  const found = scan(Buffer.concat([first ?? "", second ?? ""].map((one) => Buffer.from(one))), "m.zst");
  expect(["unscannable", "malicious"]).toContain(found.verdict);
});
