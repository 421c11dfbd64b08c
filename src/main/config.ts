import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { Fault } from "#base";
import { type QuotaLimits, QUOTA_LIMITS, type RoadLimits, ROAD_LIMITS } from "#gateway";
import { checkListen, type ListenConfig } from "#identity";

/** Everything a start needs to know, parsed once. */
export interface Config {
  readonly directory: string;
  readonly listen: ListenConfig;
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** Bare host name under which the ledger signs; null: made from the installation's id. */
  readonly origin: string | null;
  readonly road: RoadLimits;
  readonly quota: QuotaLimits;
}

export interface Flags {
  readonly data?: string | undefined;
  readonly port?: number | undefined;
}

const CONFIG_FILE = "doorward.yaml";
const DEFAULT_PORT = 7420;

const HOST_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const count = z.number().int().positive();

const FILE = z
  .strictObject({
    address: z.string().default("127.0.0.1"),
    port: z.number().int().min(0).max(65_535).default(DEFAULT_PORT),
    tls: z.strictObject({ certificate: z.string(), key: z.string() }).nullable().default(null),
    trustedProxies: z.array(z.string()).default([]),
    publicUrl: z.string().nullable().default(null),
    identityProvider: z.string().nullable().default(null),
    origin: z.string().regex(HOST_NAME, "must be a bare host name").nullable().default(null),
    holds: z
      .strictObject({ waitSeconds: count.max(3_600).optional(), openPerAgent: count.optional() })
      .default({}),
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
    identityProvider: file.identityProvider,
  };
  checkListen(listen);
  return { directory, listen, tls: file.tls, origin: file.origin, road: roadOf(file), quota: quotaOf(file) };
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
