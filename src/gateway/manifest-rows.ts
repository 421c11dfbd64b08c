import { z } from "zod";
import type { Json } from "#base";
import { manifestFrom, originOf, shapeOf, shippedFor, type ToolManifest, unlabelled } from "#flow";
import type { Store } from "#store";
import { isJsonObject } from "#wire";

/**
 * What is in force for a tool: what a person accepted for exactly the definition that is accepted now; else the one that
 * Doorward ships for its shape; else nothing, which is `unlabelled`. An agent's own tools are those of `agent:NAME`.
 */
export type ManifestOf = (server: string, name: string) => ToolManifest;

/** Whether a person said that this server's own labels of its results (`_meta.ifc`) may loosen, and it is what it was then. */
export type TrustsLabels = (server: string) => boolean;

const TOOLS_REMEMBERED_MAX = 10_000;
const SHIPPED_REMEMBERED_MAX = 10_000;

const toolRow = z.object({
  transport: z.string(),
  pin: z.string(),
  status: z.string(),
  accepted_fingerprint: z.string(),
  manifest: z.string().nullable(),
  reviewed: z.string().nullable(),
});

const TOOL = `SELECT s.transport, s.pin, t.status, t.accepted_fingerprint, m.manifest, m.fingerprint AS reviewed
  FROM tools t JOIN servers s ON s.name = t.server
  LEFT JOIN manifests m ON m.server = t.server AND m.tool = t.name AND m.status = 'accepted'
  WHERE t.server = ? AND t.kind = 'tool' AND t.name = ? AND t.accepted_fingerprint IS NOT NULL AND s.status = 'active'`;

const TRUSTED = `SELECT 1 FROM trusted_labels l JOIN servers s ON s.name = l.server
  WHERE l.server = ? AND l.identity = s.identity AND s.status = 'active'`;

export function openManifests(store: Store): ManifestOf {
  const tool = store.connection.prepare(TOOL);
  const shipped = openShipped(store);
  const reviewed = readOnce();
  const read = (key: string): ToolManifest => {
    const [server, name] = splitKey(key);
    const found = tool.get(server, name);
    const reference = `${server}/${name}`;
    if (found === undefined) return unlabelled(reference);
    const row = toolRow.parse(found);
    // A server's tool that has changed is nobody's to call; what an agent runs may have two clients (see own-tools.ts).
    if (row.status !== "accepted" && row.transport !== "agent") return unlabelled(reference);
    if (row.manifest !== null && row.reviewed === row.accepted_fingerprint)
      return reviewed(reference, row.manifest);
    return shipped(server, name, row) ?? unlabelled(reference);
  };
  const remembered = store.memory.remembered(TOOLS_REMEMBERED_MAX, read);
  return (server, name) => remembered(`${server}\n${name}`) ?? unlabelled(`${server}/${name}`);
}

/** Most writes change no manifest: one of the same text is not read again. */
function readOnce(): (reference: string, text: string) => ToolManifest {
  const known = new Map<string, ToolManifest>();
  return (reference, text) => {
    const key = `${reference}\n${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= TOOLS_REMEMBERED_MAX) known.clear();
    const manifest = manifestFrom(reference, text);
    known.set(key, manifest);
    return manifest;
  };
}

export function openTrustedLabels({ connection, memory }: Store): TrustsLabels {
  const trusted = connection.prepare(TRUSTED);
  const isTrusted = memory.remembered(TOOLS_REMEMBERED_MAX, (server) => ({
    is: trusted.get(server) !== undefined,
  }));
  return (server) => isTrusted(server)?.is === true;
}

/** A definition is parsed once: which manifest is shipped for it depends on nothing that changes. */
function openShipped({ connection }: Store) {
  const definition = connection.prepare(
    "SELECT accepted_definition FROM tools WHERE server = ? AND kind = 'tool' AND name = ?",
  );
  const known = new Map<string, ToolManifest | null>();
  const look = (server: string, name: string, row: z.output<typeof toolRow>): ToolManifest | null => {
    const text = definition.get(server, name)?.["accepted_definition"];
    if (typeof text !== "string") return null;
    const parsed: Json = JSON.parse(text);
    const found = isJsonObject(parsed)
      ? shippedFor(originOf(row.transport, row.pin), name, shapeOf(parsed))
      : null;
    return found === null ? null : { ...found.manifest, tool: `${server}/${name}` };
  };
  return (server: string, name: string, row: z.output<typeof toolRow>): ToolManifest | null => {
    const key = [server, name, row.accepted_fingerprint, row.pin].join("\n");
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = look(server, name, row);
    if (known.size >= SHIPPED_REMEMBERED_MAX) known.clear();
    known.set(key, found);
    return found;
  };
}

/** A tool's name may have any character; a server's has no line break. */
function splitKey(key: string): [string, string] {
  const at = key.indexOf("\n");
  return [key.slice(0, at), key.slice(at + 1)];
}
