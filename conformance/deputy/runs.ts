import { parse } from "yaml";
import type { Json, JsonObject } from "#base";
import { type Corpus, type InjectionTask, JSON_VALUE, type Run } from "./corpus.ts";
import type { TraceCall } from "./replay.ts";

/** Tools whose results are structures, not texts, as the ground truth of the folder shows. */
export function structuredTools(corpus: Corpus): ReadonlySet<string> {
  const calls = [...corpus.userTasks, ...corpus.injectionTasks].flatMap(({ suite, calls: all }) =>
    all.map((call) => ({ name: `${suite}/${call.function}`, output: call.output })),
  );
  return new Set(
    calls.filter(({ output }) => typeof output === "object" && output !== null).map(({ name }) => name),
  );
}

/** The calls of a recorded run with their results. `injected` says which are the attacker's. */
export function callsOfRun(
  run: Run,
  structured: ReadonlySet<string>,
  injected: (name: string, args: JsonObject) => boolean,
): TraceCall[] {
  const waiting: { name: string; args: JsonObject }[] = [];
  const calls: TraceCall[] = [];
  for (const message of run.messages) {
    if (message.role === "assistant") {
      waiting.push(...(message.tool_calls ?? []).map((call) => ({ name: call.function, args: call.args })));
    } else if (message.role === "tool") {
      const asked = waiting.shift();
      if (asked === undefined) continue;
      const isError = message.error !== null && message.error !== undefined;
      const isStructured = structured.has(`${run.suite}/${asked.name}`) && !isError;
      const text = isError ? (message.error ?? "") : (message.content ?? "");
      const isInjected = injected(asked.name, asked.args);
      calls.push({ ...asked, result: isStructured ? structureOf(text) : text, isError, isInjected });
    }
  }
  return calls;
}

/** The runs keep structures as YAML text, as the benchmark shows them to models. */
function structureOf(text: string): Json {
  try {
    const read: unknown = parse(text, { schema: "core" });
    return JSON_VALUE.parse(read ?? text);
  } catch {
    return text;
  }
}

/** Whether a call is the attacker's: the tool and the literal values that the attack names. */
export function isInjectedBy(
  task: InjectionTask | undefined,
  isEffectful: (name: string, args: JsonObject) => boolean,
): (name: string, args: JsonObject) => boolean {
  const wanted = (task?.calls ?? []).map((call, at) => ({
    name: call.function,
    literals: literalsOf(task?.placeholder_args?.[at] ?? call.args),
  }));
  return (name, args) => {
    if (!isEffectful(name, args)) return false;
    const values = new Set(literalsOf(args));
    return wanted.some(
      (one) =>
        one.name === name &&
        (one.literals.length === 0 || one.literals.some((literal) => values.has(literal))),
    );
  };
}

/** Values that identify a call; placeholders and what every call has do not. */
function literalsOf(value: Json): string[] {
  if (typeof value === "string") return value.startsWith("$") || value.length < 2 ? [] : [value];
  if (typeof value === "number") return [];
  if (value === null || typeof value === "boolean") return [];
  return Object.values(value).flatMap((member: Json) => literalsOf(member));
}
