/** Rows of stops, of what watches for them, and of the stages that agents inherit. Keep in step with `migrations.table.ts`. */
export interface StopTables {
  readonly stops: {
    id: string;
    /** `agent`, `session`, `user`, `model`, `server`, `host`, `credential` or `everything`. */
    kind: string;
    /** The id, or the name where the thing has none (models, servers, hosts); `*` of `everything`. */
    target: string;
    /** `<kind>:<target>`: what the doors look for. At most one stop in force has it. */
    key: string;
    /** As people named it when it was stopped. */
    label: string;
    reason: string;
    /** Who answers for what is stopped; null where no one person does. */
    owner_id: string | null;
    /** Null where a monitor fell silent: `monitor` names it. */
    stopped_by: string | null;
    monitor: string | null;
    at: number;
    ended_by: string | null;
    ended_at: number | null;
  };
  /** Who has to be heard of, or something stops. */
  readonly monitors: {
    name: string;
    every_ms: number;
    kind: string;
    target: string;
    label: string;
    owner_id: string | null;
    /** SHA-256 of its key. */
    hash: string;
    added_by: string;
    added_at: number;
    heard_at: number | null;
    /** When its silence stopped something; null once it is heard again. */
    silent_at: number | null;
  };
  /** Stages of agents that have none of their own. `scope`: `default`, or `group:NAME`. */
  readonly stage_rules: {
    scope: string;
    stage: string;
    observe_until: number | null;
    changed_by: string;
    changed_at: number;
  };
  /** The newest proof that a stage, or a stop, holds: `stage:<agent>:<stage>` or `stop`. `report`: JSON. */
  readonly proofs: {
    about: string;
    entry: number;
    at: number;
    holds: number;
    report: string;
  };
}
