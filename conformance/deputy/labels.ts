import { z } from "zod";
import type { ToolManifest } from "#flow";
import type { FlowEffect, FlowRole } from "#vocabulary";

/** The folder's hand-written labels in our words. */

const EFFECTS: Readonly<Record<string, FlowEffect>> = {
  read: "read",
  read_external: "fetch",
  internal_write: "write",
  send: "send",
  money: "money",
  account: "account",
  destructive: "destroy",
  booking: "book",
  membership: "membership",
  exec: "execute",
};
const ROLES: Readonly<Record<string, FlowRole>> = {
  target: "destination",
  selector: "selector",
  credential: "credential",
  amount: "amount",
  profile: "profile",
  control: "control",
  content: "content",
  command: "command",
  path: "path",
};

const LABELS = z.object({
  own: z.array(z.string()).default([]),
  tools: z.record(
    z.string(),
    z.object({
      effect: z.string(),
      effect_if: z.record(z.string(), z.string()).default({}),
      roles: z.record(z.string(), z.string()).default({}),
      output: z.enum(["trusted", "untrusted"]),
      confidential: z.boolean().default(false),
      directory: z.boolean().default(false),
    }),
  ),
});

export interface Labels {
  readonly own: readonly string[];
  /** By the tool's own name. */
  readonly tools: ReadonlyMap<string, Omit<ToolManifest, "tool">>;
}

export function readLabels(value: unknown): Labels {
  const { own, tools } = LABELS.parse(value);
  const manifests = Object.entries(tools).map(([name, label]) => {
    const effect = EFFECTS[label.effect] ?? "unknown";
    const { output: integrity, confidential, directory } = label;
    const manifest = {
      effect,
      effectIf: mapped(label.effect_if, EFFECTS, "unknown" as const),
      roles: rolesOf(label.roles, effect),
      output: { integrity, confidential, directory },
    };
    return [name, manifest] as const;
  });
  return { own, tools: new Map(manifests) };
}

/** A target of money is an account; an argument without a role is what a read looks for. */
function rolesOf(roles: Readonly<Record<string, string>>, effect: FlowEffect): Record<string, FlowRole> {
  const read = mapped(roles, ROLES, "content" as const);
  const isMoney = effect === "money";
  const entries = Object.entries(read).map(
    ([name, role]) => [name, isMoney && role === "destination" ? "account" : role] as const,
  );
  return Object.fromEntries(entries);
}

function mapped<T>(
  values: Readonly<Record<string, string>>,
  table: Readonly<Record<string, T>>,
  other: T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, table[value] ?? other]));
}
