import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { JsonObject } from "#base";
import {
  type Admin,
  type Running,
  scratch,
  signIn,
  signInAgain,
  startDoorward,
} from "../journeys/doorward-process.ts";

const SERVER = fileURLToPath(new URL("../servers/office.mjs", import.meta.url));

/** What a careful person says of the office's tools. */
const MANIFESTS = {
  find_letters: { effect: "read", roles: { text: "query" }, output: { integrity: "untrusted" } },
  look_up_person: {
    effect: "read",
    roles: { name: "query" },
    output: { integrity: "trusted", directory: true },
  },
  list_rooms: { effect: "read", output: { integrity: "untrusted" } },
  read_note: { effect: "read", roles: { title: "query" }, output: { integrity: "trusted" } },
  shout: { effect: "read", roles: { text: "query" }, output: { integrity: "trusted" } },
  write_letter: {
    effect: "send",
    roles: { to: "destination", body: "content" },
    output: { integrity: "trusted" },
  },
  make_note: {
    effect: "write",
    roles: { title: "content", text: "content" },
    output: { integrity: "trusted" },
  },
  open_page: { effect: "fetch", roles: { url: "destination" }, output: { integrity: "untrusted" } },
  publish: {
    effect: "send",
    roles: { forum: "destination", text: "content" },
    output: { integrity: "trusted" },
  },
};

const GRANTED = ["write_letter", "open_page", "publish"].map((name) => `office/${name}`);

/** What came of a call, as its agent reads it. */
export interface Said {
  readonly text: string;
  readonly isError: boolean;
  /** Rules that refused or held it; empty where it was carried out. */
  readonly rules: readonly string[];
  readonly kind: string | null;
  readonly approval: string | null;
}

/** A Doorward of its own process under the starter policy, with an office of tools that a person has labelled. */
export interface FlowWorld {
  readonly admin: () => Admin;
  readonly url: () => string;
  /** Where the http door is. */
  readonly proxy: () => string;
  /** A session of the agent, opened by its owner with these words; answers its key and its id. */
  readonly session: (words: string | null, agent?: string) => Promise<{ key: string; session: string }>;
  /** One MCP request, over a connection of its own. */
  readonly call: (
    key: string,
    tool: string,
    args?: JsonObject,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Said>;
  /** Lists the tools, as an agent does first. */
  readonly list: (key: string) => Promise<void>;
  readonly answers: (answers: JsonObject) => void;
  /** Calls that reached the server, as `tool {arguments}`. */
  readonly reached: () => readonly string[];
  readonly restart: (signal?: NodeJS.Signals) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface WorldOptions {
  readonly environment?: Readonly<Record<string, string>>;
}

export async function openFlowWorld({ environment = {} }: WorldOptions = {}): Promise<FlowWorld> {
  const { path: folder, remove } = scratch();
  writeFileSync(join(folder, "doorward.yaml"), "holds: { waitSeconds: 1 }\n", { mode: 0o600 });
  const [calls, answers] = [join(folder, "calls"), join(folder, "answers")];
  writeFileSync(calls, "");
  let running = await startDoorward(folder);
  let admin = await signIn(running);
  await admin.perform("servers.add", {
    name: "office",
    command: [process.execPath, SERVER],
    environment: { CALLS_FILE: calls, ANSWERS_FILE: answers, ...environment },
    sandbox: "off",
    accept: true,
  });
  await admin.perform("manifests.set", { server: "office", text: JSON.stringify(MANIFESTS) });
  const agents = new Set<string>();
  const agentNamed = async (name: string): Promise<void> => {
    if (agents.has(name)) return;
    agents.add(name);
    await admin.perform("agents.add", { name });
    await admin.perform("agents.grant", { agent: name, tools: GRANTED });
  };
  return {
    admin: () => admin,
    url: () => running.url,
    proxy: () => /HTTP door +(http:\S+)/.exec(running.said())?.[1] ?? "",
    session: async (words, agent = "clerk") => {
      await agentNamed(agent);
      const mandate = words === null ? {} : { mandate: words };
      const opened = await admin.perform("sessions.start", { agent, ...mandate });
      return { key: String(opened["key"]), session: String(opened["session"]) };
    },
    call: async (key, tool, args = {}, headers = {}) => {
      const name = `office__${tool}`;
      return saidIn(
        await askAt(running, key, { method: "tools/call", name, params: { name, arguments: args }, headers }),
      );
    },
    list: async (key) => void (await askAt(running, key, { method: "tools/list", name: null, params: {} })),
    answers: (now) => writeFileSync(answers, JSON.stringify(now)),
    reached: () =>
      readFileSync(calls, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => {
          const { name, arguments: args } = JSON.parse(line) as { name: string; arguments: object };
          return `${name} ${JSON.stringify(args)}`;
        }),
    restart: async (signal) => {
      await running.stop(signal);
      running = await startDoorward(folder);
      admin = await signInAgain(running.url);
    },
    close: async () => {
      await running.stop();
      remove();
    },
  };
}

const REVISION = "2026-07-28";

interface Asking {
  readonly method: string;
  readonly name: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params: JsonObject;
}

/** In the stateless revision: no session id for the agent to choose, and nothing that outlives the request. */
async function askAt(
  running: Running,
  key: string,
  { method, name, params, headers = {} }: Asking,
): Promise<unknown> {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": REVISION,
    "io.modelcontextprotocol/clientInfo": { name: "agent", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const answer = await fetch(`${running.url}/door/mcp`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": REVISION,
      "mcp-method": method,
      ...(name === null ? {} : { "mcp-name": name }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: meta } }),
  });
  const text = await answer.text();
  const lines = [...text.matchAll(/^data: (.*)$/gm)].map((match) => match[1] ?? "");
  return JSON.parse(lines.findLast((line) => line.includes('"result"')) ?? lines.at(-1) ?? text);
}

const answered = z.object({
  result: z
    .object({
      content: z.array(z.object({ text: z.string().default("") })).default([]),
      isError: z.boolean().default(false),
      _meta: z.record(z.string(), z.unknown()).default({}),
    })
    .optional(),
  error: z.object({ message: z.string() }).optional(),
});
const refusal = z
  .object({
    rules: z.array(z.string()).default([]),
    kind: z.string().nullable().default(null),
    approval: z.string().nullable().default(null),
  })
  .prefault({});

function saidIn(answer: unknown): Said {
  const { result, error } = answered.parse(answer);
  // oxlint-disable-next-line no-underscore-dangle -- MCP's own name
  const told = refusal.parse(result?._meta["doorward.dev/refusal"] ?? {});
  if (error !== undefined) return { text: error.message, isError: true, ...told };
  const text = (result?.content ?? []).map((block) => block.text).join("\n");
  return { text, isError: result?.isError === true, ...told };
}
