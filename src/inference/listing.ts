import { z } from "zod";
import { Fault } from "#base";
import { listingAt } from "./address.ts";
import type { UpstreamConfiguration } from "./configuration.ts";
import { ANTHROPIC_VERSION } from "./faults.ts";
import type { Injector } from "./credential.ts";
import type { Ground } from "./ground.ts";
import { KINDS, type Listing } from "./kinds.table.ts";
import { IDENTITY_BYTES_MAX, IDENTITY_MS_MAX, LIST_BYTES_MAX, MODELS_PER_UPSTREAM_MAX } from "./limits.ts";
import { isModelName } from "./names.ts";
import { rulesOf } from "./sending.ts";

export interface SaidModel {
  readonly name: string;
  /** Milliseconds since the Unix epoch; null: it did not say. */
  readonly createdAt: number | null;
  /** It says that it passes what it is asked of this model on to another place. */
  readonly isRemote: boolean;
}

/**
 * Asks an upstream what models it has; null where its kind lists none, and then only its credential is tried. Names
 * that cannot be shown are left out. Throws `model_list_refused`, `model_list_malformed`, and Faults of egress.
 */
export async function askModels(
  upstream: Pick<UpstreamConfiguration, "kind" | "url" | "allowPrivate">,
  injector: Injector,
  ground: Ground,
): Promise<readonly SaidModel[] | null> {
  const { kind, url } = upstream;
  const injection = await injector.inject();
  const at = listingAt(kind, url);
  const { listing } = KINDS[kind];
  if (at === null || listing === null) return null;
  const versioned = kind === "anthropic" ? { "anthropic-version": ANTHROPIC_VERSION } : {};
  const rules = { ...rulesOf(upstream), bytesMax: LIST_BYTES_MAX, timeoutMs: ground.bounds.listMsMax };
  const answer = await ground.egress.request(rules, {
    url: at,
    method: "GET",
    headers: { accept: "application/json", ...versioned, ...injection.headers },
  });
  if (answer.status !== 200) {
    answer.discard();
    if (answer.status === 401) injector.refused();
    throw listRefused(at, answer.status);
  }
  const text = await answer.text();
  return modelsIn(injection.redactor?.text(text) ?? text, listing, at);
}

/** Where it is asked, and what with: `body` makes it a POST. */
interface Question {
  /** From its root: `/api/tags`. */
  readonly path: string;
  readonly body: string | undefined;
}

/** Asks an upstream what it serves, with its own credential. Throws `model_identity_refused` and Faults of egress. */
export async function askJson(
  upstream: Pick<UpstreamConfiguration, "kind" | "url" | "allowPrivate">,
  { injector, ground }: { readonly injector: Injector; readonly ground: Ground },
  { path, body }: Question,
): Promise<unknown> {
  const injection = await injector.inject();
  const url = `${upstream.url}${path}`;
  const rules = { ...rulesOf(upstream), bytesMax: IDENTITY_BYTES_MAX, timeoutMs: IDENTITY_MS_MAX };
  const headers = { accept: "application/json", ...injection.headers };
  const answer = await ground.egress.request(rules, {
    url,
    ...(body === undefined
      ? { method: "GET", headers }
      : { method: "POST", headers: { ...headers, "content-type": "application/json" }, body }),
  });
  if (answer.status === 200) return jsonOf(await answer.text());
  answer.discard();
  throw new Fault(
    "model_identity_refused",
    `its runtime answered with HTTP ${answer.status} where it was asked what it serves`,
    "Look whether its address and kind are right: `doorward upstreams check NAME`.",
  );
}

function modelsIn(text: string, listing: Listing, at: string): SaidModel[] {
  const items = z.record(z.string(), z.unknown()).safeParse(jsonOf(text));
  const list = items.success ? items.data[listing.list] : null;
  if (!Array.isArray(list)) throw listMalformed(at);
  const named = list.slice(0, MODELS_PER_UPSTREAM_MAX).flatMap((item: unknown) => {
    const record = z.record(z.string(), z.unknown()).safeParse(item);
    const name = record.success ? record.data[listing.name] : null;
    if (typeof name !== "string" || !isModelName(name)) return [];
    const remote = listing.remote.map((field) => record.data?.[field]);
    const isRemote = remote.some((said) => typeof said === "string" && said !== "");
    return [{ name, createdAt: timeOf(record.data?.[listing.made]), isRemote }];
  });
  return [...new Map(named.map((model) => [model.name, model])).values()];
}

function timeOf(made: unknown): number | null {
  const ms =
    typeof made === "string" ? Date.parse(made) : typeof made === "number" ? made * 1_000 : Number.NaN;
  return Number.isSafeInteger(ms) && ms > 0 ? ms : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function listRefused(at: string, status: number): Fault {
  const isKey = status === 401 || status === 403;
  return new Fault(
    "model_list_refused",
    `${at} answered with HTTP ${status} where its list of models was asked for`,
    isKey
      ? "It wants another credential: `doorward upstreams set NAME --key FILE`."
      : "Check its address (an OpenAI-compatible one commonly ends in /v1) and its kind.",
  );
}

function listMalformed(at: string): Fault {
  return new Fault(
    "model_list_malformed",
    `${at} answered with something that is no list of models`,
    "Check that its address and kind are right: a web page, a proxy or another program may be answering there.",
  );
}
