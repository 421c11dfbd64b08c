// `doorward models licences`: the whole command, over a folder as Hugging Face lays it out, a GGUF file and an Ollama store.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SMALL, text, u32, writeGguf } from "./gguf-writer.ts";

const PROGRAM = join(process.cwd(), "bin", "doorward.mjs");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "licences-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, content: string | Uint8Array): string {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
  return join(folder, path);
}

function licences(...args: string[]) {
  const run = spawnSync(process.execPath, [PROGRAM, "models", "licences", ...args], {
    encoding: "utf8",
    timeout: 60_000,
  });
  return { ...run, json: () => JSON.parse(run.stdout) };
}

test("a freer label on what was made of a stricter model: duties of both, the contradiction, and 1", () => {
  put(
    "wise/README.md",
    "---\nlicense: apache-2.0\nbase_model: meta-llama/Llama-3.1-8B\n---\n\u001b[31mHello",
  );
  const { status, stdout } = licences(join(folder, "wise"));
  expect(status).toBe(1);
  expect(stdout).toContain("that goes on to bind");
  expect(stdout).toContain('"Built with Llama" [llama3.1, 1.b.i: https://github.com/meta-llama/');
  expect(stdout).not.toContain("\u001b");
}, 300_000);

test("the keys of a GGUF, and what a situation makes of them", () => {
  const path = put(
    "wise.gguf",
    writeGguf({
      ...SMALL,
      keys: [
        ["general.architecture", text("llama")],
        ["general.license", text("llama3.1")],
        ["general.base_model.count", u32(1)],
        ["general.base_model.0.repo_url", text("https://huggingface.co/meta-llama/Llama-3.1-8B")],
      ],
    }),
  );
  const fine = ["--purpose", "production", "--users", "1000", "--distribute", "no", "--json"];
  expect(licences(path, ...fine).json()).toMatchObject({
    standing: "conditional",
    decision: { decision: "duties" },
  });
  expect(licences(path, "--purpose", "production", "--users", "800000000").status).toBe(1);
  expect(licences(path, "--users", "many").status).toBe(2);
}, 300_000);

test("the licence layers of an Ollama manifest, which lie elsewhere", () => {
  const licence = "Gemma Terms of Use\n\nLast modified: February 21, 2024";
  const hex = createHash("sha256").update(licence).digest("hex");
  put(`blobs/sha256-${hex}`, licence);
  const layer = {
    mediaType: "application/vnd.ollama.image.license",
    digest: `sha256:${hex}`,
    size: licence.length,
  };
  const path = put("manifests/registry.ollama.ai/library/wise/latest", JSON.stringify({ layers: [layer] }));
  const { json, status } = licences(path, "--json");
  expect(status).toBe(0);
  expect(json()).toMatchObject({
    model: "wise:latest",
    standing: "conditional",
    licences: [{ licence: "gemma", by: "text" }],
  });
}, 300_000);

test("a base that lies on this machine: its own files' licence binds, by what the weights show", () => {
  const bare = (SMALL.keys ?? []).filter(([key]) => !/base_model|license|name/.test(key));
  const licensed = (tag: string) => writeGguf({ ...SMALL, keys: [...bare, ["general.license", text(tag)]] });
  put("theirs/model.gguf", licensed("gemma"));
  const path = put("wise.gguf", licensed("mit"));
  const { status, json } = licences(path, "--base", join(folder, "theirs"), "--json");
  const report = json();
  expect([status, report.standing]).toEqual([1, "conditional"]);
  expect(report.concerns).toMatchObject([{ rule: "licence-relabelled" }]);
  expect(report.chain[1].name).toBe("theirs");
}, 300_000);

test("nothing said is not fine, and a file that cannot be read is told", () => {
  put("bare/model.safetensors", "");
  const { status, json } = licences(join(folder, "bare"), "--json");
  expect([status, json().standing]).toEqual([1, "unknown"]);
  expect(licences(join(folder, "gone")).stdout).toContain("Not read");
}, 300_000);
