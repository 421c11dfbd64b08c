import { z } from "zod";
import { type Ambient, canonicalJson, digestOfBytes } from "#base";
import { type Caller, PRESENCE_MS } from "#identity";
import type { Keys } from "#keys";
import type { EntryDraft, Journal } from "#ledger";
import { STARTER_POLICY } from "#policy";
import type { Store } from "#store";
import type { UserId } from "#vocabulary";
import { VERSION } from "./version.ts";

/** The user that the first start makes: issuer `local`, role admin. */
export interface LocalAdmin {
  readonly user: UserId;
  /** True when this start made it. */
  readonly isNew: boolean;
  /** As this process itself acts for it, while it starts and in the tour. */
  readonly caller: (now: number) => Caller;
}

const USER = z.custom<UserId>((id) => typeof id === "string" && id.startsWith("usr_"));
const LOCAL_ISSUER = "local";
const ADMIN_NAME = "admin";

/** What the first start stands on. */
export interface Ground {
  readonly store: Store;
  readonly journal: Pick<Journal, "append">;
  readonly ambient: Ambient;
  readonly keys: Pick<Keys, "origin" | "log" | "receipt">;
}

/**
 * Finds the local admin, or makes it together with the ledger's entry 0 and the starter policy set: all of it, with
 * the ledger entries, or nothing.
 */
export async function settle(ground: Ground): Promise<LocalAdmin> {
  const { store, ambient } = ground;
  const known = await store.query
    .selectFrom("users")
    .select("id")
    .where("issuer", "=", LOCAL_ISSUER)
    .where("subject", "=", ADMIN_NAME)
    .executeTakeFirst();
  const user = USER.parse(known?.id ?? ambient.id("usr"));
  if (known === undefined) await make(user, ground);
  const caller = (now: number): Caller => ({
    kind: "user",
    user,
    name: ADMIN_NAME,
    roles: ["admin"],
    groups: ["admins"],
    presentUntil: now + PRESENCE_MS,
    via: "cli",
    credential: "local-process",
  });
  return { user, isNew: known === undefined, caller };
}

async function make(user: UserId, { store, journal, ambient, keys }: Ground): Promise<void> {
  const at = ambient.now();
  const digest = digestOfBytes(STARTER_POLICY);
  const userRow = {
    id: user,
    name: ADMIN_NAME,
    issuer: LOCAL_ISSUER,
    subject: ADMIN_NAME,
    roles: canonicalJson(["admin"]),
    groups: canonicalJson(["admins"]),
    created_at: at,
  };
  const setRow = {
    digest,
    text: STARTER_POLICY,
    created_at: at,
    created_by: user,
    note: "starter policy set",
  };
  const activation = { id: ambient.id("pol"), digest, activated_at: at, activated_by: user };
  await journal.append({
    entries: [
      beginning(keys, at),
      {
        kind: "user.added",
        subject: user,
        at,
        body: { by: user, via: "first-start", roles: ["admin"], groups: ["admins"] },
      },
      {
        kind: "policy.activated",
        subject: activation.id,
        at,
        body: { by: user, via: "first-start", digest, previous: null },
      },
    ],
    writes: [
      store.query.insertInto("users").values(userRow).compile(),
      store.query.insertInto("policy_sets").values(setRow).compile(),
      store.query.insertInto("policy_activations").values(activation).compile(),
    ],
  });
}

/** Entry 0: which log this is, and under which keys it begins, signed by the very keys it names. */
function beginning({ origin, log, receipt }: Ground["keys"], at: number): EntryDraft {
  return {
    kind: "ledger.started",
    subject: origin,
    at,
    body: {
      origin,
      logVkey: log.vkey,
      receiptKey: digestOfBytes(receipt.publicKeyDer),
      version: VERSION,
    },
  };
}
