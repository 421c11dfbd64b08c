import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Fault } from "#base";
import type { Client } from "./client.ts";
import type { Invocation } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { columnsOf, growingTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { inertJsonLine } from "./text.ts";

/** How often in a row a cut stream is tried again, and how long it waits before each. */
export const RETRIES_MAX = 120;
const RETRY_MS = 500;

const row = z.record(z.string(), z.unknown());
const page = z.object({ items: z.array(row), head: z.int() });

/**
 * Shows a list's last page, oldest first, and then each item as it comes, until whoever watches stops it. A stream that
 * is cut is resumed where it was. Throws `RemoteProblem` when it is over: signed out, or Doorward gone for good.
 */
export async function follow(
  terminal: Terminal,
  client: Client,
  invocation: Invocation,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<never> {
  const { operation, input } = invocation;
  const show = lines(terminal, invocation);
  const given = z.int().optional().parse(input["after"]);
  let after = given ?? (await lastPage(client, invocation, show));
  for (let failures = 0; ; failures += 1) {
    const before = after;
    try {
      await client.follow(operation, { ...input, after }, (item, at) => {
        if (item !== null) show([row.parse(item)]);
        after = at;
      });
    } catch (cause) {
      const isGone = cause instanceof Fault && "exitCode" in cause && cause.exitCode === EXIT.unreachable;
      if (!isGone || failures >= RETRIES_MAX) throw cause;
    }
    if (after !== before) failures = 0;
    await pause(RETRY_MS);
  }
}

async function lastPage(
  client: Client,
  { operation, input }: Invocation,
  show: (items: readonly Record<string, unknown>[]) => void,
): Promise<number> {
  const asked = { input, dryRun: false, key: null, progress: () => {} };
  const { items, head } = page.parse(await client.perform(operation, asked));
  show(items.toReversed());
  return head;
}

/** A growing table for a person; with `--json` one object per line. */
function lines({ out, width }: Terminal, { operation, json }: Invocation) {
  let table: ReturnType<typeof growingTable> | null = null;
  return (items: readonly Record<string, unknown>[]): void => {
    if (items.length === 0) return;
    if (json) return out(items.map((item) => `${inertJsonLine(item)}\n`).join(""));
    table ??= growingTable(operation.columns ?? columnsOf(items), width);
    out(`${table(items)}\n`);
  };
}
