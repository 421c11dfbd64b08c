import { z } from "zod";
import { Fault } from "#base";
import { readManifestFile } from "#flow";
import type { OperationContext, ReadContext } from "./context.ts";
import { toolReference, toolSource } from "./fields.ts";
import { fileOf, type Offer, offerFor } from "./manifest-propose.ts";
import {
  bodyIn,
  isWaiting,
  type Labelled,
  labelled,
  manifestMissing,
  manifestShape,
  manifestStale,
  manifestView,
  NOTHING,
  referenceOf,
  reviewable,
} from "./manifest-rows.ts";
import { forget, keep, keepProposals } from "./manifest-writes.ts";
import { write } from "./operation.ts";
import { findTool, type ToolRow, TOOLS_AT_ONCE_MAX } from "./tool-rows.ts";

const FILE_CHARS_MAX = 1_000_000;
const references = z
  .array(toolReference)
  .min(1)
  .max(TOOLS_AT_ONCE_MAX)
  .describe("SERVER/TOOL, or SERVER/* for all of a server's");

export const manifestsInit = write({
  name: "manifests.init",
  summary: "Propose what the tools of a server do, from their names and schemas, for a person to review",
  permission: "tools.review",
  input: z.strictObject({ server: toolSource }),
  output: z.object({
    items: z.array(
      manifestShape.extend({
        check: z
          .array(z.string())
          .describe("What rests on a name alone that the server chose: look whether it is true"),
      }),
    ),
    file: z.string().describe("All of them as YAML, with the reasons, for `manifests set SERVER FILE`"),
  }),
  positional: ["server"],
  columns: ["name", "standing", "effect", "roles", "output", "check"],
  piped: "file",
  examples: ["manifests init fs", "manifests init fs > fs.yaml", "manifests init agent:mailbot"],
  async plan(context, { server }) {
    // What was refused, for its name perhaps, is nobody's to call: nothing need be known of it.
    const tools = (await toolsOf(context, server)).filter(({ status }) => status !== "refused");
    if (tools.length === 0) throw noTools(server);
    return {
      would: `propose what ${tools.length} tools of ${server} do; nothing comes in force by it`,
      commit: async (committing) => propose(committing, server, tools),
    };
  },
});

export const manifestsAccept = write({
  name: "manifests.accept",
  summary: "Put proposed manifests in force, for exactly the definitions that they were proposed for",
  permission: "tools.review",
  presence: true,
  input: z.strictObject({
    tools: references,
    fingerprint: z
      .string()
      .max(80)
      .optional()
      .describe("Accept one only for this definition: the one that you reviewed"),
  }),
  output: z.object({ items: z.array(manifestShape) }),
  positional: ["tools"],
  columns: ["server", "name", "standing", "effect", "roles", "output"],
  examples: ["manifests accept fs/read_file", "manifests accept 'fs/*'"],
  async plan(context, input) {
    const waiting = (await named(context, input.tools, isWaiting)).map(demandCurrent);
    for (const { of } of waiting) refuseOther(of, input.fingerprint);
    return {
      would: `put in force what was proposed for ${listed(waiting.map(({ of }) => of))}`,
      async commit(committing) {
        const changes = waiting.map(({ of, row }) => ({
          of,
          manifest: bodyIn(row),
          source: row.source,
          proposal: row,
        }));
        return { items: await keep(committing, "accepted", changes) };
      },
    };
  },
});

export const manifestsSet = write({
  name: "manifests.set",
  summary: "Say what tools of a server do, in place of what was proposed; in force at once",
  permission: "tools.review",
  presence: true,
  input: z.strictObject({
    server: toolSource,
    text: z.string().min(1).max(FILE_CHARS_MAX).meta({
      description: "Manifests by tool, YAML or JSON; on the command line a file, or - for standard input",
      "x-file": true,
    }),
  }),
  output: z.object({ items: z.array(manifestShape) }),
  positional: ["server", "text"],
  columns: ["server", "name", "standing", "effect", "roles", "output"],
  examples: ["manifests set fs fs.yaml"],
  async plan(context, { server, text }) {
    const file = readManifestFile(text);
    if (!file.ok) throw invalid(file.problems);
    const tools = await Promise.all(
      file.manifests.map(async ({ tool }) => findTool(context, `${server}/${tool}`, "tool")),
    );
    const changes = (await labelled(context, tools)).map((of, at) => {
      const { manifest, definition } = file.manifests[at] ?? { manifest: NOTHING, definition: null };
      if (definition !== null && definition !== reviewable(of.tool).fingerprint)
        throw manifestStale(referenceOf(of), server);
      return { of, manifest, source: "edited", proposal: of.proposed };
    });
    return {
      would: `put in force what the file says of ${listed(changes.map(({ of }) => of))}`,
      commit: async (committing) => ({ items: await keep(committing, "set", changes) }),
    };
  },
});

export const manifestsRemove = write({
  name: "manifests.remove",
  summary: "Forget what was reviewed or proposed of tools: they are as unknown as before",
  permission: "tools.review",
  // What Doorward ships for a tool may be looser than what a person wrote.
  presence: true,
  input: z.strictObject({ tools: references }),
  output: z.object({ items: z.array(manifestShape) }),
  positional: ["tools"],
  columns: ["server", "name", "standing", "effect"],
  async plan(context, input) {
    const kept = await named(context, input.tools, isKept);
    const missing = kept.find((of) => !isKept(of));
    if (missing !== undefined)
      throw manifestMissing(`nothing is kept of ${referenceOf(missing)}`, missing.tool.server);
    return {
      would: `forget what was reviewed of ${listed(kept)}`,
      commit: async (committing) => ({ items: await forget(committing, kept) }),
    };
  },
});

async function toolsOf({ store }: ReadContext, server: string): Promise<ToolRow[]> {
  const tools = await store.query
    .selectFrom("tools")
    .selectAll()
    .where("server", "=", server)
    .where("kind", "=", "tool")
    .orderBy("name")
    .limit(TOOLS_AT_ONCE_MAX + 1)
    .execute();
  if (tools.length <= TOOLS_AT_ONCE_MAX) return tools;
  throw new Fault(
    "tools_too_many",
    `${server} has more than ${TOOLS_AT_ONCE_MAX} tools, and no more are taken at once`,
    "Say what the few do that agents need: `doorward manifests set SERVER FILE`.",
  );
}

/** What each reference names; `SERVER/*` is everything of that server that `isMeant`. Throws `manifest_missing` where that is nothing. */
async function named(
  context: ReadContext,
  given: readonly string[],
  isMeant: (of: Labelled) => boolean,
): Promise<Labelled[]> {
  const found = new Map<string, Labelled>();
  for (const reference of new Set(given)) {
    const server = reference.slice(0, reference.indexOf("/"));
    const isAll = reference === `${server}/*`;
    const tools = isAll ? await toolsOf(context, server) : [await findTool(context, reference, "tool")];
    const meant = (await labelled(context, tools)).filter((of) => !isAll || isMeant(of));
    if (meant.length === 0) throw manifestMissing(`nothing of ${server} waits or is kept`, server);
    for (const of of meant) found.set(referenceOf(of), of);
  }
  if (found.size <= TOOLS_AT_ONCE_MAX) return [...found.values()];
  throw new Fault(
    "tools_too_many",
    `that is ${found.size} tools at once; at most ${TOOLS_AT_ONCE_MAX} are taken`,
    "Name fewer.",
  );
}

function demandCurrent(of: Labelled) {
  const { proposed, tool } = of;
  if (proposed === null) throw manifestMissing(`nothing is proposed for ${referenceOf(of)}`, tool.server);
  if (!isWaiting(of)) throw manifestStale(referenceOf(of), tool.server);
  return { of, row: proposed };
}

function refuseOther(of: Labelled, fingerprint: string | undefined): void {
  if (fingerprint !== undefined && fingerprint !== reviewable(of.tool).fingerprint)
    throw manifestStale(referenceOf(of), of.tool.server);
}

async function propose(context: OperationContext, server: string, tools: readonly ToolRow[]) {
  const offers = (await labelled(context, tools)).map((of) => ({ of, offer: offerFor(of.tool, of.server) }));
  const open = offers.filter(({ of }) => of.standing !== "in-force" && of.standing !== "shipped");
  await keepProposals(context, open);
  const now = await labelled(context, tools);
  return {
    items: now.map((of, at) => ({ ...manifestView(of), check: checksOf(of, offers[at]?.offer) })),
    file: fileOf(
      server,
      now.map((of, at) => ({ of, offer: offers[at]?.offer ?? offerFor(of.tool, of.server) })),
    ),
  };
}

function checksOf(of: Labelled, offer: Offer | undefined): string[] {
  return isWaiting(of) && offer !== undefined ? [...offer.why.toCheck] : [];
}

function isKept({ accepted, proposed }: Labelled): boolean {
  return accepted !== null || proposed !== null;
}

function listed(tools: readonly Labelled[]): string {
  return tools.map(referenceOf).join(", ");
}

function noTools(server: string): Fault {
  return new Fault(
    "manifest_tools_unknown",
    `there is no tool of ${server}`,
    "See `doorward servers list`, and `doorward tools list` for what each has.",
  );
}

function invalid(problems: readonly string[]): Fault {
  const [first = "no reason given", ...others] = problems;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return new Fault(
    "manifest_invalid",
    `the manifests are not valid: ${first}${more}`,
    "See docs/guide/manifests.md for what a manifest may say; `doorward manifests show SERVER/TOOL` writes one.",
  );
}
