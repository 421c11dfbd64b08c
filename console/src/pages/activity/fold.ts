import type { Item } from "../../api/client.ts";

export type Event = Item<"/activity">;

/** One action as its entries in the ledger tell of it so far. */
export interface ActionRow {
  readonly action: string;
  /** Its oldest known entry: rows stand in this order, the newest first. */
  readonly firstIndex: number;
  readonly at: string;
  readonly agent: string;
  /** The user it acted for; null: for nobody. */
  readonly onBehalfOf: string | null;
  readonly door: string | null;
  readonly verb: string;
  readonly server: string;
  readonly name: string | null;
  readonly effects: readonly string[];
  /** The last decision; null where there was none (a proposal). */
  readonly verdict: string | null;
  readonly code: string | null;
  readonly policies: readonly string[];
  readonly approval: string | null;
  /** `ok`, `approved`, …: how it ended, as far as it did. */
  readonly status: string | null;
  readonly durationMs: number | null;
  readonly tokens: number | null;
  /** Ledger index of the entry that said each of the changing parts. */
  readonly saidAt: { readonly verdict: number; readonly status: number };
}

/** Adds one entry to what is known of its action. Entries may come in any order, and again. */
export function fold(row: ActionRow | undefined, event: Event): ActionRow {
  if (row === undefined) return rowOf(event);
  return {
    ...row,
    ...(event.index < row.firstIndex ? { firstIndex: event.index, at: event.at } : {}),
    ...saidOf(row, event),
    name: row.name ?? event.name,
    effects: row.effects.length === 0 ? event.effects : row.effects,
    approval: row.approval ?? event.approval,
    durationMs: event.durationMs ?? row.durationMs,
    tokens: tokensOf(event) ?? row.tokens,
  };
}

/** The decision and the ending of whichever entry said them last. */
function saidOf({ saidAt }: ActionRow, event: Event): Partial<ActionRow> {
  const status = statusOf(event);
  const isVerdict = event.verdict !== null && event.index >= saidAt.verdict;
  const isStatus = status !== null && event.index >= saidAt.status;
  return {
    ...(isVerdict ? { verdict: event.verdict, code: event.code, policies: event.policies } : {}),
    ...(isStatus ? { status } : {}),
    saidAt: {
      verdict: isVerdict ? event.index : saidAt.verdict,
      status: isStatus ? event.index : saidAt.status,
    },
  };
}

function rowOf(event: Event): ActionRow {
  const status = statusOf(event);
  const { action, at, agent, onBehalfOf, door, verb, server, name, effects, code, policies } = event;
  return {
    action,
    at,
    agent,
    onBehalfOf,
    door,
    verb,
    server,
    name,
    effects,
    code,
    policies,
    status,
    firstIndex: event.index,
    verdict: event.verdict ?? event.decided,
    approval: event.approval,
    durationMs: event.durationMs,
    tokens: tokensOf(event),
    saidAt: {
      verdict: event.verdict === null ? -1 : event.index,
      status: status === null ? -1 : event.index,
    },
  };
}

const ENDS: { readonly [kind: string]: string } = {
  "approval.expired": "expired",
  "approval.withdrawn": "withdrawn",
};

function statusOf({ status, kind }: Event): string | null {
  return status ?? ENDS[kind] ?? null;
}

function tokensOf({ usage }: Event): number | null {
  if (usage === null) return null;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}
