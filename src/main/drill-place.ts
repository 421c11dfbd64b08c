import { setTimeout as sleep } from "node:timers/promises";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { z } from "zod";
import { type Ambient, Fault } from "#base";
import type { Attempted, DrillClient, DrillLoad, DrillPlace, Proving } from "#operations";
import { type DrillServer, startDrillServer } from "./drill-server.ts";
import { VERSION } from "./version.ts";

/** How many of each are under way at once: enough that the cut is one of many, few enough for a small machine. */
const OF_EACH = 4;
const POLL_MS = 10;
const UNDER_WAY_WAIT_MS = 5_000;

/** One at a time: two would measure each other. */
export function createProving(door: string, ambient: Pick<Ambient, "monotonic">): Proving {
  let isOpen = false;
  return {
    open: async () => {
      if (isOpen) throw running();
      isOpen = true;
      try {
        const server = await startDrillServer();
        return placeOf({ door, server, now: ambient.monotonic }, async () => {
          isOpen = false;
          await server.close();
        });
      } catch (cause) {
        isOpen = false;
        throw cause;
      }
    },
  };
}

interface Own {
  readonly door: string;
  readonly server: DrillServer;
  readonly now: () => number;
}

function placeOf(own: Own, close: () => Promise<void>): DrillPlace {
  const { modelUrl, serverUrl } = own.server;
  return {
    modelUrl,
    serverUrl,
    close,
    load: (who) => load(own, who),
    attempt: (who) => attempt(own, who),
  };
}

interface Part {
  readonly part: string;
  /** Resolves once it is under way, with null; or with what was answered instead. */
  readonly begun: Promise<string | null>;
  /** Resolves when its client sees its end. */
  readonly ended: Promise<number>;
}

async function load(own: Own, who: DrillClient): Promise<DrillLoad> {
  const client = await connected(own, who);
  const parts = Array.from({ length: OF_EACH }, () => [
    streaming(own, who),
    calling(own, client, "wait"),
    calling(own, client, "change"),
  ]).flat();
  const begun = await Promise.all(
    parts.map(async ({ part, begun: done }) => ({ part, said: await within(done, UNDER_WAY_WAIT_MS) })),
  );
  const missing = begun.flatMap(({ part, said }) =>
    typeof said === "string" ? [{ part, said: said.slice(0, SAID_MAX) }] : [],
  );
  return {
    missing,
    ends: async (since, waitMs) => {
      const ends = await Promise.all(
        parts.map(async ({ part, ended }) => {
          const at = await within(ended, waitMs);
          return { part, ms: at === undefined ? null : Math.max(0, at - since) };
        }),
      );
      await client.close().catch(() => {});
      return ends;
    },
  };
}

const SAID_MAX = 300;

async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const patience = new AbortController();
  const waited = sleep(ms, undefined, { signal: patience.signal }).catch(() => undefined);
  const first = await Promise.race([work, waited]);
  patience.abort();
  return first;
}

/** A stream of the model, read to its last byte. */
function streaming({ door, now }: Own, { key, model }: DrillClient): Part {
  const asked = fetch(`${door}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "A drill." }] }),
  });
  const begun = asked.then(async (answer) => (answer.ok ? null : answer.text())).catch(String);
  const read = async (): Promise<number> => {
    const { body } = await asked;
    await body?.pipeTo(new WritableStream());
    return now();
  };
  return { part: "stream", begun, ended: read().catch(() => now()) };
}

/** A call that its server does not answer, or that a person has to decide. */
function calling({ server, now }: Own, client: Client, tool: "wait" | "change"): Part {
  const before = server.callsOf(tool);
  const answered = client
    .callTool({ name: tool, arguments: { note: `${tool} ${Math.floor(now())}` } })
    .then((result) => JSON.stringify(result), String);
  const begun = async (): Promise<string | null> => {
    const until = now() + UNDER_WAY_WAIT_MS;
    // What waits for a person does not arrive at the server, and is not answered either.
    if (tool === "change") return (await within(answered, HELD_AFTER_MS)) ?? null;
    while (server.callsOf("wait") <= before && now() < until) {
      const said = await within(answered, POLL_MS);
      if (said !== undefined) return said;
    }
    return null;
  };
  return { part: tool === "wait" ? "call" : "hold", begun: begun(), ended: answered.then(() => now()) };
}

/** By then a call that is allowed was answered: the drill's server does nothing for it. */
const HELD_AFTER_MS = 500;

async function connected(
  { door }: Own,
  { key, server }: Pick<DrillClient, "key" | "server">,
): Promise<Client> {
  const client = new Client({ name: "doorward-drill", version: VERSION });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${door}/door/mcp/${server}`), { requestInit }),
  );
  return client;
}

const refused = z.object({ code: z.string() });

async function attempt(own: Own, who: Pick<DrillClient, "key" | "server">): Promise<Attempted> {
  const before = own.server.callsOf("harm");
  const said = await called(own, who).catch((cause: unknown) => ({ isError: true, text: errorText(cause) }));
  const arrived = own.server.callsOf("harm") > before;
  return { arrived, code: said.isError ? (codeIn(said.text) ?? "refused") : null };
}

async function called(own: Own, who: Pick<DrillClient, "key" | "server">) {
  const client = await connected(own, who);
  try {
    const result = await client.callTool({ name: "harm", arguments: { note: "a drill" } });
    return { isError: result.isError === true, text: JSON.stringify(result) };
  } finally {
    await client.close().catch(() => {});
  }
}

function errorText(cause: unknown): string {
  const data: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, "data") : null;
  const known = refused.safeParse(data);
  return known.success ? JSON.stringify(known.data) : String(cause);
}

/** The refusal's code, however deep its client wrapped it. */
function codeIn(text: string): string | null {
  return /\\*"code\\*":\\*"([a-z_]+)\\*"/.exec(text)?.[1] ?? null;
}

function running(): Fault {
  return new Fault("drill_running", "another drill is running", "Wait until it is over: it takes seconds.");
}
