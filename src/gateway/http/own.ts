import type { Ambient } from "#base";
import type { Identity } from "#vocabulary";
import type { Principal } from "../attempt.ts";
import type { Answer, Attempt } from "../outside.ts";
import type { Quota } from "../quota.ts";
import type { Road } from "../travel.ts";
import type { HeardOf } from "./heard.ts";
import type { HttpLimits } from "./limits.ts";
import type { Reading } from "./read.ts";
import type { Standing } from "./standing.ts";
import type { WebUpstream } from "./upstream.ts";

/** Everything a request of the http door needs to become an action and be carried out. */
export interface HttpOutside {
  readonly ambient: Ambient;
  readonly reading: Reading;
  readonly road: Road;
  readonly web: WebUpstream;
  readonly quota: Quota;
  /** Answers, before the agent gets them. */
  readonly hearing: HeardOf;
  /** A refusal or a failure that the agent is told of. */
  readonly told: (attempt: Attempt, answer: Exclude<Answer, { kind: "result" }>) => void;
  /** Something that nobody could read reached the session of this attempt. */
  readonly overflowed: (attempt: Attempt) => void;
  /** Throws `agent_revoked`. */
  readonly principal: (identity: Identity) => Principal;
  /** What stays open. */
  readonly standing: Standing;
  readonly limits: HttpLimits;
  readonly report: (event: string, detail: unknown) => void;
}
