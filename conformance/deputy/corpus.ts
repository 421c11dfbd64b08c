import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { Json, JsonObject } from "#base";

/** Reads a folder in the format of AgentDojo's recorded traces; the README beside the data defines it. */

export const JSON_VALUE: z.ZodType<Json> = z.json();
const JSON_OBJECT: z.ZodType<JsonObject> = z.record(z.string(), JSON_VALUE);

const TOOL = z.object({ name: z.string(), input_schema: JSON_OBJECT });
const SUITES = z.object({ records: z.array(z.object({ suite: z.string(), tools: z.array(TOOL) })) });

const CALL = z.object({
  function: z.string(),
  args: JSON_OBJECT,
  output: JSON_VALUE.optional(),
  error: z.string().nullish(),
});
const USER_TASKS = z.object({
  records: z.array(
    z.object({ suite: z.string(), user_task: z.string(), prompt: z.string(), calls: z.array(CALL) }),
  ),
});
const INJECTION_TASKS = z.object({
  records: z.array(
    z.object({
      suite: z.string(),
      injection_task: z.string(),
      calls: z.array(CALL),
      placeholder_args: z.array(JSON_OBJECT).nullish(),
    }),
  ),
});
const ATTACK = z.object({
  suite: z.string(),
  user_task: z.string(),
  injection_task: z.string(),
  prompt: z.string(),
  trace: z.array(CALL.extend({ phase: z.enum(["user", "injection", "user_resumed"]) })),
});
const MESSAGE = z.discriminatedUnion("role", [
  z.object({ role: z.literal("system"), content: z.string().nullish() }),
  z.object({ role: z.literal("user"), content: z.string() }),
  z.object({
    role: z.literal("assistant"),
    tool_calls: z
      .array(z.object({ id: z.string().nullish(), function: z.string(), args: JSON_OBJECT }))
      .nullish(),
  }),
  z.object({
    role: z.literal("tool"),
    content: z.string().nullish(),
    id: z.string().nullish(),
    error: z.string().nullish(),
  }),
]);
const RUN = z.object({
  suite: z.string(),
  user_task: z.string(),
  injection_task: z.string().nullish(),
  attack: z.string().nullish(),
  attack_succeeded: z.boolean().nullish(),
  messages: z.array(MESSAGE),
});

export type CorpusTool = z.infer<typeof TOOL>;
export type UserTask = z.infer<typeof USER_TASKS>["records"][number];
export type InjectionTask = z.infer<typeof INJECTION_TASKS>["records"][number];
export type AttackTrace = z.infer<typeof ATTACK>;
export type Run = z.infer<typeof RUN>;

export interface Corpus {
  readonly suites: readonly { readonly suite: string; readonly tools: readonly CorpusTool[] }[];
  readonly userTasks: readonly UserTask[];
  readonly injectionTasks: readonly InjectionTask[];
  readonly attacks: readonly AttackTrace[];
  /** By file name. */
  readonly runs: readonly { readonly file: string; readonly runs: readonly Run[] }[];
  readonly labels: unknown;
}

export async function readCorpus(folder: string): Promise<Corpus> {
  const versions = (await readdir(folder)).filter((name) => /^v\d/.test(name)).toSorted();
  const version = versions.at(-1);
  if (version === undefined) throw new Error(`${folder} holds no folder of traces such as v1.2.1`);
  const within = (name: string): string => join(folder, version, name);
  return {
    suites: SUITES.parse(await readJson(within("suites.json"))).records,
    userTasks: USER_TASKS.parse(await readJson(within("user_tasks.json"))).records,
    injectionTasks: INJECTION_TASKS.parse(await readJson(within("injection_tasks.json"))).records,
    attacks: (await readLines(within("attack_traces.jsonl.gz"))).map((line) => ATTACK.parse(line)),
    runs: await readRuns(join(folder, "runs")),
    labels: await readJson(join(folder, "labels.json")),
  };
}

async function readRuns(folder: string): Promise<Corpus["runs"]> {
  const files = await readdir(folder).catch(() => []);
  const wanted = files.filter((file) => file.endsWith(".jsonl.gz")).toSorted();
  return Promise.all(
    wanted.map(async (file) => ({
      file,
      runs: (await readLines(join(folder, file))).map((line) => RUN.parse(line)),
    })),
  );
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

async function readLines(path: string): Promise<unknown[]> {
  const text = gunzipSync(await readFile(path)).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
