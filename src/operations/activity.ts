import { z } from "zod";
import { Fault } from "#base";
import { type Caller, mayTouch } from "#identity";
import { type Activity, activityOf, activityShape } from "./activity-view.ts";
import type { ReadContext } from "./context.ts";
import { entriesFrom } from "./entry-window.ts";
import { agentReference } from "./fields.ts";
import { read } from "./operation.ts";
import { PAGE_MAX } from "./page.ts";

/** Entries looked at for one page, so that a filter that matches little costs little; the page is then short. */
const SCAN_MAX = 2_000;
const CHUNK = 200;
const PAGE_DEFAULT = 50;

const index = z.int().min(-1).max(Number.MAX_SAFE_INTEGER);

const input = z.strictObject({
  after: index.optional().describe("Oldest first, beyond this ledger index; -1 is the beginning"),
  before: index.optional().describe("Newest first, below this ledger index (default: from the end)"),
  limit: z
    .int()
    .min(1)
    .max(PAGE_MAX)
    .default(PAGE_DEFAULT)
    .describe(`Items per page, 1 to ${PAGE_MAX}; a followed list has no end`),
  agent: agentReference.optional(),
  door: z.enum(["llm", "mcp", "http"]).optional().describe("Only through this door"),
  server: z.string().max(100).optional().describe("Only of this server or upstream"),
  verdict: z
    .enum(["allow", "deny", "hold"])
    .optional()
    .describe("Only of actions that this was decided about, their endings included"),
});
type Input = z.output<typeof input>;

export const activityList = read({
  name: "activity.list",
  summary: "List what happens at the doors, entry by entry, newest first",
  permission: "actions.read",
  input,
  output: z.object({
    items: z.array(activityShape),
    next: z
      .int()
      .nullable()
      .describe(
        "Index to go on from: give it as `before` (as `after`, where that was given); null at the end",
      ),
    head: z.int().describe("Index of the ledger's last entry by now: follow from here"),
  }),
  columns: ["index", "at", "kind", "agent", "server", "name", "verdict", "status", "action"],
  examples: ["activity list --verdict deny", "activity list --follow"],
  follow: {
    after: (wanted) => {
      if (wanted.before !== undefined) throw beforeInvalid("what comes is not `before` anything");
      return wanted.after ?? null;
    },
    read: activityOf,
    isFor,
  },
  async run(context, wanted) {
    if (wanted.after !== undefined && wanted.before !== undefined)
      throw beforeInvalid("`after` and `before` exclude each other");
    const head = context.journal.status().acknowledged - 1;
    const { items, next } = await scan(context, wanted, head);
    return { items: items.map(({ item }) => item), next, head };
  },
});

/** Looks at one stretch of entries after the other, in the order asked for, until the page is full. */
async function scan(context: ReadContext, wanted: Input, head: number) {
  const isUp = wanted.after !== undefined;
  const items: Activity[] = [];
  let at = wanted.after ?? Math.min(wanted.before ?? head + 1, head + 1);
  const isPast = (edge: number): boolean => (isUp ? edge >= head : edge <= 0);
  const nextAt = (edge: number): number | null => (isPast(edge) ? null : edge);
  for (let scanned = 0; scanned < SCAN_MAX && !isPast(at); scanned += CHUNK) {
    const entries = await entriesFrom(context.store, isUp ? at : at - CHUNK - 1, CHUNK);
    const seen = await activityOf(context, entries);
    for (const activity of isUp ? seen : seen.toReversed()) {
      if (!isFor(context.caller, wanted, activity)) continue;
      items.push(activity);
      if (items.length === wanted.limit) return { items, next: nextAt(activity.index) };
    }
    at = isUp ? at + CHUNK : at - CHUNK;
  }
  return { items, next: nextAt(at) };
}

function isFor(caller: Caller, wanted: Input, { owner, item }: Activity): boolean {
  return (
    mayTouch(caller, "actions.read", owner) &&
    (wanted.agent === undefined || wanted.agent === item.agent || wanted.agent === item.agentId) &&
    (wanted.door === undefined || wanted.door === item.door) &&
    (wanted.server === undefined || wanted.server === item.server) &&
    (wanted.verdict === undefined || wanted.verdict === item.decided)
  );
}

function beforeInvalid(why: string): Fault {
  return new Fault(
    "input_invalid",
    why,
    "Give `after` to read towards the end, or `before` to read towards the beginning.",
  );
}
