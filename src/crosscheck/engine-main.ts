// The official Cedar engine in a thread of its own: it decides again what it is sent. Started by `engine.ts`.
import { parentPort } from "node:worker_threads";
import { compilePolicies, decide, disputed, isSameVerdict, officially, type PolicySet } from "#policy";
import type { PolicyId, Verdict } from "#vocabulary";
import type { Answered, Ask, SetSource } from "./messages.ts";

/** Sets kept compiled; beyond it the oldest gives up its place, and its source is asked for again. */
const SETS_MAX = 4;
const sets = new Map<number, PolicySet>();

parentPort?.on("message", (ask: Ask) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(answer(ask));
});

function answer({ id, set: key, source, question, lift, ours }: Ask): Answered {
  const set = setOf(key, source);
  if (set === null) return { id, verdict: null, policies: [] };
  const verdict = lift === null ? decide(set, question) : decide(set, question, lift);
  // The engine stopped: its instance answers nothing any more.
  if (verdict.kind === "deny" && verdict.code === "policy_failed") return { id, verdict: null, policies: [] };
  const isDisputed = ours !== null && !isSameVerdict(ours, verdict);
  return { id, verdict, policies: isDisputed ? blamed(set, question, [ours, verdict]) : [] };
}

/** Who is to blame matters less than that they differ: nothing that goes wrong here may hide it. */
function blamed(
  set: PolicySet,
  question: Ask["question"],
  verdicts: readonly Verdict[],
): readonly PolicyId[] {
  try {
    return disputed(
      set,
      question,
      new Set(verdicts.flatMap(({ grounds }) => grounds.map(({ policy }) => policy))),
    );
  } catch {
    return [];
  }
}

/** It was compiled before, so it compiles here; what the tools no longer fit is broken in both. */
function setOf(key: number, source: SetSource | null): PolicySet | null {
  const known = sets.get(key);
  if (known !== undefined || source === null) return known ?? null;
  const compiled = compilePolicies(source.text, source.tools, "reload");
  if (!compiled.ok) return null;
  const [oldest] = sets.keys();
  if (sets.size >= SETS_MAX && oldest !== undefined) sets.delete(oldest);
  const set = officially(compiled.set);
  sets.set(key, set);
  return set;
}
