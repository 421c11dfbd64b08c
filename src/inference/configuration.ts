import { z } from "zod";
import { type Digest, digestOf, type JsonObject } from "#base";
import { PROTOCOLS } from "#llm";
import type { Schema } from "#store";
import type { ServerName } from "#vocabulary";
import type { Price, UpstreamKind } from "./candidate.ts";
import { KINDS } from "./kinds.table.ts";

/** How an upstream knows Doorward. The secret itself is sealed apart; `id` changes with it, so identity does too. */
export type Credential =
  | { readonly type: "none" }
  | { readonly type: "bearer"; readonly id: string }
  | { readonly type: "header"; readonly id: string; readonly header: string }
  /** A service account's key; what is sent is an access token. */
  | { readonly type: "google"; readonly id: string; readonly account: string };

/** What an admin said an upstream is. */
export interface UpstreamConfiguration {
  readonly kind: UpstreamKind;
  /** As `normalUrl` has it. */
  readonly url: string;
  readonly protocols: readonly (typeof PROTOCOLS)[number][];
  /** On this machine or its private network: then nothing outside is ever connected to. Otherwise nothing inside is. */
  readonly allowPrivate: boolean;
  readonly credential: Credential;
}

export type Prices = Readonly<Record<string, Price>>;

export interface UpstreamRow extends UpstreamConfiguration {
  readonly name: ServerName;
  readonly prices: Prices;
  readonly identity: Digest;
}

const KIND_NAMES = Object.keys(KINDS).filter((name): name is UpstreamKind => name in KINDS);
export const UPSTREAM_KINDS: readonly UpstreamKind[] = KIND_NAMES;

const kind = z.custom<UpstreamKind>((value) => KIND_NAMES.some((name) => name === value));
const name = z.custom<ServerName>((value) => typeof value === "string" && value !== "");
const protocols = z.array(z.enum(PROTOCOLS));
const credential = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({ type: z.literal("bearer"), id: z.string() }),
  z.strictObject({ type: z.literal("header"), id: z.string(), header: z.string() }),
  z.strictObject({ type: z.literal("google"), id: z.string(), account: z.string() }),
]);
const amount = z.number().int().nonnegative();
const prices = z.record(
  z.string(),
  z.strictObject({ inputMicroUsdPerMTok: amount, outputMicroUsdPerMTok: amount }),
);

/** Digest of what the upstream is: what a decision and an approval are bound to. */
export function identityOfUpstream(configuration: UpstreamConfiguration): Digest {
  const { kind: is, url, protocols: speaks, allowPrivate } = configuration;
  const respects: JsonObject = { ...configuration.credential };
  return digestOf({ kind: is, url, protocols: speaks, allowPrivate, credential: respects });
}

/** Throws ZodError for a damaged row. */
export function upstreamOfRow(row: Schema["upstreams"]): UpstreamRow {
  const configuration: UpstreamConfiguration = {
    kind: kind.parse(row.kind),
    url: row.url,
    protocols: protocols.parse(JSON.parse(row.protocols)),
    allowPrivate: row.allow_private === 1,
    credential: credential.parse(JSON.parse(row.credential)),
  };
  return {
    ...configuration,
    name: name.parse(row.name),
    prices: prices.parse(JSON.parse(row.prices)),
    identity: identityOfUpstream(configuration),
  };
}

/** Where a name goes: `model` is a name, or a prefix that ends in `*`. */
export interface Route {
  readonly model: string;
  readonly targets: readonly Target[];
}

export interface Target {
  readonly upstream: ServerName;
  /** The upstream's own name of the model; `*`: as it was asked for. */
  readonly model: string;
}

const targets = z.array(z.strictObject({ upstream: name, model: z.string() }));

export function routeOfRow(row: Pick<Schema["routes"], "model" | "targets">): Route {
  return { model: row.model, targets: targets.parse(JSON.parse(row.targets)) };
}
