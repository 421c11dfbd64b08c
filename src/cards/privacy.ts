import type { Json, JsonObject } from "#base";
import type { FlowEffect, FlowRole } from "#vocabulary";
import type { CardFacts, CardPrivacy, PrivacyLabel } from "./facts.ts";

/** One argument, and what may be done with it. */
export interface CardArgument {
  readonly name: string;
  readonly value: Json;
  /** Null: nobody said what it is for. */
  readonly role: FlowRole | null;
  /** Nobody may say yes who was not shown it whole (T19). */
  readonly isDecisive: boolean;
  /** Why it may not leave for where the card is shown; null: it may. */
  readonly withheld: "level" | PrivacyLabel | null;
}

const SINKS: ReadonlySet<FlowRole> = new Set([
  "destination",
  "account",
  "command",
  "path",
  "selector",
  "amount",
  "credential",
  "profile",
]);

/** What leaves no house without being asked for by name: secrets, and what not everybody may read. */
const ALWAYS_WITHHELD: readonly PrivacyLabel[] = ["role:credential", "readers:restricted"];

/** What it does, given which arguments hold something. `unknown` where nobody reviewed the tool. */
export function effectOf({ manifest, arguments: given }: CardFacts): FlowEffect {
  if (manifest === null) return "unknown";
  const conditional = Object.entries(manifest.effectIf).find(([name]) => isFilled(given, name));
  return conditional?.[1] ?? manifest.effect;
}

/** Every argument in its order, decisive ones first. */
export function cardArguments(facts: CardFacts, privacy: CardPrivacy): readonly CardArgument[] {
  const all = Object.entries(facts.arguments ?? {}).map(([name, value]) => {
    const role = roleOf(facts, name);
    const isDecisive = isDecisiveIn(facts, name, role);
    return {
      name,
      value,
      role,
      isDecisive,
      withheld: withheldIn(facts, privacy, { name, role, isDecisive }),
    };
  });
  return [...all.filter((one) => one.isDecisive), ...all.filter((one) => !one.isDecisive)];
}

/**
 * By the manifest: what is in a sink's role, what changes the effect, what nobody gave a role, what a doubt is about, and all content once something in
 * it is passed on that should not be. Without a manifest: everything.
 */
function isDecisiveIn(facts: CardFacts, name: string, role: FlowRole | null): boolean {
  const { manifest, doubts, flow } = facts;
  if (manifest === null || role === null || SINKS.has(role)) return true;
  if (Object.hasOwn(manifest.effectIf, name) || doubts.some(({ argument }) => argument === name)) return true;
  const isSuspect = flow !== null && (flow.readers === "beyond" || flow.carries.length > 0);
  return role === "content" && isSuspect;
}

function roleOf({ manifest }: CardFacts, name: string): FlowRole | null {
  return manifest !== null && Object.hasOwn(manifest.roles, name) ? (manifest.roles[name] ?? null) : null;
}

type Placed = Pick<CardArgument, "name" | "role" | "isDecisive">;

function withheldIn(facts: CardFacts, privacy: CardPrivacy, argument: Placed): CardArgument["withheld"] {
  if (privacy.isOurs === true) return null;
  const labels = labelsOf(facts, argument);
  const label = [...ALWAYS_WITHHELD, ...privacy.withheld].find((one) => labels.has(one));
  if (label !== undefined) return label;
  const isShown = privacy.level === "full" || (privacy.level === "decisive" && argument.isDecisive);
  return isShown ? null : "level";
}

/** What is known of an argument's value. Where only the content as a whole is known to reach too far, all of it is taken to be restricted. */
function labelsOf({ doubts, flow, server }: CardFacts, { name, role }: Placed): ReadonlySet<string> {
  const labels = new Set<string>([`server:${server}`]);
  if (role !== null) labels.add(`role:${role}`);
  for (const { argument, origin } of doubts) if (argument === name) labels.add(`origin:${origin}`);
  if (isRestricted(flow, name, role)) labels.add("readers:restricted");
  return labels;
}

function isRestricted(flow: CardFacts["flow"], name: string, role: FlowRole | null): boolean {
  const named = flow?.restricted ?? [];
  if (named.length > 0) return named.includes(name);
  const isContent = role === null || role === "content" || role === "query";
  return isContent && flow?.readers === "beyond";
}

function isFilled(given: JsonObject | null, name: string): boolean {
  const value = given !== null && Object.hasOwn(given, name) ? given[name] : null;
  if (value === undefined || value === null || value === "" || value === false) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
