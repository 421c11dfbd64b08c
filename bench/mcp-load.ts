import { Pool } from "undici";
import { z } from "zod";
import { at, type Load } from "./load.ts";

/** One MCP session over keep-alive connections, speaking no more of the protocol than a load needs. */
export interface Session {
  readonly call: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const PROTOCOL = "2025-06-18";
const RESULT = z.object({
  isError: z.boolean().optional(),
  content: z.array(z.object({ text: z.string() })),
});

export async function openSession(
  url: URL,
  headers: Readonly<Record<string, string>>,
  tool: string,
  connections: number,
): Promise<Session> {
  const client = new Pool(url.origin, { connections, pipelining: 1 });
  let id = 0;
  let session: string | undefined;
  const post = async (method: string, params: object, isNotification = false): Promise<unknown> => {
    id += 1;
    const message = isNotification
      ? { jsonrpc: "2.0", method, params }
      : { jsonrpc: "2.0", id, method, params };
    const answer = await client.request({
      path: url.pathname,
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": PROTOCOL,
        ...(session === undefined ? {} : { "mcp-session-id": session }),
        ...headers,
      },
      body: JSON.stringify(message),
    });
    const text = await answer.body.text();
    session ??= answer.headers["mcp-session-id"]?.toString();
    if (answer.statusCode >= 300)
      throw new Error(`${method}: HTTP ${answer.statusCode} ${text.slice(0, 300)}`);
    return isNotification ? null : resultOf(text);
  };
  await post("initialize", {
    protocolVersion: PROTOCOL,
    capabilities: {},
    clientInfo: { name: "bench", version: "1.0.0" },
  });
  await post("notifications/initialized", {}, true);
  return {
    call: async (text) => {
      const result = RESULT.parse(await post("tools/call", { name: tool, arguments: { text } }));
      if (result.isError === true || result.content[0]?.text !== text)
        throw new Error(`wrong answer: ${JSON.stringify(result)}`);
    },
    close: () => client.close(),
  };
}

/** The JSON-RPC result in a JSON body or in the last data line of an event stream. */
function resultOf(text: string): unknown {
  const json = text.startsWith("{")
    ? text
    : (text.match(/^data: ?(\{.*)$/gm)?.at(-1) ?? "").replace(/^data: ?/, "");
  const message: { result?: unknown; error?: unknown } = JSON.parse(json);
  if (message.result === undefined) throw new Error(`no result: ${JSON.stringify(message.error)}`);
  return message.result;
}

/** Keeps `callers` calls of one session under way, back to back, until `seconds` are over or `callsMax` is reached. */
export async function drive(
  session: Session,
  callers: number,
  limit: { seconds?: number; calls?: number },
): Promise<Load> {
  const latencies: number[] = [];
  const started = performance.now();
  const until = started + (limit.seconds ?? Infinity) * 1_000;
  const callsMax = limit.calls ?? Infinity;
  let sent = 0;
  await Promise.all(
    Array.from({ length: callers }, async (_, worker) => {
      while (performance.now() < until && sent < callsMax) {
        sent += 1;
        const before = performance.now();
        await session.call(`call ${worker} ${sent}`);
        latencies.push(performance.now() - before);
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
