import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ManifestBody, manifestBody } from "./manifest-schema.ts";
import { readManifestFile, writeManifestFile } from "./manifest-file.ts";
import { explainProposal } from "./propose.ts";

const DEFINITION = `sha256:${"a".repeat(64)}`;
const SEND = {
  name: "send_mail",
  inputSchema: {
    type: "object",
    properties: { recipients: { type: "array" }, body: { type: "string" }, urgent: { type: "boolean" } },
  },
};

test("a proposal as a file: each line says why, and reads back as it was", () => {
  const { manifest, why } = explainProposal("mail", SEND);
  const { tool: _tool, ...body } = manifest;
  const file = writeManifestFile("mail", [
    { tool: "send_mail", definition: DEFINITION, manifest: body, why },
  ]);
  expect(file).toContain('effect: send # "send" in its name');
  expect(file).toContain('recipients: destination # "recipient" in its name');
  expect(file).toContain("urgent: control # a flag, or one of a few values");
  expect(readManifestFile(file)).toEqual({
    ok: true,
    manifests: [{ tool: "send_mail", definition: DEFINITION, manifest: body }],
  });
});

test("what would loosen by a name alone is marked for a person to check", () => {
  const { manifest, why } = explainProposal("clock", { name: "read_time", inputSchema: null });
  const { tool: _tool, ...body } = manifest;
  const file = writeManifestFile("clock", [
    { tool: "read_time", definition: DEFINITION, manifest: body, why },
  ]);
  expect(body.output.integrity).toBe("trusted");
  expect(file).toContain("# CHECK: is it true that nobody outside writes its results?");
});

test("whatever a server names its tools and arguments, the file reads back as exactly that", () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
    .filter((text) => text !== "__proto__" && text.length <= 200);
  fc.assert(
    fc.property(name, fc.uniqueArray(name, { maxLength: 5 }), (named, args) => {
      const manifest: ManifestBody = {
        effect: "send",
        roles: Object.fromEntries(args.map((one) => [one, "destination" as const])),
        output: { integrity: "untrusted" },
      };
      const file = writeManifestFile("x", [{ tool: named, definition: DEFINITION, manifest }]);
      expect(file).toMatch(/^[\n\x20-\x7e]*$/u);
      expect(readManifestFile(file)).toEqual({
        ok: true,
        manifests: [{ tool: named, definition: DEFINITION, manifest }],
      });
    }),
  );
});

test("what a card says of it, and what can change, are read back as they were written", () => {
  const manifest: ManifestBody = {
    effect: "execute",
    roles: { file: "path", "odd name": "content" },
    output: { integrity: "untrusted" },
    summary: 'Run {file} with "care", é \\ {odd name}',
    mutable: ["file", "odd name"],
  };
  const file = writeManifestFile("x", [{ tool: "run", definition: DEFINITION, manifest }]);
  expect(readManifestFile(file)).toEqual({
    ok: true,
    manifests: [{ tool: "run", definition: DEFINITION, manifest }],
  });
});

function tool(more: string): string {
  return `t:\n  effect: read\n  output: { integrity: untrusted }\n${more}`;
}

describe("refused", () => {
  test.each([
    ["an unknown role", tool("  roles: { a: boss }"), "roles.a"],
    ["an unknown effect", "t:\n  effect: nothing\n  output: { integrity: trusted }", "effect"],
    ["an unknown field", tool("  trusted: true"), "trusted"],
    ["no output", "t:\n  effect: read", "output"],
    [
      "an effect that a filled argument would make less",
      "t:\n  effect: send\n  effectIf: { to: read }\n  output: { integrity: untrusted }",
      "effectIf",
    ],
    [
      "a directory that nobody trusts",
      "t:\n  effect: read\n  output: { integrity: untrusted, directory: true }",
      "output.directory",
    ],
    [
      "an author that is half an address",
      "t:\n  effect: read\n  output: { integrity: untrusted, trustedAuthors: [example.org] }",
      "trustedAuthors",
    ],
    [
      "a place with steps up",
      "t:\n  effect: read\n  output: { integrity: untrusted, resources: [{ argument: p, under: /a/../b, integrity: trusted }] }",
      "resources",
    ],
    [
      "everything as a place",
      "t:\n  effect: read\n  output: { integrity: untrusted, resources: [{ argument: p, under: '', integrity: trusted }] }",
      "resources",
    ],
    ["a summary that the agent would word", tool('  summary: "{body} {to}!"'), "says something"],
    ["a summary of two lines", tool('  summary: "Send\\nApproved"'), "one line"],
    ["a summary that hides letters", tool('  summary: "Send \\u202e{to}"'), "one line"],
    ["what can change, by no name", tool('  mutable: [""]'), "mutable"],
    ["a key twice", tool("  effect: write"), "unique"],
    ["an alias", "a: &x\n  effect: read\n  output: { integrity: trusted }\nb: *x", "by their names"],
    ["no tools", "[]", "by their names"],
    ["the name of a prototype as an argument", tool("  roles: { __proto__: content }"), "roles"],
    ["a definition that is no fingerprint", tool("  definition: abc"), "definition"],
    ["too much", `t: ${"x".repeat(1_000_001)}`, "characters"],
    [
      "too many tools",
      Array.from({ length: 501 }, (_, n) => `t${n}: { effect: read }`).join("\n"),
      "more than 500",
    ],
    [
      "too many arguments",
      tool(`  roles: {${Array.from({ length: 201 }, (_, n) => `a${n}: content`).join(",")}}`),
      "200",
    ],
  ])("%s", (_what, text, word) => {
    const read = readManifestFile(text);
    expect(JSON.stringify(read)).toContain(word);
    expect(read.ok).toBe(false);
  });
});

test("a tool may be called as a part of an object is", () => {
  const read = readManifestFile("constructor:\n  effect: read\n  output: { integrity: untrusted }");
  expect(read).toMatchObject({ ok: true, manifests: [{ tool: "constructor" }] });
  expect(manifestBody.safeParse({ effect: "read", output: { integrity: "trusted" } }).success).toBe(true);
});
