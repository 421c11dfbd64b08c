import { canonicalJson, digestOf, type JsonObject } from "#base";
import { effectsOf } from "#policy";
import type { Store } from "#store";
import type { Pin, Upstreams } from "#upstream";
import type { HeldAmbient } from "./ambient.ts";

const OFFERED: readonly JsonObject[] = [
  {
    name: "read_file",
    inputSchema: { type: "object" },
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  {
    name: "write_file",
    inputSchema: { type: "object" },
    annotations: { destructiveHint: false, openWorldHint: false },
  },
];
const PIN: Pin = { kind: "command", executable: "/bin/true", arguments: [], files: [] };

/** Writes down what a server offers, as the gateway does. */
export async function see(
  store: Store,
  ambient: HeldAmbient,
  seen: { readonly server: string; readonly kind: string; readonly definition: JsonObject },
): Promise<void> {
  const fingerprint = digestOf(seen.definition);
  const definition = canonicalJson(seen.definition);
  const now = ambient.now();
  const effects = effectsOf(seen.definition["annotations"] as JsonObject | undefined);
  await store.query
    .insertInto("tools")
    .values({
      server: seen.server,
      kind: seen.kind,
      name: JSON.stringify(seen.definition["name"]).replaceAll('"', ""),
      fingerprint,
      definition,
      accepted_fingerprint: null,
      accepted_definition: null,
      effects: JSON.stringify(effects),
      status: "new",
      reason: null,
      first_seen_at: now,
      changed_at: now,
      decided_by: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["server", "kind", "name"])
        .doUpdateSet({ fingerprint, definition, status: "changed", changed_at: now }),
    )
    .execute();
}

const refused = async (): Promise<never> => Promise.reject(new Error("not for operations"));

/** MCP servers that all offer the same two tools, and tell what was done to them. */
export function upstreamsOf(
  told: string[],
  sealed: Record<string, Readonly<Record<string, string>>>,
): Upstreams {
  return {
    keepSecrets: async (name, secrets) => {
      sealed[name] = secrets;
      told.push(`secrets ${name} ${Object.keys(secrets).join()}`);
    },
    prepare: async (name) => {
      told.push(`prepared ${name}`);
      return PIN;
    },
    identity: (pin) => digestOf(pin as unknown as JsonObject),
    verify: async (name) => (name === "rogue" ? { changed: "its program is another" } : "same"),
    inspect: async () => ({
      serverInfo: { name: "fs", version: "1" },
      protocolVersion: "2025-11-25",
      capabilities: {},
      instructions: null,
      tools: OFFERED,
      prompts: [],
    }),
    connect: refused,
    authorize: async (name) => void told.push(`authorized ${name}`),
    restart: async (name) => void told.push(`restarted ${name}`),
    remove: async (name) => void told.push(`removed ${name}`),
    state: () => ({ connections: 0, failures: 0, lastFailure: null, authorizationUrl: null }),
    sandbox: (_, { sandbox }) => ({
      stance: sandbox?.stance ?? "when-available",
      isSandboxed: sandbox?.stance !== "off",
      how: sandbox?.stance === "off" ? "runs unsandboxed: somebody said so" : "sandboxed by bubblewrap 0.8.0",
      refusedHosts: [],
    }),
    close: async () => {},
  };
}
