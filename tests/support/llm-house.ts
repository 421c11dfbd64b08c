import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Admin, type Running, scratch, signIn, startDoorward } from "../journeys/doorward-process.ts";
import { type Behaviour, type ModelServer, startModelServer } from "./model-upstream.ts";

/** Everything an agent asks for is allowed, tools of its own included, once they are accepted. */
export const OPEN_POLICY = `@id("all") @reason("Everything is allowed in this test.") permit (principal, action, resource);`;

/** A whole Doorward as a process, with one OpenAI-compatible upstream and one agent. */
export interface LlmHouse {
  readonly running: Running;
  readonly admin: Admin;
  readonly upstream: ModelServer;
  readonly key: string;
  readonly ask: (path: string, body: unknown, more?: Asking) => Promise<Response>;
  readonly close: () => Promise<void>;
}

export interface Asking {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface HouseOptions {
  readonly behave: Behaviour;
  readonly policy?: string;
  /** `doorward.yaml` */
  readonly config?: string;
  readonly models?: readonly string[];
}

export async function openLlmHouse(options: HouseOptions): Promise<LlmHouse> {
  const { path: folder, remove } = scratch();
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  if (options.config !== undefined)
    writeFileSync(join(data, "doorward.yaml"), options.config, { mode: 0o600 });
  const upstream = await startModelServer(options.models ?? ["served"], options.behave);
  const running = await startDoorward(data);
  const admin = await signIn(running);
  await admin.perform("upstreams.add", { name: "up", kind: "openai", url: upstream.url, allowPrivate: true });
  await admin.perform("policy.activate", { text: options.policy ?? OPEN_POLICY });
  const key = String((await admin.perform("agents.add", { name: "agent" }))["key"]);
  return {
    running,
    admin,
    upstream,
    key,
    ask: (path, body, { key: other, headers = {}, signal } = {}) =>
      fetch(`${running.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${other ?? key}`, ...headers },
        body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      }),
    close: async () => {
      await running.stop();
      await upstream.close();
      remove();
    },
  };
}

const ENTRIES = z.object({ items: z.array(z.object({ record: z.string() })) });
const RECORD = z.object({ body: z.record(z.string(), z.unknown()) });

/** Bodies of the ledger's entries of one kind, oldest first. */
export async function entriesOf(admin: Admin, kind: string): Promise<readonly Record<string, unknown>[]> {
  const { items } = ENTRIES.parse(await admin.perform("ledger.entries", { kind, limit: 100 }));
  return items.map(({ record }) => RECORD.parse(JSON.parse(record)).body);
}
