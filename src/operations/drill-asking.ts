import { type Drill, DRILLS } from "#approvals";
import { type Ambient, canonicalJson, digestOf, type JsonObject } from "#base";
import type { JournalHandle } from "#journal";
import { commit as commitment, type PayloadDraft } from "#ledger";
import { NO_ORIGINS, type PolicySet } from "#policy";
import type { Store } from "#store";
import { stateWrite } from "./change.ts";
import type { ActivePolicy } from "./context.ts";

/** Puts a drill before the approvers when its time has come. */
export interface Drilling {
  readonly look: () => Promise<void>;
}

export interface DrillingOutside {
  readonly store: Pick<Store, "query">;
  readonly journal: Pick<JournalHandle, "append">;
  readonly ambient: Ambient;
  readonly policy: Pick<ActivePolicy, "current">;
}

const SALT_BYTES = 32;
/** A request like any other waits as long as most do. */
const EXPIRES_AFTER_MS = 3_600_000;
/** Nobody should know the hour: the next one comes this much of the time sooner or later. */
const JITTER = 0.25;

export function createDrilling(outside: DrillingOutside): Drilling {
  return {
    look: async () => {
      const { store, ambient } = outside;
      const plan = await store.query.selectFrom("drill_plan").selectAll().executeTakeFirst();
      if (plan === undefined || ambient.now() < plan.next_at) return;
      const [rule, agent] = [heldRule(outside.policy.current(), ambient), await anyAgent(outside)];
      const drill = DRILLS[draw(ambient, DRILLS.length)];
      const moved = stateWrite(
        store.query
          .updateTable("drill_plan")
          .set({ next_at: nextAt(ambient, plan.every_ms) })
          .where("next_at", "=", plan.next_at),
        1,
      );
      // Where nothing is ever held, or nobody could ask, a drill would look like nothing else: it is put off.
      if (rule === null || agent === null || drill === undefined) return;
      await ask(outside, { drill, rule, agent, moved });
    },
  };
}

/** From now, by a quarter sooner or later. */
export function nextAt(ambient: Pick<Ambient, "now" | "random">, everyMs: number): number {
  const [byte = 0] = ambient.random(1);
  return ambient.now() + Math.round(everyMs * (1 - JITTER + (2 * JITTER * byte) / 255));
}

function draw(ambient: Pick<Ambient, "random">, count: number): number {
  const [one = 0, two = 0] = ambient.random(2);
  return (one * 256 + two) % Math.max(1, count);
}

interface HeldRule {
  readonly id: string;
  readonly group: string;
  readonly reason: string;
  readonly policySet: string;
}

/** A rule that really holds: the people it asks are asked. */
function heldRule(set: PolicySet | null, ambient: Pick<Ambient, "random">): HeldRule | null {
  const rules = (set?.rules ?? []).flatMap(({ id, hold, reason }) =>
    hold === null ? [] : [{ id, group: hold.group, reason: reason ?? `Rule ${id} holds it.` }],
  );
  const rule = rules[draw(ambient, rules.length)];
  return set === null || rule === undefined ? null : { ...rule, policySet: set.digest };
}

interface AskingAgent {
  readonly id: string;
  readonly name: string;
}

/** Any that could ask today. */
async function anyAgent({ store, ambient }: DrillingOutside): Promise<AskingAgent | null> {
  const agents = await store.query
    .selectFrom("agents")
    .select(["id", "name"])
    .where("revoked_at", "is", null)
    .where("stage", "<>", "observe")
    .orderBy("id")
    .limit(1_000)
    .execute();
  return agents[draw(ambient, agents.length)] ?? null;
}

interface Asking {
  readonly drill: Drill;
  readonly rule: HeldRule;
  readonly agent: AskingAgent;
  readonly moved: ReturnType<typeof stateWrite>;
}

/**
 * INVARIANT: its binding is the digest of nothing that an agent could ask for, so no call ever finds it; and no entry says
 * that an agent attempted anything: `drill.asked` says what this is.
 */
async function ask(outside: DrillingOutside, asking: Asking): Promise<void> {
  const { store, journal, ambient } = outside;
  const { drill, rule, agent, moved } = asking;
  const [approval, action, session] = [ambient.id("apr"), ambient.id("act"), ambient.id("ses")];
  const now = ambient.now();
  const call = callOf(drill, agent);
  const binding = { drill: approval, action: digestOf(call), policySet: rule.policySet, policies: [rule.id] };
  const insert = store.query.insertInto("approvals").values({
    id: approval,
    action_id: action,
    status: "requested",
    action_digest: digestOf(call),
    binding_digest: digestOf(binding),
    binding: canonicalJson(binding),
    groups: canonicalJson([rule.group]),
    decisions: "[]",
    agent_id: agent.id,
    agent_name: agent.name,
    session_id: session,
    verb: "tools/call",
    server: drill.server,
    target: drill.tool,
    effects: canonicalJson([...drill.effects]),
    reason: `Agent ${agent.name} wants to call ${drill.server}/${drill.tool}, which waits for a yes from ${rule.group}: ${rule.reason}`,
    requested_at: now,
    expires_at: now + EXPIRES_AFTER_MS,
    version: 0,
    chain: canonicalJson({ user: null, agents: [agent.id] }),
  });
  const row = { approval_id: approval, what: drill.what, at: now };
  const { body, payloads } = sealed(ambient, agent.id, drill, call);
  await journal.append({
    entries: [
      {
        kind: "drill.asked",
        subject: action,
        at: now,
        body: { by: "doorward", approval, session, ...body, ...decidedBy(agent, drill, rule) },
        payloads,
      },
    ],
    writes: [moved, stateWrite(insert, 1), stateWrite(store.query.insertInto("drills").values(row), 1)],
  });
}

function callOf(drill: Drill, agent: AskingAgent): JsonObject {
  const { server, tool } = drill;
  return {
    door: "mcp",
    verb: "tools/call",
    target: { server, name: tool },
    arguments: drill.arguments,
    destination: { kind: "mcp-server", server, identity: digestOf(server) },
    chain: { user: null, agents: [agent.id] },
    agentVersion: null,
    model: null,
  };
}

function decidedBy(agent: AskingAgent, drill: Drill, rule: HeldRule): JsonObject {
  return {
    agent: agent.id,
    agents: [agent.id],
    user: null,
    stage: "enforce",
    door: "mcp",
    verb: "tools/call",
    server: drill.server,
    name: drill.tool,
    effects: [...drill.effects],
    verdict: "hold",
    policySet: rule.policySet,
    policies: [rule.id],
    groups: [rule.group],
    flow: {
      labelled: true,
      effect: drill.effect,
      mandate: "none",
      tainted: true,
      overflowed: false,
      asked: false,
      readers: "none",
      carries: [],
      origins: originsOf(drill),
    },
  };
}

function originsOf({ doubts }: Drill): JsonObject {
  const found = doubts.filter(({ role }) => Object.hasOwn(NO_ORIGINS, role));
  return Object.fromEntries(found.map(({ role, origin }) => [role, [origin]]));
}

function sealed(
  ambient: Pick<Ambient, "random">,
  person: string,
  { doubts }: Drill,
  call: JsonObject,
): { readonly body: JsonObject; readonly payloads: readonly PayloadDraft[] } {
  const texts = {
    action: canonicalJson(call),
    doubts: canonicalJson(doubts.map((one) => ({ ...one, seenIn: [...one.seenIn] }))),
  };
  const kept = Object.entries(texts).map(([name, text]) => {
    const [bytes, salt] = [Buffer.from(text, "utf8"), ambient.random(SALT_BYTES)];
    const said: JsonObject = { bytes: bytes.length, sha256: commitment(bytes, salt), stored: true };
    return { name, said, payload: { name, person, salt, bytes } };
  });
  return {
    body: Object.fromEntries(kept.map(({ name, said }) => [name, said])),
    payloads: kept.map(({ payload }) => payload),
  };
}
