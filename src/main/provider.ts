import type { ProviderSettings } from "#api";
import type { Egress } from "#egress";
import type { Config } from "./config.ts";

/** Metadata, key sets and token answers are a few KiB. */
const BYTES_MAX = 262_144;
const TIMEOUT_MS = 10_000;

/**
 * The configured identity provider as the console's sign-in uses it: every request goes through the egress client
 * (T17). A provider on a private network is asked only where `allowPrivate` says so, and then nothing but its own origin
 * is: its metadata cannot point us at a neighbour.
 */
export function providerSettings(
  config: Config,
  egress: Pick<Egress, "fetch">,
): ProviderSettings | undefined {
  if (config.provider === null) return undefined;
  const { allowPrivate, ...settings } = config.provider;
  const limits = { bytesMax: BYTES_MAX, timeoutMs: TIMEOUT_MS, allowPrivate };
  const rules = allowPrivate ? { ...limits, origin: new URL(settings.issuer).origin } : limits;
  return { ...settings, fetch: egress.fetch(rules) };
}
