import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type Ambient, Fault } from "#base";
import type { Egress } from "#egress";
import type { Store } from "#store";
import { chooseAmong, isFor } from "./choose.ts";
import { credentialExpired, credentialUnavailable, egressOpen } from "./faults.ts";
import { refuseLooseFolder, syncFolder } from "./keys/file.ts";
import { AUTHORITY_ID, FETCH_BYTES_MAX, FETCH_MS, LAST_USE_EVERY_MS } from "./limits.ts";
import type {
  AskOf,
  FetchAnswer,
  FetchRequest,
  Keeping,
  KeySource,
  KeyState,
  RewrapRow,
  SealedAuthority,
  SealedCredential,
  Sealed,
} from "./messages.ts";
import { demandPlaced, findPlaceholders } from "./placeholders.ts";
import type { Bearer, ChosenCredential, Injection, Outgoing, VaultAuthority, VaultDoor } from "./port.ts";
import { type Connecting, connectingOf, type ConnectProvider } from "./connecting.ts";
import { authorityName, openAuthority } from "./authority.ts";
import { type Leaves, openLeaves } from "./leaves.ts";
import { openVaultRows, type VaultRows } from "./rows.ts";
import { superviseVault, type VaultProcess } from "./vault-process.ts";

export interface VaultOptions {
  readonly store: Store;
  readonly egress: Pick<Egress, "request">;
  readonly ambient: Ambient;
  readonly key: KeySource;
  /** Which installation it is: the authority's certificate says so. */
  readonly origin: string;
  /** Whether an agent may reach only hosts that were granted by name. */
  readonly isDefaultDeny: (agent: string) => boolean;
  /** Where people may connect their accounts; absent: nowhere. */
  readonly providers?: readonly ConnectProvider[];
  readonly isStopped?: (credential: string) => boolean;
  readonly report?: (event: string, detail: unknown) => void;
  /** Writes down, on record, that a provider ended a connection. Absent: it is written down without one. */
  readonly ended?: (connection: EndedConnection) => Promise<void>;
}

/** A connection whose provider said no for good. */
export interface EndedConnection {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

/** What operations ask of the vault. Secrets go in, and never come out. */
export interface VaultControl {
  readonly status: () => Promise<VaultStatus>;
  readonly seal: (ask: AskOf<"seal">) => Promise<Sealed>;
  /** A new key-encryption key and everything sealed under it: to be written in one transaction, and then settled. */
  readonly rotateKey: () => Promise<Rekeying>;
  readonly connecting: Connecting;
  /** A certificate authority that is to follow the one in force, its key sealed: to be written down with its entry. */
  readonly makeAuthority: () => Promise<SealedAuthority>;
  /** As it is kept; null: removed. */
  readonly sealed: (id: string) => SealedCredential | null;
  /** After that transaction: the old key is forgotten. */
  readonly settleKey: (kek: string) => Promise<void>;
}

/** Statements for one transaction; each changes exactly as many rows as it says, or none of them counts. */
export interface Rekeying {
  readonly state: KeyState;
  /** Names the key before; null: there was none. */
  readonly before: string | null;
  readonly rewrapped: number;
  readonly writes: readonly {
    readonly sql: string;
    readonly parameters: readonly (string | number | null | Uint8Array)[];
    readonly changes?: number;
  }[];
}

export interface VaultStatus {
  /** `idle`: nothing was asked of it yet. */
  readonly process: "idle" | "up" | "starting" | "down";
  readonly key: KeySource["kind"];
  /** Names the key in force; null: none was made yet. */
  readonly kek: string | null;
  readonly keyMadeAt: number | null;
}

export interface Vault {
  readonly door: VaultDoor;
  readonly authority: VaultAuthority;
  /** What the proxy shows clients: certificates of hosts, and their keys, which are the serving process's own. */
  readonly certificates: Leaves;
  readonly control: VaultControl;
  /** Of its process, for tests that kill it. */
  readonly pid: () => number | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Opens the vault; its process starts with the first question, or here where something is sealed already, so that a wrong
 * or exposed key is told at the start. Throws the faults of `vault_key_*`.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  if (options.key.kind === "file") prepareFolder(options.key.path);
  const rows = openVaultRows(options.store);
  const keys = openKeyRow(options);
  const uses = noteUses(options);
  const process = superviseVault({
    source: options.key,
    opening: () => ({ source: options.key, known: keys.read() }),
    opened: keys.first,
    fetch: (request) => fetchOutside(options.egress, request),
    keep: (keeping) => keepTokens(options.store, keeping),
    died: (how) => options.report?.("vault", `its process ended (${how}); it is started again`),
  });
  const control = controlOf({ options, process, keys, rows });
  if (keys.read() !== null) await process.start();
  const authority = openAuthority({ ...options, process });
  return {
    authority,
    certificates: openLeaves(authority, options.ambient),
    door: doorOf({ options, rows, process, used: uses.used }),
    control,
    pid: process.pid,
    close: async () => {
      uses.close();
      await process.close();
    },
  };
}

function prepareFolder(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  refuseLooseFolder(path);
}

/** Before anything is sealed under a key that the process has just written. */
function settleFile(key: KeySource): void {
  if (key.kind === "file") syncFolder(key.path);
}

interface DoorParts {
  readonly options: VaultOptions;
  readonly rows: VaultRows;
  readonly process: VaultProcess;
  readonly used: (id: string) => void;
}

function doorOf({ options, rows, process, used }: DoorParts): VaultDoor {
  const { ambient, isDefaultDeny } = options;
  const isStopped = options.isStopped ?? (() => false);
  const credential = (id: string) => rows.all().find((one) => one.id === id) ?? null;
  return {
    choose: (bearer, destination) =>
      chooseAmong(rows.all(), { bearer, destination, now: ambient.now(), isStopped }),
    placeholders: (bearer, outgoing, body) => {
      const found = findPlaceholders(outgoing, body);
      demandPlaced(found, bearer, outgoing, { placeholder: rows.placeholder, credential });
      return found;
    },
    inject: async (chosen, bearer, outgoing) => {
      // INVARIANT: where an agent may send anything anywhere, what an upstream echoes could be carried away.
      if (!isDefaultDeny(bearer.agent)) throw egressOpen(bearer.agent);
      const now = ambient.now();
      const sealed = rows.sealed(chosen.id);
      const known = credential(chosen.id);
      demandSame(chosen, known, { bearer, outgoing, now, isStopped });
      if (sealed === null) throw credentialUnavailable(chosen.name, "it was removed");
      const injection: Injection = await process
        .ask("inject", { credential: sealed, outgoing, now })
        .catch(async (cause: unknown) => {
          if (cause instanceof Fault && cause.code === "oauth_refused") await endNow(options, chosen);
          throw cause;
        });
      used(chosen.id);
      return injection;
    },
  };
}

/** A provider that says no says it for good: the credential has expired, and whoever owns it connects again. */
async function endNow(
  { store, ambient, report, ended }: VaultOptions,
  { id, name, version }: ChosenCredential,
): Promise<void> {
  if (ended !== undefined) {
    // What cannot be written down is refused all the same, and asked for again with the next request.
    await ended({ id, name, version }).catch((cause: unknown) => report?.("vault", cause));
  } else
    await store.query
      .updateTable("vault_credentials")
      .set({ expires_at: ambient.now() })
      .where("id", "=", id)
      .where("version", "=", version)
      .execute();
  report?.("vault", `the provider of the credential ${name} refuses new tokens: it has expired`);
}

interface Using {
  readonly bearer: Bearer;
  readonly outgoing: Outgoing;
  readonly now: number;
  readonly isStopped: (id: string) => boolean;
}

/** What was decided on and approved is what is used, or nothing (T10). */
function demandSame(
  chosen: ChosenCredential,
  known: ReturnType<VaultRows["all"]>[number] | null,
  { bearer, outgoing, now, isStopped }: Using,
): void {
  if (known === null) throw credentialUnavailable(chosen.name, "it was removed");
  if (known.version !== chosen.version)
    throw credentialUnavailable(chosen.name, "it was rotated since it was decided on");
  if (isStopped(known.id)) throw credentialUnavailable(chosen.name, "it is stopped");
  if (!isFor(known, bearer, outgoing.destination))
    throw credentialUnavailable(chosen.name, "it is not for this destination, agent or user");
  if (known.expiresAt !== null && known.expiresAt <= now) throw credentialExpired(chosen.name);
}

interface KeyRow {
  readonly read: () => KeyState | null;
  /** Keeps the first key's name, durably, before anything is sealed under it. */
  readonly first: (state: KeyState) => Promise<void>;
  readonly madeAt: () => number | null;
}

function openKeyRow({ store, ambient, key }: VaultOptions): KeyRow {
  const find = store.connection.prepare("SELECT kek, wrapped, created_at FROM vault_keys WHERE place = 1");
  return {
    read: () => {
      const row = find.get();
      if (row === undefined) return null;
      const { kek, wrapped } = row;
      return { kek: String(kek), wrapped: wrapped instanceof Uint8Array ? wrapped : null };
    },
    first: async ({ kek, wrapped }) => {
      if (find.get() !== undefined) return;
      settleFile(key);
      await store.query
        .insertInto("vault_keys")
        .values({ place: 1, kek, wrapped, created_at: ambient.now() })
        .execute();
    },
    madeAt: () => {
      const at = find.get()?.["created_at"];
      return at === undefined ? null : Number(at);
    },
  };
}

interface ControlParts {
  readonly options: VaultOptions;
  readonly process: VaultProcess;
  readonly keys: KeyRow;
  readonly rows: VaultRows;
}

function controlOf({ options, process, keys, rows }: ControlParts): VaultControl {
  const { store } = options;
  return {
    status: async () => ({
      process: process.state(),
      key: options.key.kind,
      kek: keys.read()?.kek ?? null,
      keyMadeAt: keys.madeAt(),
    }),
    connecting: connectingOf(process, {
      providers: options.providers ?? [],
      now: options.ambient.now,
      reach: (request) => reachOutside(options.egress, request),
    }),
    makeAuthority: () =>
      process.ask("makeAuthority", { name: authorityName(options.origin), now: options.ambient.now() }),
    sealed: rows.sealed,
    seal: (ask) => process.ask("seal", ask),
    rotateKey: async () => {
      await process.start();
      const before = keys.read();
      const old = await sealedKeys(store);
      const asked = old.map(({ place: _place, ...row }) => row);
      const { state, rows: next } = await process.ask("rotate", { rows: asked });
      settleFile(options.key);
      return {
        state,
        before: before?.kek ?? null,
        rewrapped: next.length,
        writes: rekeying(state, old, next),
      };
    },
    settleKey: async (kek) => {
      const { wrapped } = await process.ask("settle", { kek });
      settleFile(options.key);
      await store.query.updateTable("vault_keys").set({ wrapped }).where("kek", "=", kek).execute();
    },
  };
}

/** `place`: of an authority's. */
interface KeptKey extends RewrapRow {
  readonly place: number | null;
}

async function sealedKeys({ query }: Store): Promise<readonly KeptKey[]> {
  const credentials = await query
    .selectFrom("vault_credentials")
    .select(["id", "kek", "sealed_key"])
    .where("removed_at", "is", null)
    .execute();
  const authorities = await query
    .selectFrom("vault_authority")
    .select(["place", "kek", "sealed_key"])
    .execute();
  return [
    ...credentials.map((row) => ({ ...row, place: null })),
    ...authorities.map((row) => ({ ...row, id: AUTHORITY_ID })),
  ].map(({ id, kek, sealed_key, place }) => ({ id, kek, sealedKey: sealed_key, place }));
}

/** A token refreshed meanwhile has a key of its own: then nothing of this is kept, and the rotation is begun again. */
function rekeying(state: KeyState, rows: readonly KeptKey[], next: readonly RewrapRow[]): Rekeying["writes"] {
  const rewrites = next.map(({ id, kek, sealedKey }, at) => {
    const old = rows[at]?.sealedKey ?? null;
    const [table, key, value] =
      id === AUTHORITY_ID
        ? (["vault_authority", "place", rows[at]?.place ?? 0] as const)
        : (["vault_credentials", "id", id] as const);
    const sql = `UPDATE ${table} SET kek = ?, sealed_key = ? WHERE ${key} = ? AND sealed_key = ?`;
    return { sql, parameters: [kek, sealedKey, value, old], changes: 1 };
  });
  return [
    ...rewrites,
    {
      sql: "UPDATE vault_keys SET kek = ?, wrapped = ? WHERE place = 1",
      parameters: [state.kek, state.wrapped],
      changes: 1,
    },
    // Whoever is at a provider just now begins again: what waits for them is sealed under the old key.
    { sql: "DELETE FROM vault_journeys", parameters: [] },
  ];
}

/** T17: the vault's process has no network of its own. */
async function fetchOutside(
  egress: VaultOptions["egress"],
  { url, method, headers, body, allowPrivate }: FetchRequest,
): Promise<FetchAnswer> {
  const rules = { allowPrivate, onlyPrivate: allowPrivate, bytesMax: FETCH_BYTES_MAX, timeoutMs: FETCH_MS };
  const response = await egress.request(rules, { url, method, headers, ...(body === null ? {} : { body }) });
  return { kind: "answered", status: response.status, text: await response.text() };
}

/** As the process's own questions are answered: what fails is an answer too. */
async function reachOutside(egress: VaultOptions["egress"], request: FetchRequest): Promise<FetchAnswer> {
  try {
    return await fetchOutside(egress, request);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: "failed", code: error.code, message: error.message };
  }
}

async function keepTokens(
  store: Store,
  { id, version, revision, kek, sealedKey, sealed }: Keeping,
): Promise<boolean> {
  const result = await store.query
    .updateTable("vault_credentials")
    .set({ revision, kek, sealed_key: sealedKey, sealed })
    .where("id", "=", id)
    .where("version", "=", version)
    .where("removed_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Last use by credential, written down together and seldom: every write makes remembered rows be read again. */
function noteUses({ store, ambient }: VaultOptions) {
  const uses = new Map<string, number>();
  const update = store.connection.prepare("UPDATE vault_credentials SET last_used_at = ? WHERE id = ?");
  const write = (): void => {
    for (const [id, at] of uses) update.run(at, id);
    uses.clear();
  };
  const timer = setInterval(write, LAST_USE_EVERY_MS);
  timer.unref();
  return {
    used: (id: string) => void uses.set(id, ambient.now()),
    close: () => {
      clearInterval(timer);
      write();
    },
  };
}
