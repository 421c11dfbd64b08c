import { setTimeout as sleep } from "node:timers/promises";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { z } from "zod";
import { type Ambient, Fault } from "#base";
import type { Attempted, DrillClient, DrillLoad, DrillPlace, Proving } from "#operations";
import { type DrillServer, startDrillServer } from "./drill-server.ts";
import { probeSandbox } from "./drill-probe.ts";
import { type SandboxedBy, sandboxHere, startSandboxed } from "./drill-sandbox.ts";
import { tasking } from "./drill-task.ts";
import { asking, type Part, tunnelling } from "./drill-web.ts";
import { VERSION } from "./version.ts";

/** How many of each are under way at once: enough that the cut is one of many, few enough for a small machine. */
const OF_EACH = 4;
const POLL_MS = 10;
const UNDER_WAY_WAIT_MS = 5_000;
const SANDBOX_WAIT_MS = 20_000;

/** One at a time: two would measure each other. */
export function createProving(at: DrillingAt, ambient: Pick<Ambient, "monotonic">): Proving {
  let isOpen = false;
  return {
    open: async () => {
      if (isOpen) throw running();
      isOpen = true;
      try {
        const server = await startDrillServer();
        const { door, proxy } = at.addresses;
        const { directory } = at;
        return placeOf({ door, proxy, directory, server, now: ambient.monotonic }, async () => {
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

/** Where this Doorward is reached, and its own folder, which no sandbox shows. */
export interface DrillingAt {
  /** `proxy` is known once the http door is open; null where it is off. */
  readonly addresses: { readonly door: string; readonly proxy: string | null };
  readonly directory: string;
}

interface Own extends SandboxedBy {
  readonly server: DrillServer;
  readonly now: () => number;
}

function placeOf(own: Own, close: () => Promise<void>): DrillPlace {
  const { modelUrl, serverUrl, web, pipe } = own.server;
  return {
    modelUrl,
    serverUrl,
    hosts: own.proxy === null ? null : { web, pipe },
    close,
    load: (who) => load(own, who),
    attempt: (who) => attempt(own, who),
    sandbox: () => {
      const ready = sandboxHere();
      return "missing" in ready
        ? ready
        : { backend: ready.backend, version: ready.version, limits: ready.limitsBy };
    },
    probe: async (key) => {
      const ready = sandboxHere();
      if ("missing" in ready) throw new Fault("drill_broken", ready.missing, ready.remedy);
      return probeSandbox(own, ready, key);
    },
  };
}

async function load(own: Own, who: DrillClient): Promise<DrillLoad> {
  const client = await connected(own, who);
  const sandbox = sandboxed(own, who);
  const started = Array.from({ length: OF_EACH }, () => [
    streaming(own, who),
    calling(own, client, "wait"),
    calling(own, client, "change"),
    tasking(`${own.door}/door/mcp/${who.server}`, who.key),
    ...throughTheWeb(own, who),
  ]).flat();
  const parts = [...started, sandbox].map((one) => ({ ...one, ended: one.ended.then(own.now) }));
  const begun = await Promise.all(
    parts.map(async ({ part, begun: done }) => ({
      part,
      said: await within(done, part === "sandbox" ? SANDBOX_WAIT_MS : UNDER_WAY_WAIT_MS),
    })),
  );
  const missing = begun.flatMap(({ part, said }) =>
    said === null ? [] : [{ part, said: (said ?? "it was not under way in time").slice(0, SAID_MAX) }],
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
      await sandbox.close();
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
function streaming({ door }: Own, { key, model }: DrillClient): Part {
  const asked = fetch(`${door}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "A drill." }] }),
  });
  const begun = asked.then(async (answer) => (answer.ok ? null : answer.text())).catch(String);
  const read = async (): Promise<void> => {
    const { body } = await asked;
    await body?.pipeTo(new WritableStream());
  };
  return { part: "stream", begun, ended: read().catch(() => {}) };
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
  return { part: tool === "wait" ? "call" : "hold", begun: begun(), ended: answered.then(nothing) };
}

/** Of these there are as many as of all else; the http door may be off. */
function throughTheWeb({ proxy, server }: Own, { key, apart }: DrillClient): Part[] {
  if (proxy === null) return [];
  const web = { proxy, key, server };
  return [asking(web, "silent"), asking(web, "events"), tunnelling({ ...web, key: apart })];
}

/** What a program in a sandbox says that it lives, and goes on. */
const LIVING = `process.stdout.write("alive\\n"); setInterval(() => {}, 1_000_000);`;

/** One: to make it takes longer than all else together. */
function sandboxed(own: Own, { key }: DrillClient): Part & { readonly close: () => Promise<void> } {
  const ready = sandboxHere();
  const why =
    own.proxy === null ? "the http door is off, and nothing would tell it of a stop" : whyNot(ready);
  if (why !== null || !("kind" in ready))
    return {
      part: "sandbox",
      begun: Promise.resolve(`not tried: ${why}`),
      ended: NEVER,
      close: async () => {},
    };
  const starting = startSandboxed(own, ready, { key, script: LIVING });
  const begun = async (): Promise<string | null> => {
    const inside = await starting;
    const over = inside.ended.then((code) => `it ended with ${code}`);
    while (!inside.said().includes("alive")) {
      const ended = await within(over, POLL_MS);
      if (ended !== undefined) return ended;
    }
    return null;
  };
  return {
    part: "sandbox",
    begun: begun().catch(String),
    ended: starting.then(async ({ ended }) => void (await ended)).catch(() => {}),
    close: async () => starting.then(async ({ close }) => close()).catch(() => {}),
  };
}

const nothing = (): void => undefined;
const NEVER = new Promise<void>(() => {});

function whyNot(ready: ReturnType<typeof sandboxHere>): string | null {
  return "missing" in ready ? `${ready.missing}. ${ready.remedy}` : null;
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
