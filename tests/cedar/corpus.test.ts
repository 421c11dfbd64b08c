import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Corpus, withCorpora } from "../../conformance/cedar/corpus.ts";
import { type Report, runCorpus } from "../../conformance/cedar/run.ts";

const DATA = new URL("../../../shared/data/cedar/", import.meta.url).pathname;
/** Every Nth generated case: `npm run conformance:cedar` runs them all. */
const STRIDE = 20;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cedar-corpus-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const emptyReport = (): Report => ({ cases: 0, requests: 0, agree: 0, disagree: [] });

async function reportOf(
  path: string,
  pick: (name: string, index: number) => boolean = () => true,
): Promise<Report> {
  const report = emptyReport();
  const part = (corpus: Corpus): Corpus => ({
    ...corpus,
    names: corpus.names
      .filter((name) => name.endsWith(".json") && !name.endsWith(".entities.json"))
      .filter(pick),
  });
  await withCorpora(path, (corpus) => runCorpus(part(corpus), report));
  return report;
}

describe.skipIf(!existsSync(DATA))("Cedar's own cases (skipped: no ../shared/data)", () => {
  test("the handwritten ones and a part of the generated ones agree", async () => {
    const report = await reportOf(DATA, (name, index) => name.startsWith("tests/") || index % STRIDE === 0);
    expect(report.disagree).toEqual([]);
    expect(report.cases).toBeGreaterThan(200);
    expect(report.agree).toBe(report.requests);
  });
});

const CASE = {
  policies: "c/one.cedar",
  entities: "c/one.entities.json",
  requests: [
    {
      principal: { type: "User", id: "ann" },
      action: { type: "Action", id: "read" },
      resource: { type: "Doc", id: "a" },
      context: { level: 3 },
      decision: "allow",
      reason: ["policy1"],
      errors: ["policy2"],
    },
  ],
};
const POLICIES = `// policy0 is a template
permit(principal == ?principal, action, resource);
permit(principal, action, resource in Folder::"f") when { context.level == 3 };
forbid(principal, action, resource) when { context.missing };`;
const ENTITIES = [{ uid: { type: "Doc", id: "a" }, attrs: {}, parents: [{ type: "Folder", id: "f" }] }];

function corpusOf(name: string, over: object = {}): string {
  const root = join(folder, name);
  mkdirSync(join(root, "c"), { recursive: true });
  writeFileSync(join(root, "c/one.json"), JSON.stringify({ ...CASE, ...over }));
  writeFileSync(join(root, "c/one.cedar"), POLICIES);
  writeFileSync(join(root, "c/one.entities.json"), JSON.stringify(ENTITIES));
  return root;
}

test("a folder, a copy of its inner folder, and an archive of it read the same; templates keep their numbers", async () => {
  const root = corpusOf("same");
  const agreeing = { cases: 1, requests: 1, agree: 1, disagree: [] };
  expect(await reportOf(root)).toEqual(agreeing);
  expect(await reportOf(join(root, "c"))).toEqual(agreeing);
  for (const format of ["ustar", "pax", "gnu"]) {
    const archive = join(folder, `${format}.tar.gz`);
    execFileSync("tar", ["czf", archive, `--format=${format}`, "-C", root, "c"]);
    expect(await reportOf(archive)).toEqual(agreeing);
  }
});

test("long names in an archive are read, in each of the ways to write them", async () => {
  const root = corpusOf("long");
  const long = `c/${"deep/".repeat(30)}`;
  mkdirSync(join(root, long), { recursive: true });
  writeFileSync(join(root, long, "two.json"), JSON.stringify(CASE));
  for (const format of ["pax", "gnu"]) {
    const archive = join(folder, `long-${format}.tar.gz`);
    execFileSync("tar", ["czf", archive, `--format=${format}`, "-C", root, "c"]);
    expect(await reportOf(archive)).toMatchObject({ cases: 2, agree: 2 });
  }
});

test.each([
  ["another decision", { requests: [{ ...CASE.requests[0], decision: "deny" }] }],
  ["another determining policy", { requests: [{ ...CASE.requests[0], reason: ["policy0"] }] }],
  ["an erring policy more", { requests: [{ ...CASE.requests[0], errors: [] }] }],
  ["policies that are not there", { policies: "c/none.cedar" }],
])("%s is a disagreement", async (what, over) => {
  const report = await reportOf(corpusOf(what, over));
  expect(report).toMatchObject({ cases: 1, agree: 0 });
  expect(report.disagree).toHaveLength(1);
});

test("a damaged archive is refused, not read as less", async () => {
  const archive = join(folder, "whole.tar.gz");
  execFileSync("tar", ["czf", archive, "-C", corpusOf("whole"), "c"]);
  const tar = gunzipSync(readFileSync(archive));
  const broken = join(folder, "broken.tar.gz");
  tar.writeUInt8((tar[0] ?? 0) ^ 1, 0);
  writeFileSync(broken, gzipSync(tar));
  await expect(reportOf(broken)).rejects.toThrow("checksum");
  tar.writeUInt8((tar[0] ?? 0) ^ 1, 0);
  writeFileSync(broken, gzipSync(tar.subarray(0, 512 * 2 + 100)));
  await expect(reportOf(broken)).rejects.toThrow("damaged");
});
