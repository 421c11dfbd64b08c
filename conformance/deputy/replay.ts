import type { Json, JsonObject } from "#base";
import type { AttackTrace, UserTask } from "./corpus.ts";
import { decideCall, manifestOf, type Replay, startReplay, type World } from "./world.ts";

/** One call of a trace, recorded. */
export interface TraceCall {
  readonly name: string;
  readonly args: JsonObject;
  readonly result: Json;
  readonly isError: boolean;
  /** The attacker's, as the trace says. */
  readonly isInjected: boolean;
}

export interface Told {
  readonly calls: readonly {
    readonly call: TraceCall;
    readonly isAllowed: boolean;
    readonly rules: readonly string[];
  }[];
}

/**
 * Replays the calls of a session. A call that is allowed has its recorded result observed; one that is held was answered
 * with a refusal, unless `approves`: then a person said yes.
 */
export function replay(
  world: World,
  prompt: string | null,
  calls: readonly TraceCall[],
  options: { readonly approves: boolean; readonly timings: number[] },
): Told {
  const session = startReplay(world, prompt, options.timings);
  return { calls: calls.map((call) => step(session, call, options.approves)) };
}

function step(session: Replay, call: TraceCall, approves: boolean): Told["calls"][number] {
  const { verdict } = decideCall(session, call.name, call.args);
  const isAllowed = verdict.kind === "allow";
  const shown = { manifest: manifestOf(session.world, call.name), arguments: call.args };
  if (isAllowed || approves) session.flow.observe({ ...shown, result: call.result, isError: call.isError });
  else session.flow.observe({ ...shown, result: verdict.reason, isError: true });
  return { call, isAllowed, rules: verdict.grounds.map((ground) => ground.policy) };
}

export function callsOfTask(task: UserTask): TraceCall[] {
  return task.calls.map((call) => ({ ...traceCall(call), isInjected: false }));
}

export function callsOfAttack(attack: AttackTrace): TraceCall[] {
  return attack.trace.map((call) => ({ ...traceCall(call), isInjected: call.phase === "injection" }));
}

function traceCall(call: UserTask["calls"][number]): Omit<TraceCall, "isInjected"> {
  const isError = call.error !== null && call.error !== undefined;
  return {
    name: call.function,
    args: call.args,
    result: isError ? (call.error ?? "") : (call.output ?? null),
    isError,
  };
}
