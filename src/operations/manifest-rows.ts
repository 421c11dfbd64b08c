import { z } from "zod";
import { Fault } from "#base";
import {
  type ManifestBody,
  manifestEffect,
  manifestFrom,
  originOf,
  shapeOf,
  type ShippedManifest,
  shippedFor,
  type ToolManifest,
} from "#flow";
import type { Schema } from "#store";
import { isoTime } from "./change.ts";
import { objectOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import type { ToolRow } from "./tool-rows.ts";

export type ManifestRow = Schema["manifests"];

/** A tool with everything that is kept of what it does. */
export interface Labelled {
  readonly tool: ToolRow;
  /** Who runs it. */
  readonly server: Runner;
  readonly accepted: ManifestRow | null;
  readonly proposed: ManifestRow | null;
  readonly shipped: ShippedManifest | null;
  readonly standing: Standing;
}

type Runner = Pick<Schema["servers"], "transport" | "pin" | "status">;

const STANDINGS = ["in-force", "shipped", "ready", "stale", "proposed", "none"] as const;
export type Standing = (typeof STANDINGS)[number];

const role = z.string().describe("destination, account, command, path, selector, amount, …");

export const manifestShape = z.object({
  server: z.string(),
  name: z.string(),
  standing: z
    .enum(STANDINGS)
    .describe(
      "in-force: a person accepted it; shipped: in force as Doorward brings it; ready: in force once the tool is; stale: the definition changed since; proposed: waits for a person; none",
    ),
  effect: manifestEffect.describe("What it does, as far as the manifest shown says"),
  effectIf: z.record(z.string(), manifestEffect).describe("What it does when an argument holds something"),
  roles: z.record(z.string(), role).describe("What its arguments are for"),
  output: z
    .object({
      integrity: z.enum(["trusted", "untrusted"]),
      inFolders: z.boolean().optional(),
      confidential: z.boolean().optional(),
      directory: z.boolean().optional(),
      trustedAuthors: z.array(z.string()).optional(),
      resources: z
        .array(
          z.object({ argument: z.string(), under: z.string(), integrity: z.enum(["trusted", "untrusted"]) }),
        )
        .optional(),
    })
    .describe("Whose words its results are"),
  summary: z
    .string()
    .nullable()
    .describe("What a call does, for whoever decides about it; `{name}` is an argument"),
  mutable: z.array(z.string()).describe("Arguments that name what can change after a yes (T11)"),
  source: z
    .string()
    .nullable()
    .describe(
      "proposed (from names and schemas), edited, or what it is shipped for; null where there is none",
    ),
  waiting: z.boolean().describe("A proposal for the definition as it is waits for a person"),
  definition: z.string().describe("Fingerprint of the definition that a review would be of"),
  reviewedBy: z.string().nullable().describe("Id of the user"),
  reviewedAt: time.nullable(),
});

type ManifestView = z.input<typeof manifestShape>;

export const NOTHING: ManifestBody = { effect: "unknown", roles: {}, output: { integrity: "untrusted" } };

/** What a person would review now: the accepted definition, or the one that waits for acceptance. */
export function reviewable(tool: ToolRow): { readonly fingerprint: string; readonly definition: string } {
  const isUnaccepted = tool.status !== "accepted" || tool.accepted_definition === null;
  return isUnaccepted
    ? { fingerprint: tool.fingerprint, definition: tool.definition }
    : { fingerprint: tool.accepted_fingerprint ?? "", definition: tool.accepted_definition ?? "" };
}

/** The manifest to show: what is in force, else what waits, else what once was. */
function shownOf(of: Labelled): { readonly manifest: ManifestBody; readonly source: string | null } {
  const { accepted, proposed, shipped, standing } = of;
  if (standing === "shipped" && shipped !== null)
    return { manifest: shipped.manifest, source: `shipped for ${shipped.of}` };
  const isReviewed = standing === "in-force" || standing === "ready";
  const row = isReviewed ? accepted : ((isWaiting(of) ? proposed : null) ?? accepted ?? proposed);
  return row === null ? { manifest: NOTHING, source: null } : { manifest: bodyIn(row), source: row.source };
}

export function bodyIn(row: ManifestRow): ManifestBody {
  const { tool: _tool, ...body } = manifestFrom(row.tool, row.manifest);
  return body;
}

/** What is in force, by `server/tool`. */
export function manifestsOf(all: readonly Labelled[]): Record<string, ToolManifest> {
  const inForce = all.filter(({ standing }) => standing === "in-force" || standing === "shipped");
  return Object.fromEntries(
    inForce.map((of) => [referenceOf(of), { tool: referenceOf(of), ...shownOf(of).manifest }]),
  );
}

export function isWaiting({ tool, proposed }: Pick<Labelled, "tool" | "proposed">): boolean {
  return proposed !== null && proposed.fingerprint === reviewable(tool).fingerprint;
}

export function manifestView(of: Labelled): ManifestView {
  const { manifest, source } = shownOf(of);
  const isReviewed = ["in-force", "ready", "stale"].includes(of.standing);
  const reviewed = isReviewed ? of.accepted : null;
  return {
    server: of.tool.server,
    name: of.tool.name,
    standing: of.standing,
    effect: manifest.effect,
    effectIf: { ...manifest.effectIf },
    roles: { ...manifest.roles },
    output: outputView(manifest.output),
    summary: manifest.summary ?? null,
    mutable: [...(manifest.mutable ?? [])],
    source,
    waiting: isWaiting(of),
    definition: reviewable(of.tool).fingerprint,
    reviewedBy: reviewed?.decided_by ?? null,
    reviewedAt: isoTime(reviewed?.changed_at ?? null),
  };
}

function outputView({ trustedAuthors, resources, ...flags }: ManifestBody["output"]): ManifestView["output"] {
  return {
    ...flags,
    ...(trustedAuthors === undefined ? {} : { trustedAuthors: [...trustedAuthors] }),
    ...(resources === undefined ? {} : { resources: [...resources] }),
  };
}

/** Joins what is kept of each tool, and says how it stands: as the doors see it (src/gateway/manifest-rows.ts). */
export async function labelled(
  { store }: Pick<ReadContext, "store">,
  tools: readonly ToolRow[],
): Promise<Labelled[]> {
  const names = [...new Set(tools.map(({ server }) => server))];
  if (names.length === 0) return [];
  const { query } = store;
  const rows = await query.selectFrom("manifests").selectAll().where("server", "in", names).execute();
  const servers = await query.selectFrom("servers").selectAll().where("name", "in", names).execute();
  const byKey = new Map(rows.map((row) => [`${row.status}\n${row.server}/${row.tool}`, row]));
  const byName = new Map(servers.map((row) => [row.name, row]));
  return tools.map((tool) => {
    const reference = `${tool.server}/${tool.name}`;
    const accepted = byKey.get(`accepted\n${reference}`) ?? null;
    const proposed = byKey.get(`proposed\n${reference}`) ?? null;
    const server = byName.get(tool.server) ?? GONE;
    const definition = tool.accepted_definition ?? tool.definition;
    const shipped = shippedOf(tool.name, definition, server);
    const found = { tool, server, accepted, proposed, shipped };
    return { ...found, standing: standingOf(found) };
  });
}

/** As `labelled`, of one. */
export async function labelledOne(context: Pick<ReadContext, "store">, tool: ToolRow): Promise<Labelled> {
  const [of] = await labelled(context, [tool]);
  if (of !== undefined) return of;
  throw new Fault("bug", "a tool was lost on its way to its manifest", "Report this.");
}

/** A server that was removed in this moment. */
const GONE: Runner = { transport: "http", pin: "null", status: "removed" };

/** What Doorward brings for a definition, given who the server is. */
function shippedOf(name: string, definition: string, server: Runner): ShippedManifest | null {
  return shippedFor(originOf(server.transport, server.pin), name, shapeOf(objectOf(definition)));
}

function standingOf(kept: Omit<Labelled, "standing">): Standing {
  const { tool, server, accepted, shipped } = kept;
  const isUsed = isInUse(tool, server);
  if (accepted !== null && isUsed && accepted.fingerprint === tool.accepted_fingerprint) return "in-force";
  if (shipped !== null && isUsed) return "shipped";
  if (accepted !== null) return accepted.fingerprint === reviewable(tool).fingerprint ? "ready" : "stale";
  return isWaiting(kept) ? "proposed" : "none";
}

/** A server's tool that has changed is nobody's to call; an agent's may be declared by two of its clients. */
function isInUse(tool: ToolRow, server: Runner): boolean {
  if (tool.accepted_fingerprint === null || server.status !== "active") return false;
  return tool.status === "accepted" || server.transport === "agent";
}

export function referenceOf({ tool }: Labelled): string {
  return `${tool.server}/${tool.name}`;
}

export function manifestMissing(what: string, server: string): Fault {
  return new Fault(
    "manifest_missing",
    what,
    `Propose what its tools do with \`doorward manifests init ${server}\`, or write it: \`doorward manifests set ${server} FILE\`.`,
  );
}

export function manifestStale(reference: string, server: string): Fault {
  return new Fault(
    "manifest_stale",
    `the definition of ${reference} is not the one that this manifest is for`,
    `Look at what changed with \`doorward tools get ${reference}\`, then propose anew: \`doorward manifests init ${server}\`.`,
  );
}
