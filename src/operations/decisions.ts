import { z } from "zod";
import { type Ambient, Fault } from "#base";
import { type Caller, demand, reachOf } from "#identity";
import type { ReadContext } from "./context.ts";
import { modelReference, toolReference } from "./fields.ts";
import { policyWhy } from "./policy-why.ts";

/** One question of an AuthZEN Access Evaluation API 1.0 (section 6); what we do not know of is no part of it. */
export const evaluation = z.object({
  subject: z.object({ type: z.string().max(100), id: z.string().min(1).max(300) }),
  action: z.object({ name: z.string().min(1).max(200) }),
  resource: z.object({ type: z.string().max(100), id: z.string().min(1).max(400) }),
  context: z
    .object({
      arguments: z.record(z.string(), z.unknown()).optional(),
      delegation: z
        .string()
        .regex(/^dlg_[0-9A-Za-z]{1,40}$/)
        .optional(),
      session: z
        .string()
        .regex(/^ses_[0-9A-Za-z]{1,40}$/)
        .optional(),
    })
    .optional(),
});

type Evaluation = z.output<typeof evaluation>;

/** `true` only where the action would be let through now, without asking anybody. */
export interface Decided {
  readonly decision: boolean;
  readonly context: {
    readonly id: string;
    readonly reason_user: Reasons;
    readonly reason_admin?: Reasons;
  };
}

interface Reasons {
  readonly en: string;
}

const VERBS: Readonly<Record<string, "tool" | "model">> = {
  "tools/call": "tool",
  "models/generate": "model",
};

/**
 * What policy would say of an action that somebody else is about to let an agent do. It is no action: nothing is held,
 * recorded as one, or counted against a budget. Whom the asker may not see is as unknown as who is not there. Throws
 * `permission_denied`.
 */
export async function decide(context: ReadContext, asked: Evaluation, id: string): Promise<Decided> {
  demand(context.caller, "decisions.ask");
  // Once the engines differed, both must allow, which only an action on its way is asked of.
  const isDistrusted = context.crosscheck?.state().isDistrusted === true;
  const answer = isDistrusted ? DISTRUSTED : await explained(context, asked);
  const seesAll =
    reachOf(context.caller, "policy.read") === "all" && reachOf(context.caller, "agents.read") === "all";
  const reasons = {
    id,
    reason_user: { en: SAID[answer.verdict] },
    ...(seesAll && answer.why !== null ? { reason_admin: { en: answer.why } } : {}),
  };
  return { decision: answer.verdict === "allow", context: reasons };
}

interface Answer {
  readonly verdict: "allow" | "hold" | "deny" | "unknown";
  readonly why: string | null;
}

const SAID: { readonly [V in Answer["verdict"]]: string } = {
  allow: "Doorward lets this through.",
  hold: "Doorward would hold this until a person says yes: send it through Doorward.",
  deny: "Doorward does not allow this.",
  unknown: "Doorward knows no such subject, action or resource.",
};

type WhyInput = z.output<typeof policyWhy.input>;

const DISTRUSTED: Answer = {
  verdict: "hold",
  why: "The policy engines differed, so nothing is promised in advance: doorward health get.",
};

const UNKNOWN: Answer = { verdict: "unknown", why: null };

async function explained(context: ReadContext, asked: Evaluation): Promise<Answer> {
  const input = supposed(asked);
  if (input === null) return UNKNOWN;
  try {
    const { verdict, reason } = await policyWhy.run(context, input);
    return { verdict: verdict === "allow" || verdict === "hold" ? verdict : "deny", why: reason };
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code === "bug") throw cause;
    // Doubt about our machinery denies, and whoever may see why is told.
    return cause.code.endsWith("_unknown") ? UNKNOWN : { verdict: "deny", why: cause.message };
  }
}

/** The question as `policy why` takes it, or null where it is about nothing of ours. */
function supposed({ subject, action, resource, context }: Evaluation): WhyInput | null {
  const kind = VERBS[action.name];
  const reference = kind === "model" ? modelReference : toolReference;
  if (subject.type !== "agent" || kind !== resource.type || !reference.safeParse(resource.id).success)
    return null;
  const parsed = policyWhy.input.safeParse({
    agent: subject.id,
    [kind]: resource.id,
    arguments: context?.arguments ?? {},
    ...(context?.delegation === undefined ? {} : { delegation: context.delegation }),
    ...(context?.session === undefined ? {} : { session: context.session }),
  });
  return parsed.success ? parsed.data : null;
}

/** How much one user may ask, and that they did. */
interface Asking {
  /** Counts so many questions. Throws `decisions_too_many`. Answers how many of a minute before are to be written down. */
  readonly count: (caller: Caller, questions: number) => number | null;
}

const WINDOW_MS = 60_000;
const PER_WINDOW_MAX = 3_000;
const ASKERS_MAX = 10_000;

export function createAsking(ambient: Pick<Ambient, "monotonic">): Asking {
  const windows = new Map<string, { since: number; asked: number }>();
  return {
    count: ({ user }, questions) => {
      const now = ambient.monotonic();
      const open = windows.get(user);
      const isOver = open === undefined || now - open.since >= WINDOW_MS;
      const asked = (isOver ? 0 : open.asked) + questions;
      if (asked > PER_WINDOW_MAX || (open === undefined && windows.size >= ASKERS_MAX)) throw tooMany();
      windows.set(user, { since: isOver ? now : open.since, asked });
      return isOver ? (open?.asked ?? 0) : null;
    },
  };
}

function tooMany(): Fault {
  return new Fault(
    "decisions_too_many",
    `more than ${PER_WINDOW_MAX} decisions were asked for in a minute`,
    "Ask less often, or send the actions themselves through Doorward.",
  );
}
