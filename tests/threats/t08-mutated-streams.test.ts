import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faceOf, type Protocol } from "#llm";
import { allow, deny, hold } from "../faults/road-harness.ts";
import { requestBody } from "../outside/stream-corpus/clients.ts";
import { CORPUS } from "../outside/stream-corpus/corpus.ts";
import { openTestDoor, type TestDoor } from "./mutated/door.ts";
import { namesIn, undecidedIn } from "./mutated/judge.ts";
import { cut, mutated, mutatedJson } from "./mutated/mutate.ts";
import { type Dice, diceOf } from "./mutated/random.ts";
import { seenBy } from "./mutated/seen.ts";

// T5 and T8, the whole way: recorded answers are changed at random as a hostile upstream would, sent through the llm door
// with calls allowed, refused and held at random, and what comes out is read by the clients. Whatever the upstream did: no
// client may see a call that was not released. `DOORWARD_FUZZ_SEED` and `DOORWARD_FUZZ_RUNS` repeat or prolong it.

const RUNS = Number(process.env["DOORWARD_FUZZ_RUNS"] ?? 150);
const SEED = Number(process.env["DOORWARD_FUZZ_SEED"] ?? 0) || Date.now() % 2_147_483_647;
const SPOKEN: readonly Protocol[] = ["openai-chat", "anthropic-messages", "openai-responses", "ollama-chat"];
const VERDICTS = [allow, allow, allow, deny, hold];

let door: TestDoor;

beforeAll(async () => {
  door = await openTestDoor();
});
afterAll(async () => door?.close());

interface Case {
  readonly seed: number;
  readonly client: Protocol;
  readonly upstream: Protocol;
  readonly isStream: boolean;
  readonly bytes: Buffer;
}

function caseOf(seed: number): Case & { readonly dice: Dice } {
  const dice = diceOf(seed);
  const client = dice.pick(SPOKEN);
  const upstream = dice.chance(0.6) ? client : dice.pick(SPOKEN);
  const isStream = dice.chance(0.7);
  const spoken = CORPUS.filter(({ protocol }) => protocol === upstream);
  const own = spoken.map(({ stream }) => stream);
  const calling = spoken.filter(({ calls }) => calls.length > 0).map(({ stream }) => stream);
  const others = CORPUS.map(({ stream }) => stream);
  const base = dice.pick(dice.chance(0.6) ? calling : own);
  const bytes = isStream
    ? mutated(dice, base, dice.chance(0.7) ? own : others)
    : Buffer.from(wholeOf(dice, upstream, base));
  return { seed, client, upstream, isStream, bytes, dice };
}

/** The recorded answer as one that was not streamed, changed a little. */
function wholeOf(dice: Dice, protocol: Protocol, stream: string): string {
  const face = faceOf(protocol);
  const reader = face.createReader(face.readRequest(requestBody(protocol, "x") as never));
  reader.push(Buffer.from(stream));
  reader.end();
  const head = { id: "resp_1", model: "m", createdAt: 1, isUsageWanted: true, mark: {} };
  let text = JSON.stringify(face.whole(reader.turn(), head));
  for (let change = dice.roll(4); change > 0; change -= 1) text = mutatedJson(dice, text);
  return text;
}

async function answered(one: ReturnType<typeof caseOf>) {
  const { client, upstream, isStream, bytes, dice } = one;
  door.served = { protocol: upstream, isStream, chunks: cut(dice, bytes) };
  door.decide({ weather: dice.pick(VERDICTS), clock: dice.pick(VERDICTS) });
  door.wait();
  const path = {
    "anthropic-messages": "/v1/messages",
    "openai-responses": "/v1/responses",
    "ollama-chat": "/api/chat",
  };
  const url = `${door.url}${Object.entries(path).find(([name]) => name === client)?.[1] ?? "/v1/chat/completions"}`;
  const { stream_options: _usage, ...body } = requestBody(client, `run ${one.seed}`);
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, stream: isStream }),
  });
  const parts: Uint8Array[] = [];
  // A cut connection is an answer too: what came until then came.
  await response.body?.pipeTo(new WritableStream({ write: (part) => void parts.push(part) })).catch(() => {});
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "",
    bytes: Buffer.concat(parts),
  };
}

/** What is wrong with one run; null: nothing. */
async function faultOf(
  seed: number,
): Promise<{ readonly why: string; readonly isAnswer: boolean; readonly calls: number }> {
  const one = caseOf(seed);
  const answer = await answered(one);
  const released = door.released();
  const failures = door.failures();
  const faults: string[] = failures.map((failure) => `the door failed: ${String(failure)}`);
  for (const [client, seen] of await seenBy(one.client, answer, one.isStream)) {
    const why = undecidedIn(seen, released);
    if (why !== null) faults.push(`${client} sees ${why}`);
  }
  const names = new Set(released.map(({ name }) => name));
  const stray = namesIn(answer.bytes).find((name) => !names.has(name) && (name !== "" || names.size === 0));
  if (stray !== undefined) faults.push(`the answer holds what looks like a call of ${JSON.stringify(stray)}`);
  const told =
    faults.length === 0
      ? ""
      : `seed ${seed}, ${one.client} from ${one.upstream}, stream ${one.isStream}: ${faults.join("; ")}\n--- upstream\n${one.bytes.toString("utf8")}\n--- client\n${answer.bytes.toString("utf8")}\n--- released ${JSON.stringify(released)}`;
  return { why: told, isAnswer: answer.status === 200, calls: released.length };
}

describe(`seed ${SEED}`, () => {
  test(`no client sees a call that was not released, in ${RUNS} hostile answers`, {
    timeout: 600_000,
  }, async () => {
    let [answers, calls] = [0, 0];
    for (let run = 0; run < RUNS; run += 1) {
      const { why, isAnswer, calls: released } = await faultOf(SEED + run);
      expect(why).toBe("");
      if (isAnswer) answers += 1;
      calls += released;
    }
    // Otherwise nothing was tried.
    expect(answers).toBeGreaterThan(RUNS / 10);
    expect(calls).toBeGreaterThan(RUNS / 50);
  });
});
