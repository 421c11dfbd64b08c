import type { Ambient } from "#base";
import type { Budgets } from "#budgets";
import type { ModelUpstreams } from "#inference";
import type { DialectName } from "#llm";
import type { Identity } from "#vocabulary";
import type { Principal } from "../attempt.ts";
import type { Outside } from "../outside.ts";
import type { Quota } from "../quota.ts";
import type { Road } from "../travel.ts";
import type { Calls } from "./calls.ts";
import type { LlmHearing } from "./hearing.ts";
import type { LlmLimits } from "./limits.ts";
import type { Register } from "./register.ts";
import type { Turns } from "./turns.ts";

/** Everything a request at the llm door needs to become actions and be carried out. */
export interface LlmOutside {
  readonly ambient: Ambient;
  readonly outside: Outside;
  readonly road: Road;
  readonly models: ModelUpstreams;
  readonly budgets: Budgets;
  readonly calls: Calls;
  readonly hearing: LlmHearing;
  readonly turns: Turns;
  readonly register: Register;
  readonly quota: Quota;
  /** Throws `agent_revoked`. */
  readonly principal: (identity: Identity) => Principal;
  /** Text dialects that this agent's model may ask for tools in: the unambiguous ones, and those it declared (T5). */
  readonly dialects: (identity: Identity) => readonly DialectName[];
  readonly limits: LlmLimits;
  readonly report: (event: string, detail: unknown) => void;
}
