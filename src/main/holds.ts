import { z } from "zod";
import {
  ESCALATION_MAX_MS,
  HOLD_DEFAULTS,
  type HoldDefaults,
  readDuration,
  readEscalation,
} from "#approvals";
import { Fault } from "#base";

/** `approvals` of the settings: what holds come to where their rules leave it open. */
export const HOLDS_FILE = z.strictObject({
  expires: z
    .string()
    .refine(isExpiry, 'must be a time of at most 30 days, such as "30m", "1h" or "2d"')
    .default("1h"),
  escalate: z
    .string()
    .refine(
      (text) => readEscalation(text) !== null,
      'must be times that grow with a group each, such as "15m leads, 1h admins"',
    )
    .nullable()
    .default(null),
  breakGlass: z.boolean().default(true),
});

function isExpiry(text: string): boolean {
  const ms = readDuration(text);
  return ms !== null && ms <= ESCALATION_MAX_MS;
}

/** A step that nobody would ever reach is a mistake that somebody would only notice when it matters. */
/** Throws `config_invalid` where an escalation comes too late. */
export function holdsOf({ expires, escalate, breakGlass }: z.output<typeof HOLDS_FILE>): HoldDefaults {
  const expiresAfterMs = readDuration(expires) ?? HOLD_DEFAULTS.expiresAfterMs;
  const last = escalate === null ? undefined : readEscalation(escalate)?.at(-1);
  if (last === undefined || last.afterMs < expiresAfterMs)
    return { expiresAfterMs, escalation: escalate, breakGlass };
  throw new Fault(
    "config_invalid",
    `approvals.escalate reaches group "${last.group}" only when a request has expired (approvals.expires is ${expires})`,
    "Begin earlier, or let requests live longer; docs/guide/approvals.md has an example.",
  );
}
