import type { Ambient } from "#base";
import type { JournalHandle } from "#journal";
import type { Store } from "#store";
import type { EndedConnection } from "#vault";
import { stateWrite } from "./change.ts";

interface EndingOutside {
  readonly store: Pick<Store, "query">;
  readonly journal: Pick<JournalHandle, "append">;
  readonly ambient: Pick<Ambient, "now">;
}

/**
 * Writes down that a provider gives no new tokens for a connection: it has expired from now on, on record, once. Whoever owns it hears of
 * it by a notice (`noticing.ts`). One that was connected anew or removed meanwhile stays as it is.
 */
export function connectionEnding({
  store,
  journal,
  ambient,
}: EndingOutside): (connection: EndedConnection) => Promise<void> {
  return async ({ id, name, version }) => {
    const now = ambient.now();
    const expire = store.query
      .updateTable("vault_credentials")
      .set({ expires_at: now })
      .where("id", "=", id)
      .where("version", "=", version)
      .where("removed_at", "is", null)
      .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", now)]));
    const body = { by: "doorward", via: "provider", change: "ended", name, version };
    // Stale: somebody else wrote it down, or it is another by now.
    await journal.append({
      entries: [{ kind: "credential.changed", subject: id, at: now, body }],
      writes: [stateWrite(expire, 1)],
    });
  };
}
