import type { Ambient } from "#base";
import { type Crosscheck, type CrosscheckOptions, type Disagreement, openCrosscheck } from "#crosscheck";
import type { JournalHandle } from "#journal";
import { parseRecord } from "#ledger";
import { VERSION } from "./version.ts";

const KIND = "policy.disagreement";

export interface CrosscheckParts {
  readonly ambient: Ambient;
  readonly journal: Pick<JournalHandle, "append" | "list">;
  readonly report: (event: string, detail: unknown) => void;
  /** For tests: another than the official engine. */
  readonly engine?: CrosscheckOptions["engine"];
}

/**
 * The cross-check of this installation: a disagreement is reported loudly and put on record. It is remembered until
 * another version of Doorward runs here, which is how our engine gets mended.
 */
export function openCrosschecking(parts: CrosscheckParts, every: number): Crosscheck {
  const { ambient, journal, report, engine } = parts;
  return openCrosscheck({
    ...(engine === undefined ? {} : { engine }),
    every,
    pick: (limit) => Buffer.from(ambient.random(6)).readUIntBE(0, 6) % limit,
    isDistrusted: isDistrusted(journal),
    unrepeated: (missed) => report("policy_engine_unrepeated", { missed }),
    disagreed: (disagreement) => {
      report("policy_engines_disagree", detailOf(disagreement));
      const entry = {
        kind: KIND,
        subject: disagreement.set.digest,
        at: ambient.now(),
        body: { ...detailOf(disagreement), version: VERSION },
      } as const;
      journal.append({ entries: [entry] }).catch((error: unknown) => report("alarm_not_recorded", error));
    },
  });
}

/** Other versions may have run here since, and disagreed too. */
const REMEMBERED_MAX = 100;

function isDistrusted(journal: Pick<JournalHandle, "list">): boolean {
  const entries = journal.list({ kind: KIND, limit: REMEMBERED_MAX, newestFirst: true });
  return entries.some(({ record }) => parseRecord(record).body["version"] === VERSION);
}

/** Metadata alone: no argument of the action is in it. */
function detailOf({ set, question, policies, ours, theirs }: Disagreement) {
  const { verb, target, chain } = question.action;
  return {
    policySet: set.digest,
    policies: [...policies],
    agent: chain.agents.at(-1) ?? "",
    verb,
    server: target.server,
    compiled: ours,
    official: theirs,
  };
}
