import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ambient } from "#base";
import { openStore, type Store } from "#store";
import {
  type Bearer,
  boundOf,
  type CredentialKind,
  type Destination,
  type Injection,
  openVault,
  type Outgoing,
  type Secret,
  type Vault,
  type VaultOptions,
} from "#vault";
import type { AgentId, SessionId, UserId } from "#vocabulary";

export const ambient: Ambient = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  id: (prefix) => `${prefix}_${randomBytes(13).toString("hex")}`,
  random: (bytes) => randomBytes(bytes),
};

export interface Putting {
  readonly name?: string;
  readonly settings?: object;
  readonly secret?: Secret;
  readonly reference?: object;
  readonly to?: string;
  readonly owner?: readonly ["organisation" | "team" | "user", string];
  readonly expiresAt?: number;
}

/** A store and a key file of their own, and the real vault over them, as often as it is opened. */
export interface VaultHouse {
  readonly store: Store;
  readonly root: string;
  readonly keyPath: string;
  readonly open: (more?: Partial<VaultOptions>) => Promise<Vault>;
  /** Answers its id. */
  readonly put: (vault: Vault, kind: CredentialKind, given?: Putting) => Promise<string>;
  readonly close: () => Promise<void>;
}

export function openVaultHouse(): VaultHouse {
  const root = mkdtempSync(join(tmpdir(), "doorward-vault-"));
  const store = openStore(join(root, "doorward.db"));
  const keyPath = join(root, "vault", "vault.key");
  const opened: Vault[] = [];
  return {
    store,
    root,
    keyPath,
    open: async (more = {}) => {
      const egress = { request: async () => Promise.reject(new Error("nothing is fetched here")) };
      const key = { kind: "file", path: keyPath } as const;
      const vault = await openVault({
        store,
        egress,
        ambient,
        key,
        origin: "log.example",
        isDefaultDeny: () => true,
        ...more,
      });
      opened.push(vault);
      return vault;
    },
    put: async (vault, kind, given = {}) => put(store, vault, kind, given),
    close: async () => {
      for (const vault of opened.splice(0)) await vault.close();
      store.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function put(store: Store, vault: Vault, kind: CredentialKind, given: Putting): Promise<string> {
  const {
    name = kind,
    settings = {},
    secret = { token: "t0ken-of-ours" },
    to = "https://api.example.com",
  } = given;
  const [owner_kind, owner] = given.owner ?? ["organisation", ""];
  const reference = given.reference === undefined ? null : JSON.stringify(given.reference);
  const id = ambient.id("vcr");
  const sealed = await vault.control.seal({ id, version: 1, kind, settings, secret, reference });
  const row = {
    id,
    name,
    kind,
    owner_kind,
    owner,
    settings: JSON.stringify(settings),
    destinations: JSON.stringify([boundOf(to)]),
    agents: "[]",
    version: 1,
    revision: 0,
    kek: sealed.kek,
    sealed_key: sealed.sealedKey,
    sealed: sealed.sealed,
    reference,
    expires_at: given.expiresAt ?? null,
    created_by: "usr_a",
    created_at: 0,
    rotated_at: null,
    last_used_at: null,
    removed_at: null,
  };
  await store.query.insertInto("vault_credentials").values(row).execute();
  return id;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Ids are branded; these are made here.
export const USER = "usr_1" as UserId;
export const bearer: Bearer = {
  user: USER,
  groups: ["finance"],
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- As above.
  agent: "agt_1" as AgentId,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- As above.
  session: "ses_1" as SessionId,
};
export const destination: Destination = {
  scheme: "https",
  host: "api.example.com",
  port: 443,
  method: "GET",
  path: "/v1/things",
};
export const outgoing: Outgoing = { destination, query: "a=1", headers: [], bodySha256: null };

export async function injected(
  vault: Vault,
  whose: Bearer = bearer,
  sent: Outgoing = outgoing,
): Promise<Injection | null> {
  const chosen = vault.door.choose(whose, sent.destination);
  if (chosen === null) return null;
  return vault.door.inject(chosen, whose, sent);
}
