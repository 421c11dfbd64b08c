import { z } from "zod";
import { readRequirement } from "#approvals";
import { REGISTRY_DEFAULTS, type RegistrySettings, type RiskClass } from "#registry";

const LINES_MAX = 8;
const line = z
  .string()
  .refine((text) => readRequirement(text) !== null, 'must be a group, such as "admins, 2, not-requester"');
const lines = z.union([line.transform((one) => [one]), z.array(line).min(1).max(LINES_MAX)]);
const rule = z.enum(["serve", "refuse"]).default("serve");

const linesFor = (risk: RiskClass) => lines.default([...REGISTRY_DEFAULTS.approval[risk]]);

/** `models` of the settings: what may serve, and whose yes makes a model an approved one. */
export const MODELS_FILE = z.strictObject({
  unapproved: rule,
  unproven: rule,
  approval: z
    .strictObject({ low: linesFor("low"), medium: linesFor("medium"), high: linesFor("high") })
    .prefault({}),
});

export function registryOf({ approval, ...serving }: z.output<typeof MODELS_FILE>): RegistrySettings {
  return { serving, approval };
}
