import { Fault } from "#base";
import type { z } from "zod";
import { type Inspection, type Pin, type ServerConfiguration, unseenPin } from "#upstream";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext } from "./context.ts";
import { configurationOfRow } from "./server-input.ts";
import {
  countTools,
  findServer,
  type ServerRow,
  type serverShape,
  serverView,
  type toolCounts,
} from "./server-rows.ts";

const PROMPT_OR_TOOL = ["tool", "prompt"] as const;

/** A server and how its tools stand. */
type Looked = z.input<typeof serverShape> & { tools: z.input<typeof toolCounts> };

export interface FirstLook {
  readonly pin: Pin;
  /** Null: it lets nobody in before a person opened the link that `Upstreams.state` has. */
  readonly offered: Inspection | null;
}

/** Pins a server that is being added, and asks it what it offers. */
export async function firstLook(
  { upstreams, progress }: OperationContext,
  name: string,
  configuration: ServerConfiguration,
): Promise<FirstLook> {
  try {
    progress(`Installing and pinning ${name}`);
    const pin = await upstreams.prepare(name, configuration);
    progress(`Asking ${name} what it offers`);
    return { pin, offered: await upstreams.inspect({ name, configuration, pin }) };
  } catch (cause) {
    const isClosed = cause instanceof Fault && cause.code === "upstream_needs_authorization";
    if (!isClosed || configuration.transport !== "http" || upstreams.state(name).authorizationUrl === null)
      throw cause;
    return { pin: unseenPin(configuration.url), offered: null };
  }
}

/** Compares a server with its pin and notes what it offers now; one that is another is held. */
export async function lookAgain(context: OperationContext, server: string): Promise<Looked> {
  const verification = await context.upstreams.verify(server);
  if (verification === "same") await note(context, server, await context.upstreams.inspect(server));
  else await hold(context, server, verification.changed);
  return looked(context, await findServer(context, server));
}

/** Pins what answers now in place of what was pinned `before`; its tools wait for review where they changed. */
export async function pinAnew(context: OperationContext, before: ServerRow): Promise<Looked> {
  const { upstreams, store, live } = context;
  const server = before.name;
  const configuration = configurationOfRow(before.configuration);
  const pin = await upstreams.prepare(server, configuration);
  const offered = await upstreams.inspect({ name: server, configuration, pin });
  const identity = upstreams.identity(pin);
  const next = { pin: pinText(pin), identity, status: "active", status_reason: null };
  const change = store.query.updateTable("servers").set(next).where("name", "=", server);
  await commitBatch(context, {
    writes: [stateWrite(change.where("identity", "=", before.identity), 1)],
    entries: [
      entry(context, "server.changed", server, { change: "pin", from: before.identity, to: identity }),
    ],
  });
  live.serversChanged(server);
  await note(context, server, offered);
  return looked(context, { ...before, ...next });
}

/** Writes down what it lists, as the doors do. */
export async function note(context: OperationContext, server: string, offered: Inspection): Promise<void> {
  for (const kind of PROMPT_OR_TOOL)
    await context.live.listed(server, kind, kind === "tool" ? offered.tools : offered.prompts);
}

export function pinText(pin: Pin): string {
  return JSON.stringify(pin);
}

async function hold(context: OperationContext, server: string, reason: string): Promise<void> {
  const next = { status: "held", status_reason: reason };
  const change = context.store.query.updateTable("servers").set(next).where("name", "=", server);
  await commitBatch(context, {
    writes: [stateWrite(change, 1)],
    entries: [entry(context, "server.changed", server, { change: "held", reason })],
  });
  context.live.serversChanged(server);
}

async function looked(context: OperationContext, row: ServerRow): Promise<Looked> {
  return { ...serverView(context, row), tools: await countTools(context, row.name) };
}
