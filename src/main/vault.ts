import { join, resolve } from "node:path";
import { z } from "zod";
import { Fault } from "#base";
import type { Store } from "#store";
import { boundOf, type ConnectProvider, isSafe, type KeySource, PROVIDERS } from "#vault";

/** Where the vault's key is, and where people may connect their accounts. */
export interface VaultConfig {
  readonly key: KeySource;
  readonly providers: readonly ConnectProvider[];
}

const url = z.string().max(2_000);
const word = z
  .string()
  .max(300)
  .regex(/^[\x21-\x7e]+$/, "visible ASCII without spaces");

/** The setting `vault` of doorward.yaml: docs/guide/configuration.md. */
export const VAULT_FILE = z.strictObject({
  key: z
    .union([
      z.strictObject({ file: z.string().min(1) }),
      z.strictObject({ keychain: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, "letters, digits and . _ -") }),
      z.strictObject({ command: z.array(z.string().min(1)).min(1).max(50) }),
    ])
    .optional(),
  providers: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "small letters, digits and hyphens, starting with a letter"),
      z.strictObject({
        clientId: word,
        clientSecretFile: z.string().optional(),
        scopes: z.array(word).max(100).default([]),
        issuer: url.optional(),
        authorizeUrl: url.optional(),
        tokenUrl: url.optional(),
        revokeUrl: url.nullable().optional(),
        deviceUrl: url.nullable().optional(),
        to: z.array(z.string().max(2_000)).min(1).max(50).optional(),
        allowPrivate: z.boolean().default(false),
      }),
    )
    .default({}),
});

type File = z.output<typeof VAULT_FILE>;

/** Whether somebody stopped a credential; never older than the last write. */
export function openIsStopped({ connection, memory }: Store): (credential: string) => boolean {
  const find = connection.prepare("SELECT key FROM stops WHERE ended_at IS NULL AND kind = 'credential'");
  const stopped = memory.remembered(1, () => new Set(find.all().map((row) => String(row["key"]))));
  return (credential) => stopped("")?.has(`credential:${credential}`) === true;
}

/** Throws `config_invalid`. */
export function vaultOf({ key, providers }: File, directory: string): VaultConfig {
  return {
    key: keyOf(key, directory),
    providers: Object.entries(providers).map(([name, one]) => providerOf(name, one, directory)),
  };
}

function keyOf(key: File["key"], directory: string): KeySource {
  if (key === undefined) return { kind: "file", path: join(directory, "vault", "vault.key") };
  if ("file" in key) return { kind: "file", path: resolve(directory, key.file) };
  if ("keychain" in key) return { kind: "keychain", service: key.keychain };
  return { kind: "command", command: key.command };
}

function providerOf(name: string, given: File["providers"][string], directory: string): ConnectProvider {
  const { clientId, clientSecretFile, scopes, allowPrivate, issuer: own, to: goes, ...places } = given;
  const known = PROVIDERS[name];
  const to = goes ?? known?.to ?? [];
  if (to.length === 0) throw invalid(name, "it is none that Doorward knows, so it needs to");
  for (const one of to) boundOf(one);
  const issuer = own ?? known?.issuer ?? null;
  const endpoints = endpointsOf(name, { ...(own === undefined && known), ...places }, issuer);
  for (const one of [issuer, ...urlsOf(endpoints)]) demandSafe(name, one, allowPrivate);
  const secretFile = clientSecretFile === undefined ? null : resolve(directory, clientSecretFile);
  return { name, issuer, endpoints, clientId, clientSecretFile: secretFile, scopes, to, allowPrivate };
}

function urlsOf(endpoints: ConnectProvider["endpoints"]): readonly (string | null)[] {
  if (endpoints === null) return [];
  const { authorizeUrl, tokenUrl, revokeUrl, deviceUrl } = endpoints;
  return [authorizeUrl, tokenUrl, revokeUrl, deviceUrl];
}

const PLACES = z.object({
  authorizeUrl: z.string(),
  tokenUrl: z.string(),
  revokeUrl: z.string().nullable().default(null),
  deviceUrl: z.string().nullable().default(null),
});

/** Null: the issuer says them. */
function endpointsOf(name: string, places: object, issuer: string | null): ConnectProvider["endpoints"] {
  const merged = PLACES.safeParse(places);
  if (merged.success) return { ...merged.data, namesItself: false, clientAuth: "post" };
  if (issuer !== null) return null;
  throw invalid(name, "it is none that Doorward knows, so it needs issuer, or authorizeUrl and tokenUrl");
}

/** Codes and tokens go there. */
function demandSafe(name: string, given: string | null, allowPrivate: boolean): void {
  if (given === null || isSafe(given, allowPrivate)) return;
  throw invalid(name, "its addresses are not https (plain http only with allowPrivate)");
}

function invalid(name: string, why: string): Fault {
  return new Fault(
    "config_invalid",
    `the setting vault.providers.${name} is not valid: ${why}`,
    "Correct it; docs/guide/vault.md has an example.",
  );
}
