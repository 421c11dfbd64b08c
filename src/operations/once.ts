import { canonicalJson, Fault } from "#base";
import type { StateWrite } from "#ledger";
import { z } from "zod";
import { stateWrite } from "./change.ts";
import type { OperationContext } from "./context.ts";
import { admit, type Performed, perform, type Request } from "./perform.ts";

/** How long a key is remembered. */
const KEPT_MS = 24 * 3_600_000;
/** Stored when the change is committed and its answer is not kept yet. */
const COMMITTED = "";

export interface Answered {
  readonly performed: Performed;
  /** The answer of an earlier request with the same key; nothing was done now. */
  readonly replayed: boolean;
}

/** Performs; with a key at most once per caller, operation and key, across restarts. */
export type PerformOnce = (
  context: OperationContext,
  request: Request,
  key: string | null,
) => Promise<Answered>;

/**
 * A key is marked in the very transaction that commits the change, so a repeat never changes anything twice: it gets
 * the kept answer, or a fault that says the change was made. A failure before the commit leaves the key unused.
 * Throws `idempotency_mismatch` for the same key with other input, `idempotency_running`, `idempotency_answer_lost`.
 */
export function createPerformOnce(): PerformOnce {
  const running = new Set<string>();
  return async (context, request, key) => {
    if (key === null || request.dryRun || request.operation.effect === "read") {
      return { performed: await perform(context, request), replayed: false };
    }
    admit(context, request.operation);
    const slot = slotOf(context, request, key);
    const name = JSON.stringify([slot.principal, slot.operation, slot.key]);
    if (running.has(name)) throw stillRunning();
    running.add(name);
    try {
      return await performInSlot(context, request, slot);
    } finally {
      running.delete(name);
    }
  };
}

interface Slot {
  readonly principal: string;
  readonly operation: string;
  readonly key: string;
  readonly digest: string;
}

/**
 * INVARIANT: what stands in the database tells nothing of the input to whoever has the database alone: inputs hold
 * secrets, short ones too, and a plain digest of a short one is found by trying.
 */
function slotOf(context: OperationContext, { operation, input }: Request, key: string): Slot {
  const digest = context.keys.digest(canonicalJson(z.json().parse(input)), "idempotency");
  return { principal: context.caller.user, operation: operation.name, key, digest };
}

async function performInSlot(context: OperationContext, request: Request, slot: Slot): Promise<Answered> {
  const kept = await take(context, slot);
  if (kept !== null) return { performed: kept, replayed: true };
  try {
    const performed = await perform(marking(context, slot), request);
    await keep(context, slot, performed);
    return { performed, replayed: false };
  } catch (cause) {
    await release(context, slot);
    throw cause;
  }
}

/** Claims the key, or answers what was kept under it. */
async function take(context: OperationContext, slot: Slot): Promise<Performed | null> {
  const { query } = context.store;
  const now = context.ambient.now();
  const found = await query
    .selectFrom("idempotency")
    .select(["request_digest", "response"])
    .where("principal", "=", slot.principal)
    .where("operation", "=", slot.operation)
    .where("key", "=", slot.key)
    .executeTakeFirst();
  if (found === undefined) {
    await query
      .deleteFrom("idempotency")
      .where("created_at", "<", now - KEPT_MS)
      .execute();
    const { digest, ...names } = slot;
    await query
      .insertInto("idempotency")
      .values({ ...names, request_digest: digest, response: null, created_at: now })
      .execute();
    return null;
  }
  if (found.request_digest !== slot.digest) throw mismatch();
  // Claimed by a process that ended before it committed anything: the key is free again.
  if (found.response === null) return null;
  if (found.response === COMMITTED) throw answerLost();
  return unsealed(context, found.response);
}

/** The context whose every batch marks the key as committed. */
function marking(context: OperationContext, slot: Slot): OperationContext {
  const { journal, store } = context;
  const mark: StateWrite = stateWrite(
    store.query
      .updateTable("idempotency")
      .set({ response: COMMITTED })
      .where("principal", "=", slot.principal)
      .where("operation", "=", slot.operation)
      .where("key", "=", slot.key),
  );
  return {
    ...context,
    journal: {
      entries: (subject) => journal.entries(subject),
      payload: (index, name) => journal.payload(index, name),
      receipt: (subject, options) => journal.receipt(subject, options),
      status: () => journal.status(),
      destroyPerson: (person) => journal.destroyPerson(person),
      append: (batch) => journal.append({ ...batch, writes: [...(batch.writes ?? []), mark] }),
    },
  };
}

const performedShape = z.custom<Performed>(
  (value) => typeof value === "object" && value !== null && "kind" in value,
);

/** Answers hold keys shown once: they are kept sealed. */
async function keep(context: OperationContext, slot: Slot, performed: Performed): Promise<void> {
  const sealed = context.keys.seal(Buffer.from(JSON.stringify(performed)), "idempotency");
  await context.store.query
    .updateTable("idempotency")
    .set({ response: Buffer.from(sealed).toString("base64") })
    .where("principal", "=", slot.principal)
    .where("operation", "=", slot.operation)
    .where("key", "=", slot.key)
    .execute();
}

function unsealed(context: OperationContext, response: string): Performed {
  const bytes = context.keys.unseal(Buffer.from(response, "base64"), "idempotency");
  return performedShape.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}

/** Forgets a key under which nothing was committed. */
async function release(context: OperationContext, slot: Slot): Promise<void> {
  await context.store.query
    .deleteFrom("idempotency")
    .where("principal", "=", slot.principal)
    .where("operation", "=", slot.operation)
    .where("key", "=", slot.key)
    .where("response", "is", null)
    .execute();
}

function mismatch(): Fault {
  return new Fault(
    "idempotency_mismatch",
    "this Idempotency-Key was used for other input",
    "Use a new key for a new request; repeat a request unchanged.",
  );
}

function stillRunning(): Fault {
  return new Fault(
    "idempotency_running",
    "a request with this Idempotency-Key is still running",
    "Wait for its answer, or ask again with the same key in a moment.",
  );
}

function answerLost(): Fault {
  return new Fault(
    "idempotency_answer_lost",
    "the change of this Idempotency-Key was made, and its answer was lost in a restart or a failure after it",
    "Look at what there is now (list, get); nothing is done twice. A lost key is replaced: `doorward agents rotate-key NAME`.",
  );
}
