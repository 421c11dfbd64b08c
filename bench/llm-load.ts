import { Pool } from "undici";
import { at, type Load } from "./load.ts";

/** A contender's chat completions endpoint, with the headers that each of its callers sends. */
export interface Endpoint {
  readonly url: string;
  /** Taken in turn: one for each agent. */
  readonly headers: readonly Readonly<Record<string, string>>[];
}

export interface Client {
  /** One request, whole. */
  readonly post: () => Promise<void>;
  /** One streamed answer; milliseconds to its first byte of text. */
  readonly stream: () => Promise<number>;
  readonly close: () => Promise<void>;
}

const BODY_BYTES = 500;
const FIRST_EVENT = '"role":"assistant"';

export function openClient({ url, headers }: Endpoint, connections: number): Client {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  let sent = 0;
  const ask = async (isStream: boolean) => {
    sent += 1;
    const answer = await pool.request({
      path: pathname,
      method: "POST",
      headers: { "content-type": "application/json", ...headers[sent % headers.length] },
      body: bodyOf(sent, isStream),
    });
    if (answer.statusCode === 200) return answer;
    throw new Error(`${url}: HTTP ${answer.statusCode} ${(await answer.body.text()).slice(0, 300)}`);
  };
  return {
    post: async () => {
      const text = await (await ask(false)).body.text();
      if (!text.includes("quick brown fox")) throw new Error(`wrong answer: ${text.slice(0, 200)}`);
    },
    stream: async () => {
      const started = performance.now();
      const answer = await ask(true);
      let firstMs: number | null = null;
      let text = "";
      for await (const chunk of answer.body) {
        text += String(chunk);
        if (firstMs === null && text.includes(FIRST_EVENT)) firstMs = performance.now() - started;
      }
      if (!text.endsWith("data: [DONE]\n\n"))
        throw new Error(`a stream without its end: ${text.slice(-200)}`);
      return firstMs ?? Number.NaN;
    },
    close: () => pool.close(),
  };
}

/** About 500 bytes, no two alike. */
function bodyOf(count: number, isStream: boolean): string {
  const body = {
    model: "bench-model",
    messages: [
      { role: "system", content: "You are a helpful assistant of the benchmark." },
      { role: "user", content: `Request ${count}: ` },
    ],
    temperature: 0.7,
    max_tokens: 256,
    ...(isStream ? { stream: true } : {}),
  };
  const last = body.messages[1];
  if (last !== undefined) last.content += "x".repeat(Math.max(0, BODY_BYTES - JSON.stringify(body).length));
  return JSON.stringify(body);
}

/** Keeps `callers` requests under way, back to back, until `seconds` are over or `calls` were made. */
export async function driveLlm(
  one: () => Promise<unknown>,
  callers: number,
  limit: { readonly seconds?: number; readonly calls?: number },
): Promise<Load> {
  const latencies: number[] = [];
  const started = performance.now();
  const until = started + (limit.seconds ?? Infinity) * 1_000;
  const callsMax = limit.calls ?? Infinity;
  let sent = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < until && sent < callsMax) {
        sent += 1;
        const before = performance.now();
        const first = await one();
        latencies.push(typeof first === "number" ? first : performance.now() - before);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    callsPerSecond: latencies.length / seconds,
    p50Ms: at(sorted, 0.5),
    p99Ms: at(sorted, 0.99),
    calls: latencies.length,
  };
}
