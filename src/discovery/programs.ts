import { type Recognised, recognisedBy, reportedBy } from "./answers.ts";
import { contentOf } from "./content.ts";
import { type Confidence, type Found, type Ground, known } from "./found.ts";
import type { ListenerSeen, Observed, ProcessSeen } from "./observed.ts";
import type { RuntimeKind } from "./runtimes.table.ts";
import { agentNamed, programName, runtimeNamed } from "./words.ts";

/** What is known of one process, or of a listener whose process is not. */
interface Running {
  readonly task: ProcessSeen | null;
  readonly listeners: readonly ListenerSeen[];
  readonly parent: ProcessSeen | null;
}

/** Runtimes and agents that run: a process with everything it listens on is one; a listener without a process is its own. */
export function programsIn({ processes, listeners }: Pick<Observed, "listeners" | "processes">): Found[] {
  const byPid = new Map(processes.map((task) => [task.pid, task]));
  const own = processes.map((task) => ({
    task,
    listeners: listeners.filter(({ pid }) => pid === task.pid),
    parent: task.parent === null ? null : (byPid.get(task.parent) ?? null),
  }));
  const strangers = listeners
    .filter(({ pid }) => pid === null || !byPid.has(pid))
    .map((listener) => ({ task: null, listeners: [listener], parent: null }));
  return [...own, ...strangers]
    .map((running) => runtimeIn(running) ?? agentIn(running))
    .filter((one) => one !== null);
}

interface Answered {
  readonly listener: ListenerSeen;
  readonly recognised: Recognised;
}

function answeredBy(listeners: readonly ListenerSeen[]): Answered[] {
  return listeners.flatMap((listener) => {
    const recognised = recognisedBy(listener.answers);
    return recognised === null ? [] : [{ listener, recognised }];
  });
}

function namedIn(task: ProcessSeen | null): RuntimeKind | null {
  return task === null ? null : runtimeNamed(namesOf(task), task.words);
}

function runtimeIn(running: Running): Found | null {
  const { task, listeners } = running;
  const mapped = mappedBy(task);
  const answered = answeredBy(listeners);
  const [answer] = answered;
  const named = namedIn(task);
  const runtime = answer?.recognised.runtime ?? named;
  if (mapped.length === 0 && runtime === null) return null;
  return {
    kind: "runtime",
    what: runtime?.name ?? "unknown",
    name: runtime?.title ?? `${task?.name ?? "a program"}, which runs a model`,
    where: whereOf(running),
    confidence: worthOf(running, mapped, answer),
    grounds: [
      ...mapped,
      ...answered.map(({ listener, recognised }) => answerGround(listener, recognised.mark)),
      ...argumentGrounds(task),
      ...(named === null ? [] : [nameGround(named.title)]),
    ],
    facts: { ...reportedFacts(answer), ...runningFacts(running) },
    warnings: [...exposed(listeners), ...renamed(mapped, named !== null, task)],
  };
}

/** What a claim is worth: mapped bytes, then an answer, then arguments, then a name. */
function worthOf({ task }: Running, mapped: readonly Ground[], answer: Answered | undefined): Confidence {
  if (mapped.length > 0) return "certain";
  if (answer !== undefined) return answer.recognised.confidence;
  return task !== null && task.modelPaths.length > 0 ? "likely" : "possible";
}

function reportedFacts(answer: Answered | undefined): Found["facts"] {
  if (answer === undefined) return {};
  const { version, models } = reportedBy(answer.recognised.runtime, answer.listener.answers);
  return known({ version, modelsReported: models });
}

function runningFacts({ task, listeners, parent }: Running): Found["facts"] {
  const own = known({ listens: listeners.length === 0 ? null : listeners.map(endOf) });
  if (task === null) return own;
  const { pid, program, mapped, devices } = task;
  return {
    ...own,
    ...known({
      pid,
      program,
      modelFiles: mapped.map(({ path }) => path),
      startedBy: namedIn(parent)?.name,
      devices: devices.length === 0 ? null : devices,
    }),
  };
}

function namesOf({ program, name }: ProcessSeen): string[] {
  return program === null ? [name] : [programName(program), name];
}

function mappedBy(task: ProcessSeen | null): Ground[] {
  return (task?.mapped ?? []).flatMap(({ path, size, head }) => {
    const content = contentOf(head, size, path);
    return content === null
      ? []
      : [{ by: "mapped", says: `has ${path} in its memory, which ${content.says}` } as const];
  });
}

function answerGround(
  listener: ListenerSeen,
  mark: { readonly path: string; readonly says: string },
): Ground {
  return { by: "answer", says: `${endOf(listener)} ${mark.says} (GET ${mark.path})` };
}

function argumentGrounds(task: ProcessSeen | null): Ground[] {
  return (task?.modelPaths ?? []).map((path) => ({ by: "argument", says: `was started with ${path}` }));
}

function nameGround(title: string): Ground {
  return { by: "name", says: `is named as ${title} is` };
}

function whereOf({ task, listeners }: Running): string {
  const [listener] = listeners;
  if (task === null) return listener === undefined ? "unknown" : endOf(listener);
  return `pid ${task.pid}`;
}

function endOf({ address, port }: ListenerSeen): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

function exposed(listeners: readonly ListenerSeen[]): string[] {
  return listeners
    .filter(({ address }) => !LOOPBACK.test(address))
    .map((listener) => `other machines may reach it: it listens on ${endOf(listener)}`);
}

function renamed(mapped: readonly Ground[], isNamed: boolean, task: ProcessSeen | null): string[] {
  if (mapped.length === 0 || isNamed) return [];
  return [`it runs a model under a name that is no runtime's: ${task?.name ?? "unknown"}`];
}

/** A name is all that there is of an agent that runs. */
function agentIn({ task, listeners }: Running): Found | null {
  const agent = task === null ? null : agentNamed(namesOf(task));
  if (task === null || agent === null) return null;
  return {
    kind: "agent",
    what: agent.name,
    name: agent.title,
    where: `pid ${task.pid}`,
    confidence: "possible",
    grounds: [nameGround(agent.title)],
    facts: known({
      pid: task.pid,
      program: task.program,
      listens: listeners.length === 0 ? null : listeners.map(endOf),
    }),
    warnings: exposed(listeners),
  };
}
