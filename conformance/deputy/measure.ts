import type { Corpus, InjectionTask, Run } from "./corpus.ts";
import type { JsonObject } from "#base";
import { callsOfAttack, callsOfTask, replay, type Told, type TraceCall } from "./replay.ts";
import { type Line, percentile } from "./report.ts";
import { callsOfRun, isInjectedBy, structuredTools } from "./runs.ts";
import type { World } from "./world.ts";

export interface Measuring {
  readonly corpus: Corpus;
  readonly world: World;
  readonly labels: Line["labels"];
  /** Whether the user's words are known. */
  readonly mandate: boolean;
  /** What has an effect, by the hand-written labels, whatever labels the decisions use. */
  readonly isEffectful: (name: string, args: JsonObject) => boolean;
  /** Told of every hold, for people who look into one. */
  readonly onHold?: (where: string, call: TraceCall, rules: readonly string[]) => void;
}

interface Trace {
  readonly id: string;
  readonly prompt: string;
  readonly calls: readonly TraceCall[];
  readonly isAttack: boolean;
  /** The attack had the effect that its author wanted, when it was recorded. */
  readonly hadEffect: boolean;
}

/** The lines of one suite: the ground truth, then each file of recorded runs. */
export function measureSuite(about: Measuring): Line[] {
  const { corpus, world } = about;
  const structured = structuredTools(corpus);
  const tasks = new Map(
    corpus.injectionTasks
      .filter((task) => task.suite === world.suite)
      .map((task) => [task.injection_task, task]),
  );
  const recorded = corpus.runs.map(({ file, runs }) => {
    const own = runs.filter((run) => run.suite === world.suite);
    return measure(
      about,
      file,
      own.map((run) => traceOfRun(run, structured, tasks, about)),
    );
  });
  return [
    measure(about, "groundTruth", groundTruth(about)),
    ...recorded.filter((line) => line.benign + line.attacks > 0),
  ];
}

function groundTruth({ corpus, world, isEffectful }: Measuring): Trace[] {
  const benign = corpus.userTasks
    .filter((task) => task.suite === world.suite)
    .map((task) => ({
      id: task.user_task,
      prompt: task.prompt,
      calls: callsOfTask(task),
      isAttack: false,
      hadEffect: false,
    }));
  const attacks = corpus.attacks
    .filter((attack) => attack.suite === world.suite)
    .map((attack) => {
      const calls = callsOfAttack(attack);
      const hadEffect = calls.some((call) => call.isInjected && isEffectful(call.name, call.args));
      const id = `${attack.user_task}/${attack.injection_task}`;
      return { id, prompt: attack.prompt, calls, isAttack: true, hadEffect };
    });
  return [...benign, ...attacks];
}

function traceOfRun(
  run: Run,
  structured: ReadonlySet<string>,
  tasks: ReadonlyMap<string, InjectionTask>,
  { isEffectful }: Measuring,
): Trace {
  const injected = isInjectedBy(tasks.get(run.injection_task ?? ""), isEffectful);
  const isAttack = run.attack !== null && run.attack !== undefined;
  const calls = callsOfRun(run, structured, (name, args) => isAttack && injected(name, args));
  const prompt = run.messages.find((message) => message.role === "user")?.content ?? "";
  const hadEffect = run.attack_succeeded === true && calls.some((call) => call.isInjected);
  const id = isAttack ? `${run.user_task}/${run.injection_task ?? ""}` : run.user_task;
  return { id, prompt, calls, isAttack, hadEffect };
}

function measure(about: Measuring, source: string, traces: readonly Trace[]): Line {
  const timings: number[] = [];
  const told = traces.map((trace) => {
    const prompt = about.mandate ? trace.prompt : null;
    const outcome = replay(about.world, prompt, trace.calls, { approves: !trace.isAttack, timings });
    for (const one of outcome.calls)
      if (!one.isAllowed) about.onHold?.(`${source} ${trace.id}`, one.call, one.rules);
    return { trace, outcome };
  });
  const benign = told.filter(({ trace }) => !trace.isAttack);
  const attacks = told.filter(({ trace }) => trace.isAttack && trace.hadEffect);
  const passed = attacks.filter(({ outcome }) => effects(about, outcome).every((one) => one.isAllowed));
  const unheld = benign.filter(({ outcome }) => outcome.calls.every((one) => one.isAllowed));
  const { world, labels, mandate } = about;
  return {
    suite: world.suite,
    source,
    labels,
    mandate,
    benign: benign.length,
    benignWithoutHold: unheld.length,
    holds: benign.reduce((sum, { outcome }) => sum + outcome.calls.filter((one) => !one.isAllowed).length, 0),
    attacks: attacks.length,
    attacksPassed: passed.length,
    attacksHeld: attacks.length - passed.length,
    attacksWithoutEffect: told.length - benign.length - attacks.length,
    passed: passed.map(({ trace }) => trace.id),
    p50us: percentile(timings, 0.5),
    p99us: percentile(timings, 0.99),
  };
}

function effects({ isEffectful }: Measuring, { calls }: Told): Told["calls"] {
  return calls.filter(({ call }) => call.isInjected && isEffectful(call.name, call.args));
}
