// `npm run bench:policy`: decisions per second of one core at 20, 200 and 2,000 policies and 30 entities, beside the
// official engine (whole set parsed beforehand; sliced by scope as well) and casbin. No two requests of a round are
// alike, no verdict is kept. The last line is one JSON object.
import { parseArgs } from "node:util";
import {
  casbin,
  compiledEngine,
  type Decide,
  houseOf,
  type Request,
  requestOf,
  wasmSliced,
  wasmWhole,
  wholeDecision,
} from "./policy-contenders.ts";
import { broadPolicyText, modelQuestion, policyText, question } from "./policy-house.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, ms: { type: "string", default: "400" } },
});
const SIZES = [20, 200, 2000];
/** Requests prepared beforehand; each is asked at most once in a row of all. */
const REQUESTS = 50_000;
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Of processor time, collecting garbage included: what else the machine does then costs the figure less. */
function perSecond(decide: Decide, from: number): number {
  const until = performance.now() + Number(values.ms);
  const start = process.cpuUsage();
  let done = 0;
  for (; done % 64 !== 0 || performance.now() < until; done += 1) decide(from + done);
  const { user, system } = process.cpuUsage(start);
  return (done * 1_000_000) / (user + system);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const questions = Array.from({ length: REQUESTS }, (_, index) => question(index));
const requests: readonly Request[] = questions.map(requestOf);
const decisionsPerSecond: Record<string, number> = {};
const vsSlicedWasm: Record<string, number> = {};

for (const size of SIZES) {
  const house = houseOf(policyText(size));
  const contenders: Readonly<Record<string, Decide>> = {
    doorward: compiledEngine(house, requests),
    "decide()": wholeDecision(house, questions),
    "wasm sliced": wasmSliced(house, requests),
    wasm: wasmWhole(house, requests),
    casbin: await casbin(house, requests),
  };
  agree(contenders);
  const rounds = Array.from({ length: Number(values.rounds) + 1 }, (_, round) => oneRound(contenders, round));
  // The first warms up.
  const measured = rounds.slice(1);
  const of = (name: string): number => median(measured.map((round) => round[name] ?? 0));
  const ratios = measured.map((round) => (round["doorward"] ?? 0) / (round["wasm sliced"] ?? 0));
  decisionsPerSecond[size] = Math.round(of("doorward"));
  vsSlicedWasm[size] = Number(median(ratios).toPrecision(3));
  const cells = Object.keys(contenders).map((name) => `${name} ${Math.round(of(name)).toLocaleString("en")}`);
  say(
    `${String(size).padStart(5)} policies, decisions/s: ${cells.join("   ")}   vs sliced ${vsSlicedWasm[size]}`,
  );
}
const broad = houseOf(broadPolicyText(200));
const asked = Array.from({ length: REQUESTS }, (_, index) => modelQuestion(index));
const engine = compiledEngine(broad, asked.map(requestOf));
const whole = wholeDecision(broad, asked);
const both = Array.from({ length: Number(values.rounds) + 1 }, (_, round) =>
  oneRound({ engine, whole }, round),
);
const engineFigure = median(both.slice(1).map((round) => round["engine"] ?? 0));
const wholeFigure = median(both.slice(1).map((round) => round["whole"] ?? 0));
say(
  `  200 policies of which 150 apply to every request: doorward ${Math.round(engineFigure).toLocaleString("en")}   decide() ${Math.round(wholeFigure).toLocaleString("en")}`,
);
say(JSON.stringify({ decisionsPerSecond, vsSlicedWasm }));

/** Every contender in turn, with the same requests, so that what the machine does meanwhile hits all. */
function oneRound(
  contenders: Readonly<Record<string, Decide>>,
  round: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(contenders).map(([name, decide]) => [name, perSecond(decide, round * 7_919)]),
  );
}

/** All but casbin, which sees less of a policy, and `decide`, which asks for the whole chain, decide alike. */
function agree(contenders: Readonly<Record<string, Decide>>): void {
  const alike = ["doorward", "wasm sliced", "wasm"].flatMap((name) => contenders[name] ?? []);
  for (let index = 0; index < 500; index += 1) {
    if (new Set(alike.map((decide) => decide(index))).size > 1) throw new Error(`they disagree on ${index}`);
  }
}
