import { z } from "zod";
import { type Ambient, canonicalJson, digestOfBytes } from "#base";
import { type Caller, PRESENCE_MS } from "#identity";
import type { Journal } from "#ledger";
import { STARTER_POLICY } from "#policy";
import type { Store } from "#store";
import type { UserId } from "#vocabulary";

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

/** Finds the local admin, or makes it together with the starter policy set: both, with their ledger entries, or neither. */
export async function settle(
  store: Store,
  journal: Pick<Journal, "append">,
  ambient: Ambient,
): Promise<LocalAdmin> {
  const known = await store.query
    .selectFrom("users")
    .select("id")
    .where("issuer", "=", LOCAL_ISSUER)
    .where("subject", "=", ADMIN_NAME)
    .executeTakeFirst();
  const user = USER.parse(known?.id ?? ambient.id("usr"));
  if (known === undefined) await make(user, store, journal, ambient);
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

async function make(
  user: UserId,
  store: Store,
  journal: Pick<Journal, "append">,
  ambient: Ambient,
): Promise<void> {
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
