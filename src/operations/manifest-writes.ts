import { canonicalJson, digestOf } from "#base";
import { bodyOf, type ManifestBody, manifestBody } from "#flow";
import type { EntryDraft, StateWrite } from "#ledger";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext } from "./context.ts";
import type { Offer } from "./manifest-propose.ts";
import { type Labelled, labelled, manifestView, reviewable } from "./manifest-rows.ts";
import type { ToolRow } from "./tool-rows.ts";

/** What comes in force, and where it came from. */
export interface Kept {
  readonly of: Labelled;
  readonly manifest: ManifestBody;
  readonly source: string;
  /** Reviewed, or overwritten: it goes. */
  readonly proposal: Labelled["proposed"];
}

/** Puts manifests in force for the definitions as they were read, with one entry each. Throws `changed_meanwhile`. */
export async function keep(context: OperationContext, change: "accepted" | "set", kept: readonly Kept[]) {
  const [first, ...others] = kept.map(({ of, manifest, source }) =>
    changeEntry(context, of, { change, manifest, source }),
  );
  if (first === undefined) return [];
  const writes = kept.flatMap((one) => [
    unchanged(context, one.of.tool),
    ...(one.proposal === null ? [] : [withdrawn(context, one.proposal)]),
    rowWrite(context, one.of, { ...one, status: "accepted" }),
  ]);
  await commitBatch(context, { writes, entries: [first, ...others] });
  return viewsOf(
    context,
    kept.map(({ of }) => of),
  );
}

/** Removes what is kept of tools, as it was read. */
export async function forget(context: OperationContext, kept: readonly Labelled[]) {
  const [first, ...others] = kept.map((of) =>
    changeEntry(context, of, { change: "removed", manifest: null, source: null }),
  );
  if (first === undefined) return [];
  const writes = kept.flatMap(({ accepted, proposed }) =>
    [accepted, proposed].flatMap((row) => (row === null ? [] : [withdrawn(context, row)])),
  );
  await commitBatch(context, { writes, entries: [first, ...others] });
  return viewsOf(context, kept);
}

async function viewsOf(context: OperationContext, of: readonly Labelled[]) {
  const now = await labelled(
    context,
    of.map(({ tool }) => tool),
  );
  return now.map(manifestView);
}

/** Keeps what is offered for a person to accept. */
export async function keepProposals(
  context: OperationContext,
  open: readonly { readonly of: Labelled; readonly offer: Offer }[],
): Promise<void> {
  const [first, ...others] = open.map(({ of, offer }) =>
    changeEntry(context, of, { change: "proposed", manifest: offer.manifest, source: offer.source }),
  );
  if (first === undefined) return;
  const writes = open.flatMap(({ of, offer }) => [
    unchanged(context, of.tool),
    rowWrite(context, of, { ...offer, status: "proposed" }),
  ]);
  await commitBatch(context, { writes, entries: [first, ...others] });
}

function rowWrite(
  { store, caller, ambient }: OperationContext,
  of: Labelled,
  row: { readonly manifest: ManifestBody; readonly source: string; readonly status: string },
): StateWrite {
  const kept = {
    manifest: canonicalJson(plainBody(row.manifest)),
    fingerprint: reviewable(of.tool).fingerprint,
    source: row.source,
    decided_by: caller.user,
    changed_at: ambient.now(),
  };
  return stateWrite(
    store.query
      .insertInto("manifests")
      .values({ server: of.tool.server, tool: of.tool.name, status: row.status, ...kept })
      .onConflict((conflict) => conflict.columns(["server", "tool", "status"]).doUpdateSet(kept)),
    1,
  );
}

/** INVARIANT: a tool that was seen or accepted as another meanwhile makes the batch stale (T14). */
function unchanged({ store }: OperationContext, tool: ToolRow): StateWrite {
  const query = store.query
    .updateTable("tools")
    .set({ fingerprint: tool.fingerprint })
    .where("server", "=", tool.server)
    .where("kind", "=", "tool")
    .where("name", "=", tool.name)
    .where("fingerprint", "=", tool.fingerprint)
    .where("accepted_fingerprint", "is", tool.accepted_fingerprint)
    .where("status", "=", tool.status);
  return stateWrite(query, 1);
}

/** As it was read: another proposal made meanwhile makes the batch stale. */
function withdrawn({ store }: OperationContext, row: NonNullable<Labelled["proposed"]>): StateWrite {
  const query = store.query
    .deleteFrom("manifests")
    .where("server", "=", row.server)
    .where("tool", "=", row.tool)
    .where("status", "=", row.status)
    .where("manifest", "=", row.manifest)
    .where("changed_at", "=", row.changed_at);
  return stateWrite(query, 1);
}

interface Change {
  readonly change: "proposed" | "accepted" | "set" | "removed";
  readonly manifest: ManifestBody | null;
  readonly source: string | null;
}

function changeEntry(
  context: OperationContext,
  of: Labelled,
  { change, manifest, source }: Change,
): EntryDraft {
  const { server, name } = of.tool;
  return entry(context, "manifest.changed", `${server}/${name}`, {
    change,
    server,
    name,
    fingerprint: reviewable(of.tool).fingerprint,
    manifest: manifest === null ? null : digestOf(plainBody(manifest)),
    effect: manifest?.effect ?? null,
    source,
  });
}

/** Through its own schema: what is kept can always be read again. */
function plainBody(manifest: ManifestBody) {
  const { effect, effectIf, roles, output, summary, mutable } = bodyOf(manifestBody.parse(manifest));
  const { resources, trustedAuthors, ...flags } = output;
  return {
    effect,
    roles,
    ...(effectIf === undefined ? {} : { effectIf }),
    output: {
      ...flags,
      ...(trustedAuthors === undefined ? {} : { trustedAuthors }),
      ...(resources === undefined ? {} : { resources: resources.map((one) => ({ ...one })) }),
    },
    ...(summary === undefined ? {} : { summary }),
    ...(mutable === undefined ? {} : { mutable: [...mutable] }),
  };
}
