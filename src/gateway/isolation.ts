import { z } from "zod";
import { Fault } from "#base";
import type { Store } from "#store";
import type { Identity } from "#vocabulary";

/** Stage `isolate`: who is in it acts from a sandbox that `doorward run` made, or not at all. */
export interface Isolation {
  /** Why this identity may do nothing now, or null. */
  readonly ofIdentity: (identity: Identity) => Fault | null;
  /** Whether `doorward run` opened this session for a sandbox. */
  readonly isIsolated: (session: string) => boolean;
}

/** Sessions that are not looked up again while nothing is written. */
const SESSIONS_REMEMBERED_MAX = 10_000;
const row = z.object({ isolation: z.string().nullable() });

export function openIsolation({ connection, memory }: Pick<Store, "connection" | "memory">): Isolation {
  const byId = connection.prepare("SELECT isolation FROM sessions WHERE id = ?");
  const session = memory.remembered(SESSIONS_REMEMBERED_MAX, (id) => {
    const found = byId.get(id);
    return found === undefined ? null : row.parse(found);
  });
  const isIsolated = (id: string): boolean => (session(id)?.isolation ?? null) !== null;
  return {
    ofIdentity: (identity) =>
      identity.stage !== "isolate" || isIsolated(identity.session)
        ? null
        : isolationRequired(identity.agentName),
    isIsolated,
  };
}

/** For whoever was at work when the stage was set. */
export function unisolated(): Fault {
  return new Fault(
    "isolation_required",
    "this agent is in stage isolate by now, and this session runs in no sandbox of Doorward's",
    "Start it anew with `doorward run AGENT -- COMMAND`.",
  );
}

function isolationRequired(agent: string): Fault {
  return new Fault(
    "isolation_required",
    `agent ${agent} is in stage isolate, and this session runs in no sandbox of Doorward's`,
    `Start it with \`doorward run ${agent} -- COMMAND\`; an admin lets it act without with \`doorward agents set-stage ${agent} enforce\`.`,
  );
}
