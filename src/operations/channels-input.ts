import { z } from "zod";
import { Fault } from "#base";
import type { Platform } from "#chat";
import { agentName, groupName, userReference } from "./fields.ts";

/** How much of a request may leave for a channel: see `PrivacyLevel` of #cards. */
export const PRIVACY_LEVELS = ["minimal", "decisive", "full"] as const;
const LABEL = /^(?:role:[a-z-]{1,30}|origin:[a-z-]{1,30}|readers:restricted|server:[a-z][a-z0-9:-]{0,70})$/;
const LABELS_MAX = 50;

const SECRETS_CHARS_MAX = 40_000;
const TENANTS_MAX = 50;
const AGENTS_MAX = 200;

export const channelName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "small letters, digits and hyphens, starting with a letter, at most 31")
  .describe("Name of the channel");
export const platformName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "the name of a platform")
  .describe("Platform: `doorward channels platforms` lists them");
export const privacyLevel = z
  .enum(PRIVACY_LEVELS)
  .describe("What may leave for there: minimal (tool, agent, risk), decisive (what a decision needs), full");
export const withheldLabels = z
  .array(z.string().regex(LABEL, "role:NAME, origin:NAME, readers:restricted or server:NAME"))
  .max(LABELS_MAX)
  .describe(
    "Values never shown there, by label: role:path, origin:untrusted, readers:restricted, server:NAME",
  );
export const tenants = z
  .array(z.string().min(1).max(300))
  .max(TENANTS_MAX)
  .describe("Workspaces, guilds or tenants whose people may answer (default: the one that Doorward is in)");
export const agentsMayReach = z
  .array(z.union([z.literal("*"), z.literal("none"), agentName]))
  .min(1)
  .max(AGENTS_MAX)
  .describe(
    "Agents that can read or post there by means Doorward does not see (* is every agent, none is none): nothing of theirs is decided there",
  );
/** As the platform writes it: `room:C0123`, `person:U0123`; a room where neither is said. */
export const place = z
  .string()
  // A browser's subscription, which is where web push goes, is long.
  .max(2_000)
  .regex(/^[^\p{Cc}]+$/u, "no control characters")
  .describe("Room or person there, by the platform's own id: C0123, room:C0123 or person:U0123");
export const groupOrUser = {
  group: groupName.optional().describe("Group whose cards go there"),
  user: userReference.optional().describe("User whose cards go there, by name or id"),
};
export const settingsInput = z
  .record(z.string().max(64), z.string().max(2_000))
  .describe("Settings of the platform, NAME=VALUE; `doorward channels platforms` lists them");
export const secretsInput = z
  .string()
  .min(1)
  .max(SECRETS_CHARS_MAX)
  .meta({ writeOnly: true })
  .describe(
    "Its secrets, NAME=VALUE on lines of their own, or JSON; the value alone where there is one; kept sealed",
  );

/** Texts as the platform's settings say they are: numbers, true and false are read where the schema asks for them. */
export function settingsOf(
  platform: Platform,
  given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(given)) read[name] = text;
  const asText = platform.settings.safeParse(read);
  if (asText.success) return asText.data;
  for (const [name, text] of Object.entries(given)) read[name] = valueOf(text);
  const parsed = platform.settings.safeParse(read);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "settings"}: ${message}`,
  );
  throw new Fault(
    "channel_settings_invalid",
    `the settings of ${platform.title} do not fit: ${issues.slice(0, 5).join("; ")}`,
    `It has: ${Object.keys(platform.settings.shape).join(", ") || "none"}. Give them as --settings NAME=VALUE.`,
  );
}

function valueOf(text: string): unknown {
  if (/^(?:true|false|-?\d{1,15}|\[.*\]|\{.*\})$/s.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}

/** What the platform asks for, each once, and nothing else. Throws `channel_secrets_invalid`; never says a value. */
export function secretsOf(platform: Platform, text: string | undefined): Record<string, string> {
  const names = Object.keys(platform.secrets);
  const given = text === undefined ? {} : namedIn(text, names);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  const needed = names.filter((name) => platform.optionalSecrets?.includes(name) !== true);
  const missing = needed.filter((name) => given[name] === undefined || given[name] === "");
  if (unknown.length + missing.length === 0) return given;
  const why = [
    missing.length === 0 ? "" : `missing: ${missing.join(", ")}`,
    unknown.length === 0 ? "" : "there are others that it does not have",
  ].filter((part) => part !== "");
  throw new Fault(
    "channel_secrets_invalid",
    `the secrets of ${platform.title} do not fit (${why.join("; ")})`,
    `Write ${names.map((name) => `${name}=…`).join(" and ") || "none"} on lines of their own into a file and give --secrets FILE (- reads standard input).`,
  );
}

const texts = z.record(z.string(), z.string());

function namedIn(text: string, names: readonly string[]): Record<string, string> {
  const trimmed = text.trim();
  if (trimmed.startsWith("{") && names.length !== 1) return texts.catch({}).parse(jsonOf(trimmed));
  const lines = trimmed.split(/\r?\n/);
  const pairs = lines.map((line) => /^([A-Za-z][A-Za-z0-9_]{0,63})=(.*)$/s.exec(line));
  const [only] = names;
  const isNamed = pairs.every((pair) => pair !== null && (names.length !== 1 || pair[1] === only));
  if (isNamed) return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
  const own: Record<string, unknown> = trimmed.startsWith("{") ? texts.catch({}).parse(jsonOf(trimmed)) : {};
  const named = only === undefined ? undefined : own[only];
  if (typeof named === "string" && only !== undefined) return { [only]: named };
  return only !== undefined && names.length === 1 ? { [only]: trimmed } : {};
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
