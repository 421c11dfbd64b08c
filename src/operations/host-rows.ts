import { z } from "zod";
import { Fault, type JsonObject } from "#base";
import type { Schema } from "#store";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { id, time } from "./fields.ts";

export type HostRow = Schema["agent_hosts"] & { readonly agent: string };

/** An agent's hosts in force at once. */
export const HOSTS_MAX = 1_000;

const HOST_CHARS_MAX = 260;
const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const NAME = new RegExp(`^(?:\\*\\.)?(?:${LABEL}\\.)*${LABEL}(?::([1-9]\\d{0,4}))?$`);

/** What `hosts.grant` may add to reading and writing; docs/guide/http-door.md says what each gives away. */
export const HOST_OPTIONS = ["largeUploads", "ownCredentials", "passThrough", "private", "trusted"] as const;

export const hostInput = z
  .string()
  .max(HOST_CHARS_MAX)
  .transform((text) => text.toLowerCase())
  .refine(isHost, "HOST, HOST:PORT, *.DOMAIN, an address, or * for every host")
  .describe(
    "HOST, HOST:PORT where the port is not the scheme's own, *.DOMAIN for all below it, or * (reading only)",
  );

/** As the door writes it: names as ASCII, an IPv6 address in brackets and in its shortest form. */
function isHost(text: string): boolean {
  if (text === "*") return true;
  const address = /^\[([^\]]+)\](?::[1-9]\d{0,4})?$/.exec(text)?.[1];
  if (address !== undefined) return URL.parse(`http://[${address}]/`)?.hostname === `[${address}]`;
  const match = NAME.exec(text);
  if (match === null || Number(match[1] ?? 1) > 65_535) return false;
  const name = text.replace(/^\*\./, "").replace(/:\d+$/, "");
  if (/^[\d.]+$/.test(name) && text.startsWith("*")) return false;
  return URL.parse(`http://${name}/`)?.hostname === name;
}

export const hostShape = z.object({
  id: id("hst", "Grant of a host"),
  agent: z.string().describe("Name of the agent"),
  agentId: z.string(),
  host: z.string(),
  access: z.enum(["read", "write"]).describe("`write` gives reading too"),
  private: z.boolean().describe("It is on loopback or a private network, and only there"),
  passThrough: z
    .boolean()
    .describe("Its connections are passed through, and nothing in them is read or decided"),
  largeUploads: z.boolean().describe("Bodies that are too large to be read are sent on unread"),
  ownCredentials: z.boolean().describe("Credentials that the agent brings itself go on to it"),
  trusted: z.boolean().describe("Its answers are the organisation's own words, and nobody else's"),
  grantedBy: z.string().describe("Id of the user who granted it"),
  grantedAt: time,
  revokedAt: time.nullable(),
});

export function optionsOf({ options }: Pick<HostRow, "options">): string[] {
  return z.array(z.enum(HOST_OPTIONS)).parse(JSON.parse(options));
}

export function hostView(row: HostRow): z.input<typeof hostShape> {
  const options = optionsOf(row);
  return {
    id: row.id,
    agent: row.agent,
    agentId: row.agent_id,
    host: row.host,
    access: row.access === "write" ? "write" : "read",
    private: options.includes("private"),
    passThrough: options.includes("passThrough"),
    largeUploads: options.includes("largeUploads"),
    ownCredentials: options.includes("ownCredentials"),
    trusted: options.includes("trusted"),
    grantedBy: row.granted_by,
    grantedAt: isoTime(row.granted_at),
    revokedAt: isoTime(row.revoked_at),
  };
}

export function hostRows({ store }: Pick<ReadContext, "store">) {
  return store.query
    .selectFrom("agent_hosts")
    .innerJoin("agents", "agents.id", "agent_hosts.agent_id")
    .selectAll("agent_hosts")
    .select("agents.name as agent");
}

export async function hostsInForce(
  context: Pick<ReadContext, "store">,
  agent: string,
): Promise<readonly HostRow[]> {
  return hostRows(context)
    .where("agent_hosts.agent_id", "=", agent)
    .where("agent_hosts.revoked_at", "is", null)
    .orderBy("host")
    .execute();
}

/** The whole of what the agent may reach after a change: what the record shows, and what is decided anew from it. */
export function hostsBody(rows: readonly Pick<HostRow, "host" | "access" | "options">[]): JsonObject {
  const hosts = rows.map((row) => ({ host: row.host, access: row.access, options: optionsOf(row) }));
  return { change: "hosts", hosts: hosts.toSorted((one, other) => (one.host < other.host ? -1 : 1)) };
}

export function hostUnknown(agent: string, host: string): Fault {
  return new Fault(
    "host_unknown",
    `agent ${agent} was not granted the host ${JSON.stringify(host)}`,
    `List what it was granted: \`doorward hosts list --agent ${agent}\`.`,
  );
}
