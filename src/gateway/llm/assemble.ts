import { z } from "zod";
import type { Ambient } from "#base";
import type { Budgets } from "#budgets";
import type { ModelUpstreams } from "#inference";
import { type DialectName, DIALECTS } from "#llm";
import { SERVING_DEFAULTS, type ServingRules } from "#registry";
import type { Store } from "#store";
import type { Identity } from "#vocabulary";
import type { Principal } from "../attempt.ts";
import type { Authenticate, Guard } from "../door/road.ts";
import type { Outside } from "../outside.ts";
import type { Quota } from "../quota.ts";
import type { Road } from "../travel.ts";
import { createCalls } from "./calls.ts";
import { createLlmDoor, type LlmDoor } from "./door.ts";
import type { LlmHearing } from "./hearing.ts";
import { LLM_LIMITS } from "./limits.ts";
import type { Offered } from "./offered.ts";
import { createOwnTools } from "./own-tools.ts";
import { openRegister } from "./register.ts";
import { createTurns } from "./turns.ts";

/** What the llm door stands on: the road and everything else that it shares with the mcp door. */
export interface LlmParts {
  readonly version: string;
  readonly ambient: Ambient;
  readonly store: Store;
  readonly outside: Outside;
  readonly road: Road;
  readonly models: ModelUpstreams;
  readonly budgets: Budgets;
  /** What becomes of models that nobody approved, or of which a name is known alone. */
  readonly serving?: ServingRules;
  readonly offered: Offered;
  readonly quota: Quota;
  readonly hearing: LlmHearing;
  readonly guard: Guard;
  readonly authenticate: Authenticate;
  readonly principal: (identity: Identity) => Principal;
  readonly report: (event: string, detail: unknown) => void;
}

export function assembleLlmDoor(parts: LlmParts): LlmDoor {
  const { ambient, store, outside, road, models, budgets, offered, quota, hearing, principal, report } =
    parts;
  const turns = createTurns(outside, store);
  const own = createOwnTools({ ...outside, store });
  const calls = createCalls({ outside, road, quota, offered, own, hearing, isKept: turns.isKept });
  const door = {
    ambient,
    outside,
    road,
    models,
    budgets,
    calls,
    hearing,
    turns,
    register: openRegister({ ambient, store, models, rules: parts.serving ?? SERVING_DEFAULTS }),
    quota,
    principal,
    dialects: dialectsIn(store),
    limits: LLM_LIMITS,
    report,
  };
  const { guard, authenticate, version } = parts;
  return createLlmDoor({ own: door, guard, authenticate, version });
}

const AGENTS_REMEMBERED_MAX = 10_000;
const dialectsRow = z.object({ tool_dialects: z.string().nullable() });
const names = z.array(z.custom<DialectName>((name) => DIALECTS.some((known) => known === name)));

/** What an agent's owner said of the text its model writes calls in, as it is now. */
function dialectsIn(store: Store): (identity: Identity) => readonly DialectName[] {
  const byId = store.connection.prepare("SELECT tool_dialects FROM agents WHERE id = ?");
  const declared = store.memory.remembered(AGENTS_REMEMBERED_MAX, (agent): readonly DialectName[] => {
    const found = byId.get(agent);
    const said = found === undefined ? null : dialectsRow.parse(found).tool_dialects;
    return said === null ? [] : names.parse(JSON.parse(said));
  });
  return ({ chain }) => declared(chain.agents.at(-1) ?? "") ?? [];
}
