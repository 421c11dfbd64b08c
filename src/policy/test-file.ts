import { type Document, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import type { Digest, Json } from "#base";
import { type Problem, PROBLEMS_MAX } from "./problem.ts";
import { MODEL_PROOFS, MODEL_STATUSES } from "./recorded-weights.ts";

export const TEST_FILE_BYTES_MAX = 1_048_576;
export const TESTS_MAX = 2000;

const NAME = z.string().min(1).max(200);
const TOOL = z.string().regex(/^[^/\s]+\/\S+$/, "write a tool as SERVER/TOOL, such as fs/read_file");
const HOST = z.string().regex(/^[^/\s]+$/, "write a host as api.example.com, *.example.com, or *");
const JSON_VALUE: z.ZodType<Json> = z.lazy(() =>
  z.union([
    z.null(),
    z.boolean(),
    z.number(),
    z.string(),
    z.array(JSON_VALUE),
    z.record(z.string(), JSON_VALUE),
  ]),
);
const EFFECT = z.enum(["read", "write", "destructive", "outbound"]);
const VERDICT = z.enum(["allow", "deny", "hold"]);

const AGENT = z.strictObject({
  id: NAME.optional(),
  owner: NAME.default("nobody"),
  granted: z.array(TOOL).default([]),
  reads: z.array(HOST).default([]),
  writes: z.array(HOST).default([]),
});

const USER = z.strictObject({
  id: NAME.optional(),
  groups: z.array(NAME).default([]),
  roles: z.array(z.enum(["admin", "approver", "auditor", "owner"])).default([]),
});

const TOOL_SHAPE = z.strictObject({
  effects: z.array(EFFECT).min(1),
  arguments: z
    .record(
      z.string(),
      z
        .string()
        .regex(/^(list of )?(string|integer|boolean)\??$/, 'write "string", "integer?", "list of string" …'),
    )
    .default({}),
});

const UPSTREAM = z.enum(["local", "outside"]);

const BUDGET = z.strictObject({
  exceeded: z.array(NAME).default([]),
  usedPercent: z.int().min(0).default(0),
});

const DIGEST = z.custom<Digest>(
  (value) => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value),
  "write sha256: and 64 hexadecimal digits",
);

const WEIGHTS = z.strictObject({
  status: z.enum(MODEL_STATUSES).default("approved"),
  proof: z.enum(MODEL_PROOFS).default("reported"),
  digest: DIGEST.optional(),
  manifest: DIGEST.optional(),
  risk: z.enum(["low", "medium", "high"]).optional(),
  licence: z.string().optional(),
});

const ORIGINS = z
  .array(
    z.enum([
      "user",
      "claimed",
      "own",
      "made",
      "named",
      "directory",
      "trusted",
      "private",
      "endorsed",
      "derived",
      "bounded",
      "untrusted",
      "model",
    ]),
  )
  .default([]);

const FLOW_EFFECT = z.enum([
  "read",
  "fetch",
  "write",
  "send",
  "money",
  "account",
  "destroy",
  "book",
  "membership",
  "execute",
  "unknown",
]);

const FLOW = z.strictObject({
  labelled: z.boolean().default(true),
  effect: FLOW_EFFECT,
  mandate: z.enum(["attested", "claimed", "none"]).default("attested"),
  tainted: z.boolean().default(true),
  overflowed: z.boolean().default(false),
  asked: z.boolean().default(true),
  readers: z.enum(["none", "within", "beyond"]).default("none"),
  carries: z.array(z.string()).default([]),
  destination: ORIGINS,
  account: ORIGINS,
  command: ORIGINS,
  path: ORIGINS,
  selector: ORIGINS,
  amount: ORIGINS,
  credential: ORIGINS,
  profile: ORIGINS,
});

const CASE = z.strictObject({
  agent: NAME,
  for: NAME.optional(),
  does: z.string().min(1),
  with: z.record(z.string(), JSON_VALUE).default({}),
  stage: z.enum(["observe", "enforce", "isolate"]).default("enforce"),
  model: NAME.optional(),
  budget: BUDGET.optional(),
  weights: WEIGHTS.optional(),
  flow: FLOW.optional(),
  approved: z.array(z.string()).default([]),
  expect: VERDICT,
  by: z.string().optional(),
  marks: z.array(z.string()).optional(),
  because: z.string().optional(),
});

const FILE = z.strictObject({
  agents: z.record(NAME, AGENT).default({}),
  users: z.record(NAME, USER).default({}),
  tools: z.record(TOOL, TOOL_SHAPE).default({}),
  upstreams: z.record(NAME, UPSTREAM).default({}),
  tests: z.array(CASE).min(1).max(TESTS_MAX),
});

/** A file of policy tests, read. `docs/guide/policy.md` describes the format. */
export type TestFile = z.infer<typeof FILE>;
export type TestCase = TestFile["tests"][number];

export type ReadTestFile =
  | { readonly ok: true; readonly file: TestFile; readonly lines: readonly (number | null)[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads YAML 1.2; aliases, duplicate keys and unknown fields are problems. */
export function readTestFile(text: string): ReadTestFile {
  if (Buffer.byteLength(text, "utf8") > TEST_FILE_BYTES_MAX) {
    return { ok: false, problems: [{ message: `the file is larger than ${TEST_FILE_BYTES_MAX} bytes` }] };
  }
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, version: "1.2" });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const problems = faults.map((fault) => ({ message: fault.message, ...lineOf(counter, fault.pos[0]) }));
    return { ok: false, problems: problems.slice(0, PROBLEMS_MAX) };
  }
  const read = FILE.safeParse(plainValue(document));
  if (read.success) return { ok: true, file: read.data, lines: linesOf(document, counter, read.data) };
  const problems = read.error.issues.map((issue) => ({
    message: `${issue.path.join(".") || "the file"}: ${issue.message}`,
    ...placeOf(document, counter, issue.path),
  }));
  return { ok: false, problems: problems.slice(0, PROBLEMS_MAX) };
}

function plainValue(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return null;
  }
}

function linesOf(document: Document.Parsed, counter: LineCounter, file: TestFile): (number | null)[] {
  return file.tests.map((_, index) => placeOf(document, counter, ["tests", index]).line ?? null);
}

function placeOf(
  document: Document.Parsed,
  counter: LineCounter,
  path: readonly PropertyKey[],
): Partial<Problem> {
  const node: unknown = document.getIn(path, true);
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : null;
  return Array.isArray(range) && typeof range[0] === "number" ? lineOf(counter, range[0]) : {};
}

function lineOf(counter: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = counter.linePos(offset);
  return { line, column: col };
}
