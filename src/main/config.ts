import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { HoldDefaults } from "#approvals";
import { Fault } from "#base";
import type { NetworkProxy } from "#egress";
import { EVERY_DEFAULT } from "#crosscheck";
import { type QuotaLimits, QUOTA_LIMITS, type RoadLimits, ROAD_LIMITS } from "#gateway";
import { checkListen, isLoopback, type ListenConfig } from "#identity";
import type { SandboxStance } from "#upstream";
import type { RegistrySettings } from "#registry";
import { HOLDS_FILE, holdsOf } from "./holds.ts";
import { isProxyRange } from "./peers.ts";
import { MODELS_FILE, registryOf } from "./registry.ts";
import { VERSION } from "./version.ts";
import { VAULT_FILE, type VaultConfig, vaultOf } from "./vault.ts";

/** Everything a start needs to know, parsed once. */
export interface Config {
  readonly directory: string;
  readonly listen: ListenConfig;
  readonly tls: TlsConfig | null;
  /** Who signs people in besides Doorward itself; null: local users only. */
  readonly provider: ProviderConfig | null;
  /** What the organisation's directory shows at /scim/v2; null: there is no such endpoint. */
  readonly scimSecret: string | null;
  /** Bare host name under which the ledger signs; null: made from the installation's id. */
  readonly origin: string | null;
  readonly road: RoadLimits;
  readonly quota: QuotaLimits;
  /** Who may end a stop. */
  readonly stop: { readonly resume: "anybody" | "another" };
  /** What holds come to where their rules leave it open. */
  readonly holds: HoldDefaults;
  /** One policy decision in so many is repeated by the official engine. */
  readonly crosscheckEvery: number;
  readonly channels: ChannelsConfig;
  /** Where the http door's proxy listens; null: there is none. */
  readonly proxy: { readonly address: string; readonly port: number } | null;
  /** What the http door sends to public addresses goes by this proxy of the network's; null: straight. */
  readonly networkProxy: NetworkProxy | null;
  readonly vault: VaultConfig;
  /** What may serve, and who approves models. */
  readonly registry: RegistrySettings;
  /** Whether stdio servers without a stance of their own run in sandboxes; null: nothing is said. */
  readonly servers: { readonly sandbox: SandboxStance | null };
}

export interface TlsConfig {
  /** Files, in PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Whether the listener asks whoever connects for a certificate; it is never demanded (RFC 8705). */
  readonly clientCertificates: boolean;
}

export interface ChannelsConfig {
  /** Where platforms' webhooks come in, and nothing else; null: nothing listens for them. */
  readonly listen: { readonly address: string; readonly port: number } | null;
  /** How platforms reach that listener, without a trailing slash; null: they cannot. */
  readonly publicUrl: string | null;
}

export interface ProviderConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly scopes: readonly string[];
  /** The claim of the ID token that names a person's groups; null: groups give nothing. */
  readonly groupsClaim: string | null;
  /** The issuer is on loopback or a private network; only its own origin is asked then. */
  readonly allowPrivate: boolean;
}

export interface Flags {
  readonly data?: string | undefined;
  readonly port?: number | undefined;
  readonly proxyPort?: number | undefined;
}

const CONFIG_FILE = "doorward.yaml";
const DEFAULT_PORT = 7420;

const HOST_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const count = z.number().int().positive();

const proxyRange = z.string().refine(isProxyRange, "must be an IP address or a range such as 10.0.0.0/24");

/** The issuer's URL as the provider writes it. Plain http would hand codes to the network: loopback only. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "")
    return false;
  const isLocal = isLoopback(url.hostname.replace(/^\[|\]$/g, ""));
  return url.protocol === "https:" || (url.protocol === "http:" && isLocal);
}

/** Platforms send secrets and personal data there: https, or loopback for a proxy of the same machine. */
function isHooksUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && isIssuer(text) && url.pathname === "/";
}

const FILE = z
  .strictObject({
    address: z.string().default("127.0.0.1"),
    port: z.number().int().min(0).max(65_535).default(DEFAULT_PORT),
    tls: z
      .strictObject({
        certificate: z.string(),
        key: z.string(),
        clientCertificates: z.boolean().default(false),
      })
      .nullable()
      .default(null),
    trustedProxies: z.array(proxyRange).max(100).default([]),
    publicUrl: z.string().nullable().default(null),
    identityProvider: z
      .strictObject({
        issuer: z.string().max(255).refine(isIssuer, "must be an https URL without query or fragment"),
        clientId: z.string().min(1).max(255),
        clientSecretFile: z.string().optional(),
        scopes: z
          .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/))
          .max(20)
          .refine((scopes) => scopes.includes("openid"), "must have openid among them")
          .default(["openid"]),
        groupsClaim: z
          .string()
          .regex(/^[\x21-\x7e]{1,100}$/)
          .nullable()
          .default(null),
        allowPrivate: z.boolean().default(false),
      })
      .nullable()
      .default(null),
    scim: z.strictObject({ secretFile: z.string() }).nullable().default(null),
    origin: z.string().regex(HOST_NAME, "must be a bare host name").nullable().default(null),
    holds: z
      .strictObject({ waitSeconds: count.max(3_600).optional(), openPerAgent: count.optional() })
      .default({}),
    approvals: HOLDS_FILE.prefault({}),
    stop: z.strictObject({ resume: z.enum(["anybody", "another"]).default("anybody") }).prefault({}),
    channels: z
      .strictObject({
        listen: z
          .strictObject({
            address: z.string().default("127.0.0.1"),
            port: z.number().int().min(0).max(65_535),
          })
          .nullable()
          .default(null),
        publicUrl: z
          .string()
          .max(255)
          .refine(isHooksUrl, "must be an https URL without path, query or fragment")
          .nullable()
          .default(null),
      })
      .prefault({}),
    proxy: z
      .strictObject({
        address: z.string().default("127.0.0.1"),
        port: z.number().int().min(0).max(65_535).optional(),
        off: z.boolean().default(false),
        upstream: z
          .strictObject({
            host: z.string().min(1).max(253),
            port: z.number().int().min(1).max(65_535),
            user: z.string().max(255).optional(),
            passwordFile: z.string().optional(),
          })
          .nullable()
          .default(null),
      })
      .prefault({}),
    vault: VAULT_FILE.prefault({}),
    models: MODELS_FILE.prefault({}),
    servers: z
      .strictObject({ sandbox: z.enum(["required", "when-available", "off"]).nullable().default(null) })
      .prefault({}),
    policy: z.strictObject({ crosscheckEvery: count.default(EVERY_DEFAULT) }).prefault({}),
    limits: z
      .strictObject({
        callsPerSecond: count.optional(),
        burst: count.optional(),
        concurrent: count.optional(),
        argumentBytesPerMinute: count.optional(),
        payloadBytes: count.optional(),
      })
      .default({}),
  })
  .prefault({});

type File = z.output<typeof FILE>;

/**
 * Reads `<data>/doorward.yaml` (it may be absent), lays flags and environment over it, and refuses what is not safe to
 * listen on. Throws `config_unreadable`, `config_invalid`, and the faults of `checkListen`.
 */
export function readConfig(flags: Flags, environment: Readonly<Record<string, string | undefined>>): Config {
  const directory = resolve(flags.data ?? environment["DOORWARD_DATA"] ?? join(homedir(), ".doorward"));
  const file = readFile(join(directory, CONFIG_FILE));
  const listen: ListenConfig = {
    address: file.address,
    port: flags.port ?? file.port,
    tls: file.tls !== null,
    trustedProxies: file.trustedProxies,
    publicUrl: file.publicUrl,
    identityProvider: file.identityProvider?.issuer ?? null,
  };
  checkListen(listen);
  const provider = providerOf(file, directory);
  const scimSecret = scimSecretOf(file, directory);
  const { tls, origin } = file;
  const { crosscheckEvery } = file.policy;
  return {
    directory,
    listen,
    tls,
    provider,
    scimSecret,
    origin,
    road: roadOf(file),
    quota: quotaOf(file),
    stop: file.stop,
    holds: holdsOf(file.approvals),
    crosscheckEvery,
    channels: channelsOf(file),
    proxy: proxyOf(file, listen.port, flags),
    networkProxy: networkProxyOf(file, directory),
    vault: vaultOf(file.vault, directory),
    registry: registryOf(file.models),
    servers: file.servers,
  };
}

/** Beside the other doors, unless said otherwise: 7421 beside 7420, and any free port beside any. */
function proxyOf({ proxy, channels }: File, beside: number, { proxyPort }: Flags): Config["proxy"] {
  const { address, off } = proxy;
  // An installation that is older than the door may have its webhooks there.
  const next = channels.listen?.port === beside + 1 ? beside + 2 : beside + 1;
  const port = proxyPort ?? proxy.port ?? (beside === 0 ? 0 : Math.min(next, PORT_MAX));
  return off ? null : { address, port };
}

const PORT_MAX = 65_535;

function networkProxyOf({ proxy: { upstream } }: File, directory: string): NetworkProxy | null {
  if (upstream === null) return null;
  const { host, port, user, passwordFile } = upstream;
  if (user === undefined) return { host, port };
  if (passwordFile === undefined) return { host, port, user };
  return {
    host,
    port,
    user,
    password: secretIn(resolve(directory, passwordFile), "proxy.upstream.passwordFile"),
  };
}

function channelsOf({ channels }: File): ChannelsConfig {
  const { listen, publicUrl } = channels;
  if (listen === null) return { listen, publicUrl: null };
  const own = listen.address.includes(":") ? `[${listen.address}]` : listen.address;
  // Where nothing else is said, whoever sends is on this machine: a platform of one's own, or a test.
  const fallback = isLoopback(listen.address) && listen.port > 0 ? `http://${own}:${listen.port}` : null;
  return { listen, publicUrl: publicUrl?.replace(/\/$/, "") ?? fallback };
}

function providerOf({ identityProvider }: File, directory: string): ProviderConfig | null {
  if (identityProvider === null) return null;
  const { clientSecretFile, ...settings } = identityProvider;
  const path = clientSecretFile === undefined ? null : resolve(directory, clientSecretFile);
  return {
    ...settings,
    clientSecret: path === null ? null : secretIn(path, "identityProvider.clientSecretFile"),
  };
}

/** Whoever has it can shut people out: nothing that could be guessed. */
const SCIM_SECRET = /^[A-Za-z0-9._~+/-]{32,}=*$/;

function scimSecretOf({ scim, identityProvider }: File, directory: string): string | null {
  if (scim === null) return null;
  const secret = secretIn(resolve(directory, scim.secretFile), "scim.secretFile");
  if (identityProvider !== null && SCIM_SECRET.test(secret)) return secret;
  throw new Fault(
    "scim_unfit",
    "the setting scim needs identityProvider, whose users a directory speaks of, and a secret of 32 characters or more that fits a bearer token",
    "Write a long random secret into the file, for example: openssl rand -hex 32 > scim-secret",
  );
}

function secretIn(path: string, setting: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw secretUnreadable(setting, "cannot be read", cause);
  }
  if (text === "") throw secretUnreadable(setting, "is empty");
  return text;
}

function secretUnreadable(setting: string, why: string, cause?: unknown): Fault {
  return new Fault(
    "client_secret_unreadable",
    `the file of the setting ${setting} ${why}`,
    "Name the file with the secret, or leave the setting out.",
    cause,
  );
}

function readFile(path: string): File {
  const parsed = FILE.safeParse(yamlOf(path) ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "(top)"}: ${issue.message}`);
  throw new Fault(
    "config_invalid",
    `${path} is not valid: ${issues.join("; ")}`,
    "Correct the settings named; docs/guide/configuration.md lists all of them with an example.",
  );
}

function yamlOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return {};
    throw unreadable(path, cause);
  }
  try {
    return parse(text, { strict: true, uniqueKeys: true, maxAliasCount: 0 });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): Fault {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Fault("config_unreadable", `cannot read ${path}: ${why}`, "Mend or remove the file.", cause);
}

function roadOf(file: File): RoadLimits {
  const waitMs =
    file.holds.waitSeconds === undefined ? ROAD_LIMITS.holdWaitMs : file.holds.waitSeconds * 1_000;
  return {
    ...ROAD_LIMITS,
    holdWaitMs: waitMs,
    openHoldsPerAgentMax: file.holds.openPerAgent ?? ROAD_LIMITS.openHoldsPerAgentMax,
    payloadBytesMax: file.limits.payloadBytes ?? ROAD_LIMITS.payloadBytesMax,
  };
}

function quotaOf(file: File): QuotaLimits {
  const { limits } = file;
  return {
    ...QUOTA_LIMITS,
    callsPerSecond: limits.callsPerSecond ?? QUOTA_LIMITS.callsPerSecond,
    burst: limits.burst ?? QUOTA_LIMITS.burst,
    concurrentMax: limits.concurrent ?? QUOTA_LIMITS.concurrentMax,
    bytesPerMinute: limits.argumentBytesPerMinute ?? QUOTA_LIMITS.bytesPerMinute,
  };
}

/** What operations go by. */
export function saidIn({ stop, registry }: Config) {
  return { stopping: stop, registering: registry, version: VERSION };
}

/** What the organisation's directory is known by. */
export function directorySettings({ scimSecret, provider }: Config) {
  return { secret: scimSecret, issuer: provider?.issuer ?? null };
}
