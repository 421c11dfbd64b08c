import { z } from "zod";
import type { Origin } from "#proxy";
import type { Store } from "#store";
import { grantNames } from "./names.ts";

/** What one agent may do at one host, beside what policy says. */
export interface HostAccess {
  /** Addresses of private networks. */
  readonly isPrivate: boolean;
  /** CONNECT is passed through, and nothing of it read. */
  readonly isPassedThrough: boolean;
  /** Bodies above the limit are sent on unread. */
  readonly takesLargeUploads: boolean;
  /** Credentials of the agent's own go on to it (T12). */
  readonly takesOwnCredentials: boolean;
  /** What it answers is the organisation's own writing, and nobody else's. */
  readonly isTrusted: boolean;
}

export type HostOption = "private" | "passThrough" | "largeUploads" | "ownCredentials" | "trusted";

export type AccessOf = (agent: string, origin: Origin) => HostAccess;

const AGENTS_REMEMBERED_MAX = 10_000;
const row = z.object({ host: z.string(), options: z.string() });
const options = z.array(z.enum(["private", "passThrough", "largeUploads", "ownCredentials", "trusted"]));

/** Grants in force, never older than the last write. Of several that fit a host, the narrowest alone counts. */
export function openAccess({ connection, memory }: Store): AccessOf {
  const find = connection.prepare(
    "SELECT host, options FROM agent_hosts WHERE agent_id = ? AND revoked_at IS NULL",
  );
  const known = memory.remembered(AGENTS_REMEMBERED_MAX, (agent) => {
    const rows = find.all(agent).map((found) => row.parse(found));
    return new Map(rows.map((one) => [one.host, options.parse(JSON.parse(one.options))]));
  });
  return (agent, origin) => {
    const granted = known(agent);
    const name = grantNames(origin).find((one) => granted?.has(one));
    const set = new Set<HostOption>(name === undefined ? [] : granted?.get(name));
    return {
      isPrivate: set.has("private"),
      isPassedThrough: set.has("passThrough"),
      takesLargeUploads: set.has("largeUploads"),
      takesOwnCredentials: set.has("ownCredentials"),
      isTrusted: set.has("trusted"),
    };
  };
}
