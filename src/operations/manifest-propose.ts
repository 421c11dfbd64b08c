import type { JsonObject } from "#base";
import {
  type DeclaredTool,
  explainProposal,
  type ManifestBody,
  originOf,
  type ProposalReasons,
  shapeOf,
  shippedFor,
  shippedLike,
  writeManifestFile,
} from "#flow";
import type { Schema } from "#store";
import { objectIn, objectOf } from "./columns.ts";
import { bodyIn, isWaiting, type Labelled, reviewable } from "./manifest-rows.ts";
import type { ToolRow } from "./tool-rows.ts";

/** What is offered to a person for one tool, as its definition is now. */
export interface Offer {
  readonly manifest: ManifestBody;
  readonly why: ProposalReasons;
  readonly source: "proposed" | "shipped";
  /** Of the definition that it is for. */
  readonly fingerprint: string;
}

type Server = Pick<Schema["servers"], "transport" | "pin">;

/**
 * What Doorward ships for a tool of this name and shape, else what its name and schema propose. Whoever copies a name and
 * a shape gets the shipped roles offered, and no trust in its results: only a server that is the package gets that.
 */
export function offerFor(tool: ToolRow, server: Server): Offer {
  const { fingerprint, definition } = reviewable(tool);
  const parsed = objectOf(definition);
  const shape = shapeOf(parsed);
  const own = shippedFor(originOf(server.transport, server.pin), tool.name, shape);
  if (own !== null) return { ...shippedOffer(own.of, own.manifest), fingerprint };
  const like = server.transport === "agent" ? null : shippedLike(tool.name, shape);
  if (like !== null) {
    const manifest: ManifestBody = { ...like.manifest, output: { integrity: "untrusted" } };
    const { why } = shippedOffer(like.of, manifest);
    const toCheck = [`this server is the one of ${like.of}, or does the same`];
    return { manifest, why: { ...why, toCheck }, source: "shipped", fingerprint };
  }
  const { manifest, why } = explainProposal(tool.server, declaredIn(tool.name, parsed));
  const { tool: _tool, ...body } = manifest;
  return { manifest: body, why, source: "proposed", fingerprint };
}

function shippedOffer(of: string, manifest: ManifestBody): Omit<Offer, "fingerprint"> {
  const said = `shipped for ${of}: the same name and the same arguments`;
  return { manifest, why: { effect: said, roles: {}, output: said, toCheck: [] }, source: "shipped" };
}

const HINTS = ["readOnlyHint", "destructiveHint", "openWorldHint"];

/** A definition as a proposal reads it: of its annotations only the flags. */
function declaredIn(name: string, definition: JsonObject): DeclaredTool {
  const hints = objectIn(definition, "annotations");
  const annotations = Object.fromEntries(
    HINTS.flatMap((key) => (typeof hints[key] === "boolean" ? [[key, hints[key]]] : [])),
  );
  const { method } = objectIn(definition, "http");
  const tool = { name, inputSchema: objectIn(definition, "inputSchema"), annotations };
  return typeof method === "string" ? { ...tool, method } : tool;
}

/** The manifests as a file to edit: what a person accepted or what waits, else what is offered. */
export function fileOf(
  server: string,
  tools: readonly { readonly of: Labelled; readonly offer: Offer }[],
): string {
  return writeManifestFile(
    server,
    tools.map(({ of, offer }) => {
      const { fingerprint } = reviewable(of.tool);
      const base = { tool: of.tool.name, definition: fingerprint };
      const kept = [of.accepted, isWaiting(of) ? of.proposed : null].find(
        (row) => row?.fingerprint === fingerprint,
      );
      if (kept === undefined || kept === null || kept.source !== "edited")
        return { ...base, manifest: kept == null ? offer.manifest : bodyIn(kept), why: offer.why };
      return { ...base, manifest: bodyIn(kept) };
    }),
  );
}
