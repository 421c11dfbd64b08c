import type { Store } from "#store";
import { type ActionsOutside, forwardOf } from "../actions.ts";
import { createDrafts } from "../drafts.ts";
import type { Sealing } from "../flows/shelf.ts";
import { createShelf } from "./kept-call.ts";
import { openTaskRows } from "./rows.ts";
import { createTasks, type Tasks, type TasksOutside } from "./tasks.ts";

export interface TasksStore {
  readonly store: Store;
  readonly journal: Sealing;
  readonly report: (event: string, detail: unknown) => void;
}

/** The tasks in the store, carried out as the mcp door's own requests are. */
export function openTasks(
  { store, journal, report }: TasksStore,
  own: ActionsOutside,
  { identityNow, releasesAway }: Pick<TasksOutside, "identityNow" | "releasesAway">,
): Tasks {
  const { outside, road, hearing, quota, principal, ambient } = own;
  return createTasks({
    outside,
    road,
    hearing,
    quota,
    principal,
    identityNow,
    releasesAway,
    report,
    rows: openTaskRows(store),
    shelf: createShelf(journal),
    drafts: createDrafts(ambient, outside.limits.payloadBytesMax),
    forwardOf: (exchange, asked) => forwardOf(own, exchange, asked),
  });
}
