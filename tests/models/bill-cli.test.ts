// `doorward models bill` and `doorward scan --cyclonedx`: the whole commands.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SMALL, writeGguf } from "./gguf-writer.ts";

const PROGRAM = join(process.cwd(), "bin", "doorward.mjs");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bills-"));
  mkdirSync(join(folder, "wise"));
  writeFileSync(join(folder, "wise/model.gguf"), writeGguf(SMALL));
  writeFileSync(join(folder, "wise/README.md"), "---\nlicense: apache-2.0\n---\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function doorward(...args: string[]) {
  const environment = { PATH: process.env["PATH"], HOME: folder };
  return spawnSync(process.execPath, [PROGRAM, ...args], {
    env: environment,
    encoding: "utf8",
    timeout: 120_000,
  });
}

test("of a model: hashed, identified, licensed, the same each time; with what another bill declares", () => {
  const first = doorward("models", "bill", join(folder, "wise"));
  expect([first.status, first.stderr]).toEqual([0, ""]);
  const bill = JSON.parse(first.stdout);
  expect(bill.specVersion).toBe("1.7");
  expect(bill.metadata.component).toMatchObject({
    name: "wise",
    licenses: [{ license: { id: "Apache-2.0" } }],
    modelCard: { modelParameters: { architectureFamily: "llama" } },
    pedigree: { ancestors: [{ name: "example/big" }] },
  });
  const theirs = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    components: [
      {
        type: "machine-learning-model",
        name: "wise",
        licenses: [{ license: { name: "gemma" } }],
        pedigree: { ancestors: [{ type: "machine-learning-model", group: "google", name: "gemma-2-9b" }] },
      },
    ],
  };
  writeFileSync(join(folder, "theirs.json"), JSON.stringify(theirs));
  doorward(
    "models",
    "bill",
    join(folder, "wise"),
    "--with",
    join(folder, "theirs.json"),
    "--output",
    join(folder, "out.json"),
    "--format",
    "spdx3",
  );
  const spdx = readFileSync(join(folder, "out.json"), "utf8");
  expect(spdx).toContain("google/gemma-2-9b");
  expect(spdx).toContain("Apache-2.0 AND LicenseRef-gemma");
  expect(
    doorward("models", "bill", join(folder, "wise"), "--with", join(folder, "wise/README.md")).stderr,
  ).toContain("no bill");
}, 300_000);

test("of a machine", () => {
  const { status, stdout } = doorward("scan", join(folder, "wise"), "--cyclonedx", "1.6");
  const bill = JSON.parse(stdout);
  expect([status, bill.specVersion, bill.metadata.component.type]).toEqual([0, "1.6", "device"]);
  expect(bill.components).toMatchObject([{ type: "machine-learning-model", name: "model.gguf" }]);
}, 300_000);
