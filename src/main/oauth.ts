import { createClientDocuments, createOAuth, createVouching } from "#api";
import type { Ambient } from "#base";
import type { Egress } from "#egress";
import type { TokensOptions } from "#gateway";
import {
  createIssuer,
  createOnce,
  createProofs,
  type ListenConfig,
  ownNames,
  SVID_MEMORY_S,
} from "#identity";
import type { JournalHandle } from "#journal";
import type { TokenKeys } from "#keys";
import type { AccountsOutside } from "#operations";
import type { Config } from "./config.ts";
import type { Handler } from "./listener.ts";
import { providerSettings } from "./provider.ts";

/** Assertions and handovers that were used, remembered for longer than any of them lives. */
const USED_MAX = 100_000;
/** Of one agent: five in a second, all the time. */
const OWN_USED_MAX = 5_000;
const USED = { thingsMax: USED_MAX, ownMax: OWN_USED_MAX };
const USED_MS = 15 * 60_000;

/** The keys and memory that token endpoint and doors share: what the one issues, the others take. */
export function openTokens(
  door: string,
  listening: ListenConfig,
  from: {
    readonly ambient: Ambient;
    readonly tokenKeys: TokenKeys;
    readonly journal: Pick<JournalHandle, "list">;
  },
): TokensOptions {
  const { ambient, tokenKeys, journal } = from;
  const [last] = journal.list({ limit: 1, newestFirst: true });
  const issuer = createIssuer({ issuer: door, ambient, keys: tokenKeys.all, latestMs: last?.at ?? 0 });
  return { issuer, proofs: createProofs(ambient), door, origins: ownNames(listening).origins };
}

export function oauthFace(
  config: Config,
  tokens: TokensOptions,
  around: {
    readonly accounts: AccountsOutside;
    readonly egress: Pick<Egress, "fetch" | "request">;
    readonly report: (event: string, detail: unknown) => void;
  },
): Handler {
  const { accounts, egress, report } = around;
  const { ambient } = accounts;
  const documents = createClientDocuments(asker(egress), ambient);
  return createOAuth({
    ...accounts,
    ...tokens,
    clientCertificates: config.tls?.clientCertificates === true,
    used: createOnce(ambient, { ...USED, lifeMs: USED_MS }),
    usedSvids: createOnce(ambient, { ...USED, lifeMs: SVID_MEMORY_S * 1_000 }),
    clientKeys: documents.keysOf,
    vouching: createVouching(providerSettings(config, egress), tokens.door, ambient),
    report,
  });
}

/** The draft asks for 5 KiB at most of a document; a key set is a few more. */
const DOCUMENT_RULES = { allowPrivate: false, bytesMax: 16_384, timeoutMs: 5_000 };

/** Never to a private address, whatever a name resolves to, and never on to another (T17). */
function asker(egress: Pick<Egress, "request">) {
  return async (url: string) => {
    const headers = { accept: "application/json" };
    const answer = await egress.request(DOCUMENT_RULES, { url, method: "GET", headers });
    const { status } = answer;
    if (status === 200) return { status, text: await answer.text() };
    answer.discard();
    return { status, text: "" };
  };
}
