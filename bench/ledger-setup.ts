// What the ledger's benchmark and its kill loop share: a journal on a directory, and entries like the gateway's.
// Relative imports, because bench/ is a package of its own and has no `#` names.
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Ambient } from "../src/base/index.ts";
import { type JournalHandle, openJournal } from "../src/journal/index.ts";
import { type Keys, openKeys } from "../src/keys/index.ts";
import type { Batch } from "../src/ledger/index.ts";
import { openStore, type Store } from "../src/store/index.ts";

export const ambient: Ambient = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  id: (prefix) => `${prefix}_${randomBytes(13).toString("hex")}`,
  random: (bytes) => randomBytes(bytes),
};

export interface Opened {
  readonly store: Store;
  readonly keys: Keys;
  readonly journal: JournalHandle;
  readonly close: () => Promise<void>;
}

export async function openOn(root: string): Promise<Opened> {
  mkdirSync(root, { recursive: true });
  const store = openStore(join(root, "doorward.db"));
  const keys = openKeys(join(root, "keys"), ambient, "bench.example");
  const journal = await openJournal({ store, keys, directory: join(root, "log"), ambient });
  const close = async (): Promise<void> => {
    await journal.close();
    store.close();
  };
  return { store, keys, journal, close };
}

const COMMITMENT = createHash("sha256").update("arguments").digest("base64");

/** One entry as an action's intent is: about 600 bytes of record. */
export function intent(subject: string): Batch {
  const body = {
    action: { arguments: COMMITMENT, server: "files", target: "read_text_file", verb: "tools/call" },
    agent: "agt_01k0000000000000000000000a",
    credential: "key_01k0000000000000000000000a",
    effects: ["read"],
    policySet: `sha256:${"0123456789abcdef".repeat(4)}`,
    session: "ses_01k0000000000000000000000a",
    verdict: "allow",
  };
  return { entries: [{ kind: "intent", subject, at: Date.now(), body }] };
}
