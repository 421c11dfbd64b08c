/**
 * How long a stop takes under load, from the request until the last client of what it covers saw its end:
 *   npm run -s bench:stop [-- --rounds 5 --in-flight 100,1000]
 * Agents of 100 things each under way: calls and streams of models at their doors, calls that wait for a person, and at the
 * http door requests, endless answers and tunnels. A stop of an `agent` or a `session` covers one hundred, whatever else
 * is under way (one agent may have no more at the MCP door), and must leave the others alone; `everything` covers all.
 * Clients and upstreams share a process, Doorward has its own. The last line is JSON, in milliseconds.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { z } from "zod";
import { isPinned, onCore, pinLoad } from "./contenders.ts";
import { at } from "./load.ts";
import { type Doors, type InFlight, type Keys, type Part, PARTS, PER_AGENT, startLoad } from "./stop-load.ts";
import { openStopUpstream, type StopUpstream } from "./stop-upstream.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    "in-flight": { type: "string", default: "100,1000" },
  },
});
const ROUNDS = Number(values.rounds);
const SIZES = values["in-flight"].split(",").map(Number);
const KINDS = ["agent", "session", "everything"] as const;
type Kind = (typeof KINDS)[number];
const WAIT_MS = 60_000;
/** Counting what waits for people costs Doorward more than to hold it. */
const POLL_MS = 250;
const REASON = "the stop's benchmark";

type Ask = (operation: string, input: Record<string, unknown>) => Promise<unknown>;

interface House {
  readonly doors: Doors;
  readonly ask: Ask;
  readonly close: () => Promise<void>;
}

async function openHouse(): Promise<House> {
  const child = onCore(0, process.execPath, [
    "--disable-warning=ExperimentalWarning",
    "bench/doorward-stop.ts",
  ]);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("no pipes");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
  const doors = z.object({ door: z.string(), proxy: z.string() }).parse(await next());
  const ask: Ask = async (operation, input) => {
    stdin.write(`${JSON.stringify({ operation, input })}\n`);
    return next();
  };
  const close = async (): Promise<void> => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    stdin.end();
    await gone;
  };
  return { doors, ask, close };
}

interface Agent extends Keys {
  readonly name: string;
  readonly session: string;
  /** Its own: Doorward opens 128 connections to one origin. */
  readonly far: StopUpstream;
}

const opened = z.object({ session: z.string(), key: z.string() });

async function addAgent({ ask }: House, name: string): Promise<Agent> {
  const far = await openStopUpstream();
  await ask("servers.add", { name, url: `http://${far.web}/mcp`, allowPrivate: true, accept: true });
  await ask("upstreams.add", {
    name: `${name}-llm`,
    kind: "openai",
    url: `http://${far.web}/v1`,
    allowPrivate: true,
  });
  await ask("agents.add", { name });
  const own = { agent: name, private: true, trusted: true };
  await ask("hosts.grant", { ...own, host: far.web, access: "read" });
  await ask("hosts.grant", { ...own, host: far.pipe, access: "write", passThrough: true });
  const { key: apart } = opened.parse(await ask("sessions.start", { agent: name }));
  return { name, apart, far, ...opened.parse(await ask("sessions.start", { agent: name })) };
}

const listed = z.object({ items: z.array(z.unknown()), next: z.string().nullish() });

/** Until every call and request arrived behind Doorward, and every hold waits. */
async function underWay(
  house: House,
  agents: readonly Agent[],
  inFlight: readonly InFlight[],
): Promise<void> {
  const count = (...parts: Part[]): number => inFlight.filter(({ part }) => parts.includes(part)).length;
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const over = inFlight.find(({ endedAt }) => endedAt() !== null);
    if (over !== undefined) throw new Error(`${over.part} is not under way: ${over.said()}`);
    const arrived = agents.reduce((sum, { far }) => sum + far.waiting(), 0);
    if (arrived >= count("call", "web-request") && (await held(house)) >= count("hold")) return;
    if (performance.now() > until) throw new Error("not all of it is under way");
    await sleep(POLL_MS);
  }
}

async function held({ ask }: House): Promise<number> {
  let [count, after] = [0, undefined as string | undefined];
  for (;;) {
    const page = listed.parse(
      await ask("approvals.list", {
        status: "requested",
        limit: 200,
        ...(after === undefined ? {} : { after }),
      }),
    );
    count += page.items.length;
    if (page.next === null || page.next === undefined) return count;
    after = page.next;
  }
}

interface Cut {
  /** From the request until the last client saw its end. */
  readonly lastMs: number;
  /** Until the doors had cut it, as the operation says. */
  readonly cutMs: number;
  /** Until the answer came: what waited for people is withdrawn by then. */
  readonly answeredMs: number;
  readonly parts: ReadonlyMap<Part, number>;
}

const stopped = z.object({ cutMs: z.number() });

async function cut({ ask }: House, named: Record<string, string>, mine: readonly InFlight[]): Promise<Cut> {
  const since = performance.now();
  const { cutMs } = stopped.parse(await ask("stops.add", { ...named, reason: REASON }));
  const answeredMs = performance.now() - since;
  await Promise.race([Promise.all(mine.map(({ ended }) => ended)), sleep(WAIT_MS, null, { ref: false })]);
  const parts = new Map<Part, number>();
  for (const { part, endedAt } of mine) {
    const ended = endedAt();
    if (ended === null) throw new Error(`a stop left a ${part} alone`);
    parts.set(part, Math.max(parts.get(part) ?? 0, ended - since));
  }
  await ask("stops.end", named);
  return { lastMs: Math.max(...parts.values()), cutMs, answeredMs, parts };
}

interface Figure {
  readonly kind: Kind;
  readonly inFlight: number;
  readonly covered: number;
  readonly medianMs: number;
  readonly maxMs: number;
  readonly cutMs: number;
  readonly answeredMs: number;
  /** Of the slowest round each. */
  readonly parts: Readonly<Record<string, number>>;
}

const tenth = (ms: number): number => Math.round(ms * 10) / 10;
const medianOf = (numbers: readonly number[]): number =>
  tenth(
    at(
      numbers.toSorted((a, b) => a - b),
      0.5,
    ),
  );

function figureOf(kind: Kind, inFlight: number, covered: number, cuts: readonly Cut[]): Figure {
  const parts = PARTS.map((part) => [part, tenth(Math.max(...cuts.map((one) => one.parts.get(part) ?? 0)))]);
  const last = cuts.map(({ lastMs }) => lastMs);
  return {
    kind,
    inFlight,
    covered,
    medianMs: medianOf(last),
    maxMs: tenth(Math.max(...last)),
    cutMs: medianOf(cuts.map(({ cutMs }) => cutMs)),
    answeredMs: medianOf(cuts.map(({ answeredMs }) => answeredMs)),
    parts: Object.fromEntries(parts),
  };
}

/** Of a session all but the tunnels, which are another session's. */
function coveredBy(kind: Kind, mine: readonly InFlight[], all: readonly InFlight[]): readonly InFlight[] {
  if (kind === "everything") return all;
  return kind === "agent" ? mine : mine.filter(({ part }) => part !== "tunnel");
}

/** What a measured stop rightly left, so that the next round finds none of it. */
async function letGo({ ask }: House, left: readonly InFlight[], { name }: Agent): Promise<void> {
  await ask("stops.add", { kind: "agent", target: name, reason: REASON });
  await Promise.all(left.map((one) => one.ended));
  await ask("stops.end", { kind: "agent", target: name });
}

async function measured(house: House, agents: readonly Agent[]): Promise<Figure[]> {
  const { doors } = house;
  const [first, ...others] = agents;
  if (first === undefined) throw new Error("nobody");
  const inFlight = agents.length * PER_AGENT;
  const startAll = async (of: readonly Agent[]): Promise<InFlight[]> => {
    const all: InFlight[] = [];
    for (const keys of of) all.push(...(await startLoad(doors, keys)));
    return all;
  };
  const figures: Figure[] = [];
  let beside = await startAll(others);
  for (const kind of KINDS) {
    const cuts: Cut[] = [];
    let covered = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (beside.some(({ endedAt }) => endedAt() !== null)) beside = await startAll(others);
      const mine = await startAll([first]);
      const all = [...mine, ...beside];
      await underWay(house, agents, all);
      const meant = new Set(coveredBy(kind, mine, all));
      covered = meant.size;
      const target = kind === "agent" ? first.name : first.session;
      cuts.push(await cut(house, kind === "everything" ? { kind } : { kind, target }, [...meant]));
      const left = all.filter((one) => !meant.has(one));
      if (left.some(({ endedAt }) => endedAt() !== null))
        throw new Error(`a stop of one ${kind} ended something of another`);
      if (kind === "session")
        await letGo(
          house,
          left.filter((one) => mine.includes(one)),
          first,
        );
    }
    const figure = figureOf(kind, inFlight, covered, cuts);
    process.stdout.write(
      `${kind}, ${covered} of ${inFlight} in flight: last cut after ${figure.medianMs} ms (median), ${figure.maxMs} ms (max)\n`,
    );
    figures.push(figure);
  }
  // So that the next size finds nothing of this one.
  await house.ask("stops.add", { kind: "everything", reason: REASON });
  await Promise.all(beside.map(({ ended }) => ended));
  await house.ask("stops.end", { kind: "everything" });
  return figures;
}

pinLoad();
const figures: Figure[] = [];
for (const size of SIZES) {
  const house = await openHouse();
  const agents: Agent[] = [];
  for (let n = 0; n < Math.max(1, Math.round(size / PER_AGENT)); n += 1)
    agents.push(await addAgent(house, `bench-${n}`));
  figures.push(...(await measured(house, agents)));
  await house.close();
}
process.stdout.write(`${JSON.stringify({ bench: "stop", rounds: ROUNDS, pinned: isPinned, figures })}\n`);
process.exit(0);
