// SARIF of `doorward models scan` against the schema of OASIS: oasis-tcs/sarif-spec e058381 (2026-03-01),
// sarif-2.1/schema/sarif-schema-2.1.0.json, copied as it is beside these tests (tests/models/sarif-2.1.0.schema.json).
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Ajv } from "ajv";
import { afterAll, beforeAll, expect, test } from "vitest";
import { global, proto, reduce, stop, text } from "./samples/pickle-assembler.ts";
import { SMALL, writeGguf } from "./models/gguf-writer.ts";
import { zipOf } from "./models/zip-writer.ts";
import { doorwardAlone } from "./support/local-cli.ts";

const {
  $schema: _draft,
  id: _id,
  ...schema
} = JSON.parse(readFileSync("tests/models/sarif-2.1.0.schema.json", "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat("uri", (value) => URL.canParse(value));
ajv.addFormat(
  "uri-reference",
  (value) => URL.canParse(value, "file:///base/") && !/[\s"<>\\^`{|}]/u.test(value),
);
ajv.addFormat("date-time", (value) => !Number.isNaN(Date.parse(value)));
const isSarif = ajv.compile(schema);

const BAD = stop(proto(2), reduce(global("posix", "system"), text("id")));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "models-sarif-"));
  const put = (name: string, bytes: Uint8Array): void => writeFileSync(join(folder, name), bytes);
  put("plain model.pkl", BAD);
  put(
    "model.pt",
    zipOf([
      { name: "model/data.pkl", data: BAD },
      { name: "../../up %?#.py", data: Buffer.from("x") },
    ]),
  );
  put("twice.pkl", Buffer.concat([BAD, BAD]));
  put("fine.gguf", writeGguf(SMALL));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Place {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly index: number };
    readonly region?: { readonly byteOffset: number };
  };
}
interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly taxonomies: readonly {
      readonly taxa: readonly { readonly id: string; readonly name: string }[];
    }[];
    readonly artifacts: readonly {
      readonly parentIndex?: number;
      readonly location: { readonly uri: string };
    }[];
    readonly invocations: readonly {
      readonly toolExecutionNotifications: readonly unknown[];
      readonly exitCode: number;
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly Place[];
      readonly relatedLocations?: readonly Place[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly taxa: readonly { readonly id: string }[];
    }[];
  }[];
}

async function run(...paths: string[]): Promise<Log["runs"][number]> {
  const answer: Log = JSON.parse((await doorwardAlone("models", "scan", ...paths, "--sarif")).out);
  expect([isSarif(answer), isSarif.errors]).toEqual([true, null]);
  const [first] = answer.runs;
  if (first === undefined) throw new Error("no run");
  return first;
}

test("is SARIF 2.1.0, also of nothing, and of what could not be read", async () => {
  expect((await run(join(folder, "fine.gguf"))).results).toEqual([]);
  const gone = await run(join(folder, "gone"));
  expect(gone.invocations[0]).toMatchObject({
    exitCode: 1,
    toolExecutionNotifications: [{ level: "error" }],
  });
});

test("what is no SARIF is told apart by the same schema", () => {
  expect(isSarif({ version: "2.1.0", runs: [{ results: [] }] })).toBe(false);
  expect(isSarif({ version: "2.0.0", runs: [] })).toBe(false);
});

test("a finding names its rule, its level, the byte and the techniques", async () => {
  const { results, tool, taxonomies } = await run(relative(process.cwd(), join(folder, "plain model.pkl")));
  expect(results).toMatchObject([
    {
      ruleId: "pickle-call",
      ruleIndex: 0,
      level: "error",
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: expect.stringMatching(/plain%20model\.pkl$/u), index: 0 },
            region: { byteOffset: expect.any(Number) },
          },
        },
      ],
    },
  ]);
  expect(tool.driver.rules.map(({ id }) => id)).toEqual(["pickle-call"]);
  const taxa = new Map(taxonomies.flatMap((one) => one.taxa.map(({ id, name }) => [id, name])));
  expect(taxa.get("AML.T0011.000")).toMatch(/Unsafe AI Artifacts/);
  for (const { id } of results.flatMap((one) => one.taxa)) expect(taxa.has(id)).toBe(true);
});

test("what stands in a member is shown at its file, and its byte in the member's own artifact, which leads nowhere else", async () => {
  const { results, artifacts } = await run(join(folder, "model.pt"));
  const calls = results.filter(({ ruleId }) => ruleId === "pickle-call");
  const [outer] = calls.flatMap(({ locations }) =>
    locations.map((one) => one.physicalLocation.artifactLocation),
  );
  expect(outer?.uri).toMatch(/^file:\/\/\/.*model\.pt$/);
  const [inner] = calls.flatMap(({ relatedLocations = [] }) =>
    relatedLocations.map((one) => one.physicalLocation),
  );
  expect(inner).toMatchObject({ region: { byteOffset: expect.any(Number) } });
  expect(artifacts.filter((_, at) => at === inner?.artifactLocation.index)).toEqual([
    { parentIndex: outer?.index, location: { uri: "model/data.pkl" } },
  ]);
  for (const { location } of artifacts) expect(location.uri).not.toMatch(/(?:^|\/)\.\.(?:\/|$)/);
});

const prints = async (): Promise<(string | undefined)[]> =>
  (await run(folder)).results.map((one) => one.partialFingerprints["doorwardFinding/v1"]);

test("fingerprints stay from run to run, and are one for each finding", async () => {
  const [first, second] = [await prints(), await prints()];
  expect(new Set(second)).toEqual(new Set(first));
  expect(new Set(first).size).toBe(first.length);
  expect(first.length).toBeGreaterThan(3);
});

test("is written to a file that ends in .sarif, and the table is printed beside it", async () => {
  const file = join(folder, "out.sarif");
  const { code, out } = await doorwardAlone("models", "scan", join(folder, "model.pt"), "--sarif", file);
  expect(code).toBe(1);
  expect(isSarif(JSON.parse(readFileSync(file, "utf8")))).toBe(true);
  expect(out).toContain("malicious");
});

test("is written over a file, and through no link, into no folder, and where nothing can be", async () => {
  const mine = join(folder, "mine.txt");
  writeFileSync(mine, "mine");
  symlinkSync(mine, join(folder, "link.sarif"));
  mkdirSync(join(folder, "folder.sarif"));
  const at = (name: string) =>
    doorwardAlone("models", "scan", join(folder, "fine.gguf"), "--sarif", join(folder, name));
  const refused = { code: 2, error: expect.stringContaining("is a link, a folder or a device") };
  for (const name of ["link.sarif", "folder.sarif"]) expect(await at(name)).toMatchObject(refused);
  expect(await at("gone/out.sarif")).toMatchObject({
    code: 2,
    error: expect.stringContaining("cannot be written"),
  });
  expect(readFileSync(mine, "utf8")).toBe("mine");
  for (const _ of [1, 2]) expect((await at("again.sarif")).code).toBe(0);
  expect(isSarif(JSON.parse(readFileSync(join(folder, "again.sarif"), "utf8")))).toBe(true);
  expect(readdirSync(folder).filter((name) => name.includes(".sarif."))).toEqual([]);
});
