import { type ApiDocument, type ApiServer } from "#apis";
import { type Digest, digestOfBytes, Fault } from "#base";
import { addressOf, apiRows, configurationOfApi } from "./api-rows.ts";
import type { OperationContext, ReadContext } from "./context.ts";

export interface Asked {
  /** URL of the document, or the document itself. */
  readonly document: string;
  readonly servers: readonly string[];
  readonly only: readonly string[];
  readonly allowPrivate: boolean;
}

export interface Looked {
  readonly api: ApiDocument;
  readonly digest: Digest;
  /** Null: it was given as a file. */
  readonly source: string | null;
}

export function isUrl(document: string): boolean {
  return /^https?:\/\/\S+$/.test(document.trim());
}

/** Fetches the document where it is a URL, and reads it. */
export async function look(context: OperationContext, asked: Asked): Promise<Looked> {
  const { documents, progress } = context;
  const source = isUrl(asked.document) ? asked.document.trim() : null;
  if (source !== null) progress(`Fetching ${source}`);
  const bytes =
    source === null
      ? new TextEncoder().encode(asked.document)
      : await documents.fetch(source, asked.allowPrivate);
  progress("Reading its operations");
  const api = await documents.read(bytes, { from: source, servers: asked.servers, only: asked.only });
  return { api, digest: digestOfBytes(bytes), source };
}

/**
 * A document says where its API is; whoever wrote it is not who may say what other hosts mean. Throws `api_server_elsewhere` where
 * it names another host than it came from and nobody said so, `api_server_private`, and `api_server_governed`.
 */
export async function demandServers(
  context: OperationContext,
  name: string,
  asked: Asked,
  looked: Looked,
): Promise<void> {
  const { servers } = looked.api;
  const from = looked.source === null ? null : new URL(looked.source).hostname.replaceAll(/^\[|\]$/g, "");
  const elsewhere = servers.find(({ host }) => from !== null && host !== from);
  if (asked.servers.length === 0 && elsewhere !== undefined) {
    throw new Fault(
      "api_server_elsewhere",
      `the document came from ${from} and says that its API is at ${addressOf(elsewhere)}`,
      `If that is right, say so: add \`--servers ${addressOf(elsewhere)}\`.`,
    );
  }
  const inside = servers.find(({ host }) => context.documents.isPrivate(host));
  if (!asked.allowPrivate && inside !== undefined) {
    throw new Fault(
      "api_server_private",
      `the API would be at ${addressOf(inside)}, which is on this machine or a private network`,
      "If that is right, say so: add `--allow-private`.",
    );
  }
  await demandFree(context, name, servers);
}

async function demandFree(
  context: Pick<ReadContext, "store">,
  name: string,
  servers: readonly ApiServer[],
): Promise<void> {
  const others = await apiRows(context.store).where("apis.server", "!=", name).execute();
  const wanted = new Set(servers.map(addressOf));
  for (const other of others) {
    const taken = configurationOfApi(other.configuration)
      .servers.map(addressOf)
      .find((address) => wanted.has(address));
    if (taken === undefined) continue;
    throw new Fault(
      "api_server_governed",
      `${taken} is the API ${other.server} already: of two, no request could be told to be of either`,
      `Remove that one first (\`doorward apis remove ${other.server}\`), or refresh it with this document.`,
    );
  }
}
