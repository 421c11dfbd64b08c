import { z } from "zod";
import {
  type GrantChoice,
  type GrantedCall,
  grantDigest,
  grantLabels,
  neverOpen,
  ungrantable,
  unreachableGroups,
} from "#approvals";
import { canonicalJson, Fault } from "#base";
import { manifestDigest, rolesByArgument, type ToolManifest, unlabelled } from "#flow";
import type { FlowFacts, GrantScope, GrantTerms } from "#vocabulary";
import { recordedFlow } from "./action-flow.ts";
import { doubtsOf, type Kept, keptAction, recordedAs } from "./actions.ts";
import type { Beside } from "./approval-decide.ts";
import { partiesOf } from "./approval-parties.ts";
import { approvalOf, type ApprovalRow, chainOf } from "./approval-rows.ts";
import { entry, isoTime, stateWrite } from "./change.ts";
import { effectsOfColumn } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { labelledOne, manifestsOf } from "./manifest-rows.ts";
import { spanText } from "./policy-summary.ts";

const TIMES_MAX = 1_000;
const VARIES_MAX = 20;
/** Of one agent, in force at once: more would be a policy that nobody wrote down. */
const GRANTS_PER_AGENT_MAX = 100;

export const grantInput = {
  grant: z
    .enum(["session", "destination", "pattern"])
    .optional()
    .describe(
      "Let further such calls through too: the tool in this session, to the same destination, or with the arguments of --varies open",
    ),
  varies: z
    .array(z.string().min(1).max(200))
    .max(VARIES_MAX)
    .default([])
    .describe("With --grant pattern: the arguments that may be anything"),
  times: z.int().min(1).max(TIMES_MAX).optional().describe("With --grant: how often, beyond this call"),
  until: z.string().max(40).optional().describe("With --grant: how long, as 30m, 8h or 2d, or until a time"),
};

export interface GrantInput extends Partial<Pick<GrantChoice, "varies">> {
  readonly grant?: GrantScope | undefined;
  readonly times?: number | undefined;
  readonly until?: string | undefined;
}

/** What could be granted with a yes to a request: what its rules allow, or why nothing can be. */
export type Offer =
  | {
      readonly kind: "offered";
      readonly call: GrantedCall;
      readonly flow: FlowFacts;
      readonly terms: GrantTerms;
    }
  | { readonly kind: "not-offered"; readonly code: string; readonly why: string };

/** What the caller, who may answer the request, could give beyond it; null: nothing. */
export const mayGrantShape = z
  .object({
    scopes: z.array(z.enum(["session", "destination", "pattern"])),
    timesMax: z.int().describe("How often at most, beyond this call"),
    expiresAfter: z.string().describe("How long at most, as 8h"),
    varies: z.array(z.string()).describe("Arguments that a pattern may leave open"),
  })
  .nullable()
  .describe("How far your yes may reach beyond this call; null: no further");

export async function mayGrant(
  context: ReadContext,
  row: ApprovalRow,
): Promise<z.input<typeof mayGrantShape>> {
  const offer = await offerOf(context, row);
  if (offer.kind === "not-offered" || (await leftToOthers(context, row)).length > 0) return null;
  const { call, terms } = offer;
  const names = terms.scopes.includes("pattern") ? Object.keys(call.action.arguments) : [];
  return {
    scopes: [...terms.scopes],
    timesMax: terms.timesMax,
    expiresAfter: spanText(terms.forMs),
    varies: names.filter((name) => neverOpen([name], call).length === 0),
  };
}

/** What offers are read with. Nobody's rights are asked: whoever looks may answer the request, or it is Doorward that looks. */
export type OfferContext = Kept & Pick<ReadContext, "policy">;

/** Whether anybody at all could be offered more than this call: looked at before the call itself is. */
export async function isOffered(context: OfferContext, row: ApprovalRow): Promise<boolean> {
  const set = context.policy.current();
  const { policies } = approvalOf(row).binding;
  const mayBe =
    policies.length > 0 && policies.every((one) => (set?.byId.get(one)?.grantable ?? null) !== null);
  return mayBe && (await offerOf(context, row)).kind === "offered";
}

export async function offerOf(context: OfferContext, row: ApprovalRow): Promise<Offer> {
  const call = await callOf(context, row);
  if (call === null || call.flow === undefined)
    return refused("grant_unbound", "the call is not kept whole, so nothing can be bound to it");
  const why = ungrantable(call);
  if (why !== null) return refused("grant_irreversible", why);
  const set = context.policy.current();
  if (set?.digest !== call.binding.policySet)
    return refused("grant_outdated", "the policy changed since it was asked");
  const all = call.binding.policies.map((policy) => set.byId.get(policy)?.grantable ?? null);
  const terms = all.reduce(both, ANYTHING);
  if (all.length === 0 || terms === null || terms.scopes.length === 0)
    return refused("grant_not_allowed", "the rules that hold it allow a yes for one call alone");
  return { kind: "offered", call, flow: call.flow, terms };
}

function refused(code: string, why: string): Offer {
  return { kind: "not-offered", code, why };
}

const ANYTHING: GrantTerms = {
  scopes: ["destination", "pattern", "session"],
  timesMax: TIMES_MAX,
  forMs: Infinity,
};

/** What both rules allow. */
function both(one: GrantTerms | null, other: GrantTerms | null): GrantTerms | null {
  if (one === null || other === null) return null;
  return {
    scopes: one.scopes.filter((scope) => other.scopes.includes(scope)),
    timesMax: Math.min(one.timesMax, other.timesMax),
    forMs: Math.min(one.forMs, other.forMs),
  };
}

/** The call as the gateway bound it; null where it is not kept. */
async function callOf(context: OfferContext, row: ApprovalRow): Promise<GrantedCall | null> {
  const entries = await recordedAs(context, row.action_id);
  const action = entries === null ? null : keptAction(context, entries);
  if (entries === null || action === null) return null;
  const recorded = recordedFlow(entries);
  const flow = recorded === null ? undefined : { ...recorded, doubts: doubtsIn(doubtsOf(context, entries)) };
  const manifest = await manifestOf(context, row);
  return {
    action,
    binding: approvalOf(row).binding,
    effects: effectsOfColumn(row.effects),
    flow,
    roles: rolesByArgument(manifest, action.arguments),
    manifest: manifestDigest(manifest),
  };
}

/** Doorward wrote them. */
const doubtsShape = z.custom<FlowFacts["doubts"]>(Array.isArray);
const doubtsIn = (kept: unknown): FlowFacts["doubts"] => doubtsShape.parse(kept);

async function manifestOf(
  { store }: Pick<ReadContext, "store">,
  { server, target }: ApprovalRow,
): Promise<ToolManifest> {
  const tool = await store.query
    .selectFrom("tools")
    .selectAll()
    .where("server", "=", server)
    .where("kind", "=", "tool")
    .where("name", "=", target)
    .executeTakeFirst();
  const reference = `${server}/${target}`;
  if (tool === undefined) return unlabelled(reference);
  return manifestsOf([await labelledOne({ store }, tool)])[reference] ?? unlabelled(reference);
}

/** A grant that goes with a yes, checked: what is kept with the decision. Null: none is wished for. */
export type PlannedGrant = { readonly id: string; readonly would: string; readonly beside: () => Beside };

/** Throws why the wished grant cannot be given. */
export async function plannedGrant(
  context: ReadContext,
  row: ApprovalRow,
  input: GrantInput,
): Promise<PlannedGrant | null> {
  const { grant: scope, varies = [], times, until } = input;
  if (scope === undefined) {
    if (varies.length > 0 || times !== undefined || until !== undefined) throw noScope();
    return null;
  }
  const offer = await offerOf(context, row);
  if (offer.kind === "not-offered") throw notOffered(offer);
  const now = context.ambient.now();
  const wish = {
    scope,
    varies,
    times: times ?? 1,
    expiresAt: until === undefined ? null : untilOf(until, now),
  };
  checkWish(offer, wish, now);
  await assertAlone(context, row);
  await refuseTooMany(context, row.agent_id);
  return planned(context, row, { ...wish, offer, activation: await newestActivation(context) });
}

interface Wish extends GrantChoice {
  readonly times: number;
  readonly expiresAt: number | null;
}

type Offered = Extract<Offer, { kind: "offered" }>;

function checkWish({ call, terms }: Offered, { scope, varies, times, expiresAt }: Wish, now: number): void {
  if (!terms.scopes.includes(scope)) throw tooMuch(`only for ${terms.scopes.join(" or ")}`);
  if (times > terms.timesMax) throw tooMuch(`at most ${terms.timesMax} times`);
  if (expiresAt !== null && (expiresAt <= now || expiresAt > now + terms.forMs))
    throw tooMuch(`until ${isoTime(now + terms.forMs)} at most, and not into the past`);
  if ((scope === "pattern") !== varies.length > 0) throw patternOf();
  const missing = varies.filter((name) => !Object.hasOwn(call.action.arguments, name));
  if (missing.length > 0) throw notArguments(missing);
  const never = neverOpen(varies, call);
  if (never.length > 0) throw neverVaries(never);
}

interface Draft extends Wish {
  readonly offer: Offered;
  readonly activation: string;
}

function planned(context: ReadContext, row: ApprovalRow, draft: Draft): PlannedGrant {
  const { scope, times, offer } = draft;
  const { call, flow, terms } = offer;
  const varies = [...new Set(draft.varies)].toSorted();
  const id = context.ambient.id("gra");
  const at = context.ambient.now();
  const expiresAt = draft.expiresAt ?? at + terms.forMs;
  const values = {
    id,
    approval_id: row.id,
    scope,
    varies: JSON.stringify(varies),
    binding_digest: grantDigest({ scope, varies }, call),
    policy_set: call.binding.policySet,
    policies: JSON.stringify(call.binding.policies.toSorted()),
    labels: canonicalJson(grantLabels(flow)),
    activation_id: draft.activation,
    agent_id: row.agent_id,
    session_id: scope === "session" ? row.session_id : null,
    server: row.server,
    tool: row.target,
    granted_by: context.caller.user,
    via: context.caller.via,
    granted_at: at,
    expires_at: expiresAt,
    uses_max: times,
    used: 0,
    last_used_at: at,
    ended_at: null,
    ended_why: null,
    ended_by: null,
  };
  const body = {
    approval: row.id,
    scope,
    // Their names are the agent's words: how many, and no more.
    varies: varies.length,
    agent: row.agent_id,
    session: values.session_id,
    server: row.server,
    name: row.target,
    policySet: values.policy_set,
    policies: [...call.binding.policies].toSorted(),
    times,
    expiresAt: isoTime(expiresAt),
  };
  return {
    id,
    would: `grant ${times} more of it (${scope}) until ${isoTime(expiresAt)}`,
    beside: () => ({
      writes: [stateWrite(context.store.query.insertInto("grants").values(values))],
      entries: [entry(context, "grant.given", id, body)],
    }),
  };
}

/**
 * What a yes of the caller's alone leaves unanswered, in words. Every yes that a request still waits for must be their own for a
 * grant: others said yes to one call.
 */
async function leftToOthers(context: ReadContext, row: ApprovalRow): Promise<readonly string[]> {
  const { caller, store, ambient } = context;
  const parties = await partiesOf(store.query, chainOf(row), ambient.now());
  const own = parties.approvers.filter(({ user }) => user === caller.user);
  const { groups } = approvalOf(row);
  return unreachableGroups({ groups, expiresAfterMs: 1 }, { ...parties, approvers: own });
}

async function assertAlone(context: ReadContext, row: ApprovalRow): Promise<void> {
  const rest = await leftToOthers(context, row);
  if (rest.length === 0) return;
  throw new Fault(
    "grant_not_alone",
    `a yes of yours alone does not answer ${row.id} (${rest.join(", ")}), and whoever else says yes says it to this call only`,
    "Approve it without --grant.",
  );
}

async function refuseTooMany({ store, ambient }: ReadContext, agent: string): Promise<void> {
  const rows = await store.query
    .selectFrom("grants")
    .select("id")
    .where("agent_id", "=", agent)
    .where("ended_at", "is", null)
    .where("expires_at", ">", ambient.now())
    .limit(GRANTS_PER_AGENT_MAX)
    .execute();
  if (rows.length < GRANTS_PER_AGENT_MAX) return;
  throw new Fault(
    "grants_full",
    `this agent has ${GRANTS_PER_AGENT_MAX} grants in force already`,
    "Revoke some first (`doorward grants list`, `doorward grants revoke ID`), or change the policy.",
  );
}

async function newestActivation({ store }: ReadContext): Promise<string> {
  const row = await store.query
    .selectFrom("policy_activations")
    .select("id")
    .orderBy("activated_at", "desc")
    .orderBy("id", "desc")
    .executeTakeFirst();
  return row?.id ?? "";
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function untilOf(text: string, now: number): number {
  const [, count, unit = ""] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return now + Number(count) * (UNIT_MS[unit] ?? 0);
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return at;
  throw new Fault(
    "until_unreadable",
    `${JSON.stringify(text)} is neither a span nor a time`,
    "Write it as 30m, 8h or 2d, or as 2026-11-01T08:00:00Z.",
  );
}

function noScope(): Fault {
  return new Fault(
    "grant_scope_missing",
    "--times, --until and --varies say how far a grant reaches, and none is asked for",
    "Add --grant session, --grant destination or --grant pattern, or leave them out.",
  );
}

function notOffered({ code, why }: Extract<Offer, { kind: "not-offered" }>): Fault {
  return new Fault(code, `no more than this call can be granted: ${why}`, "Approve it without --grant.");
}

function tooMuch(what: string): Fault {
  return new Fault(
    "grant_exceeds_policy",
    `the rules that hold this call allow a grant ${what}`,
    "Ask for less, or approve it without --grant.",
  );
}

function patternOf(): Fault {
  return new Fault(
    "grant_pattern_unclear",
    "a pattern is the list of the arguments that may vary, and nothing else has one",
    "Name them: --grant pattern --varies NAME..., or choose another scope.",
  );
}

function notArguments(names: readonly string[]): Fault {
  return new Fault(
    "grant_argument_unknown",
    `the call has no argument ${names.map((name) => JSON.stringify(name)).join(", ")}`,
    "Name arguments of the call that you were shown: `doorward approvals get ID`.",
  );
}

function neverVaries(names: readonly string[]): Fault {
  return new Fault(
    "grant_covers_destination",
    `${names.map((name) => JSON.stringify(name)).join(", ")} says who receives, who is paid, what is run or what lets somebody in, and no pattern leaves that open`,
    "Leave it out of --varies.",
  );
}
