import { generateKeyPairSync } from "node:crypto";
import type { SQLInputValue } from "node:sqlite";
import { bindingDigest } from "#approvals";
import { canonicalJson, digestOf, Fault, type JsonObject, sha256 } from "#base";
import { judgeUnknown } from "#flow";
import { historyHere } from "#history";
import type { Caller } from "#identity";
import { openModelUpstreams } from "#inference";
import type { JournalHandle } from "#journal";
import { type Batch, type EntryDraft, recordOf } from "#ledger";
import {
  openActivePolicy,
  operationNamed,
  type OperationContext,
  perform,
  type Performed,
} from "#operations";
import type { Switchboard } from "#courier";
import { STARTER_POLICY } from "#policy";
import { REGISTRY_DEFAULTS } from "#registry";
import { openStore, type Store } from "#store";
import type { ApprovalBinding, Escalation } from "#vocabulary";
import { type HeldAmbient, heldAmbient } from "./ambient.ts";
import { fakeSwitchboard, type FakeWorld, fakeWorld } from "./channels.ts";
import { fakeAuthority } from "./authority.ts";
import { fakeDocuments } from "./documents.ts";
import { listingEgress, type Serving } from "./models.ts";
import { addUsers, callerOf } from "./operations-people.ts";
import { see, upstreamsOf } from "./operations-servers.ts";
import { KEYS } from "./plain-keys.ts";
import { fakeProving } from "./proving.ts";
import { fakeVault } from "./vault.ts";

/** A Doorward without files, processes and network: real store, policies and operations over fakes of the ports. */
export interface World {
  readonly ambient: HeldAmbient;
  readonly store: Store;
  readonly kept: EntryDraft[];
  /** The journal as those see it who wait for commits. */
  readonly commits: Pick<JournalHandle, "size" | "onCommitted">;
  /** What the doors were told: `revoked agent agt_…`, `decided apr_…`, `changed fs`. */
  readonly told: string[];
  /** What upstream was given to seal, by server. */
  readonly sealed: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly as: (name: string, more?: Partial<Caller>) => OperationContext;
  /** Performs as a user, present. */
  readonly perform: (name: string, operation: string, input: object, dryRun?: boolean) => Promise<Performed>;
  /** The same, answering the output, or the code of the Fault as `{ fault }`. */
  readonly ask: (name: string, operation: string, input: object, dryRun?: boolean) => Promise<Answer>;
  readonly ids: Ids;
  /** The platforms' side of its channels. */
  readonly chats: FakeWorld;
  readonly channels: Switchboard;
  /** What an Ollama of this world serves, whatever its address. */
  readonly serving: Serving;
  /** Every row of every table, as text: equal before and after what changed nothing. */
  readonly dump: () => string;
}

type Answer = Record<string, unknown>;

interface Ids {
  readonly users: Readonly<Record<string, string>>;
  readonly agents: Readonly<Record<string, string>>;
  readonly sessions: Readonly<Record<string, string>>;
  /** One action of each owner's agent, ended and waiting. */
  readonly actions: Readonly<Record<string, string>>;
  readonly approvals: Readonly<Record<string, string>>;
  /** What each owner lent to their agent. */
  readonly delegations: Readonly<Record<string, string>>;
}

export async function openWorld(): Promise<World> {
  const ambient = heldAmbient();
  const store = openStore(":memory:");
  const kept: EntryDraft[] = [];
  const told: string[] = [];
  const sealed: Record<string, Readonly<Record<string, string>>> = {};
  const listeners = new Set<() => void>();
  const commits: World["commits"] = {
    size: () => kept.length,
    onCommitted: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const journal = journalOf(store, kept, () => listeners.forEach((listener) => listener()));
  const users = await addUsers(store, ambient);
  const policy = await openActivePolicy(store);
  const live: OperationContext["live"] = {
    revoked: (kind, id) => void told.push(`revoked ${kind} ${id}`),
    stagesChanged: () => void told.push("stages changed"),
    modelRevoked: (digest) => void told.push(`model revoked ${digest}`),
    stopped: (key) => void told.push(`stopped ${key}`),
    approvalDecided: (id) => void told.push(`decided ${id}`),
    serversChanged: (name) => void told.push(`changed ${name}`),
    budgetsChanged: () => void told.push("budgets changed"),
    listed: async (server, kind, definitions) => {
      for (const definition of definitions) await see(store, ambient, { server, kind, definition });
    },
  };
  const upstreams = upstreamsOf(told, sealed);
  const serving: Serving = { weights: "weights", manifest: "manifest" };
  const models = await openModelUpstreams({
    store,
    egress: listingEgress(told, serving),
    keys: KEYS,
    ambient,
  });
  const chats = fakeWorld();
  const channels = fakeSwitchboard({ store, ambient, keys: KEYS }, chats);
  await channels.start(async () => null);
  const as = (name: string, more: Partial<Caller> = {}): OperationContext => ({
    caller: callerOf(users, name, ambient.now(), more),
    ambient,
    store,
    journal,
    policy,
    upstreams,
    models,
    channels,
    documents: fakeDocuments(),
    vault: fakeVault(),
    authority: fakeAuthority((certificate) => {
      const sql = "INSERT OR IGNORE INTO vault_authority VALUES (1, ?, '', x'', x'', 0)";
      store.connection.prepare(sql).run(certificate);
    }),
    keys: KEYS,
    tokenKeys: {
      rotate: (isRevoked) => {
        told.push(`rotated${isRevoked ? " and revoked" : ""}`);
        const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
        return { privateKey, publicKey, madeAt: ambient.now() };
      },
    },
    live,
    supposed: (_whose, { manifest, arguments: values }) => judgeUnknown(manifest, values),
    stopping: { resume: "anybody" },
    registering: REGISTRY_DEFAULTS,
    proving: fakeProving(told),
    checkpoint: () => null,
    addresses: { door: "http://127.0.0.1:7420", console: "http://localhost:7420" },
    version: "0.0.0",
    history: historyHere({ database: store.connection, payload: journal.payload }),
    progress: () => {},
  });
  const run = (name: string, operation: string, input: object, dryRun = false): Promise<Performed> =>
    perform(as(name), { operation: operationNamed(operation), input, dryRun });
  const ask: World["ask"] = async (name, operation, input, dryRun) => {
    try {
      const performed = await run(name, operation, input, dryRun);
      return performed.kind === "would" ? { would: performed.would } : (performed.output as Answer);
    } catch (cause) {
      if (cause instanceof Fault && cause.code !== "bug") return { fault: cause.code };
      throw cause;
    }
  };
  await ask("ada", "servers.add", { name: "fs", command: ["true"], accept: true });
  await ask("ada", "policy.activate", { text: STARTER_POLICY });
  const ids = await addAgents({ store, ambient, journal, ask, users });
  told.length = 0;
  return {
    ambient,
    store,
    kept,
    commits,
    told,
    sealed,
    as,
    perform: run,
    ask,
    ids,
    chats,
    channels,
    serving,
    dump: () => dump(store),
  };
}

/** The journal over the store, without signatures: batches are all or nothing, as the port promises. */
function journalOf(store: Store, kept: EntryDraft[], committed: () => void): OperationContext["journal"] {
  const { connection } = store;
  const insert = connection.prepare(
    "INSERT INTO entries (idx, kind, subject, at, record) VALUES (?, ?, ?, ?, ?)",
  );
  const bySubject = connection.prepare(
    "SELECT idx, kind, subject, at, record FROM entries WHERE subject = ? ORDER BY idx",
  );
  const holds = (batch: Batch): boolean =>
    (batch.writes ?? []).every((write) => {
      const { changes } = connection.prepare(write.sql).run(...(write.parameters as SQLInputValue[]));
      return write.changes === undefined || Number(changes) === write.changes;
    });
  return {
    entries: (subject) =>
      bySubject.all(subject).map((row) => ({
        index: Number(row["idx"]),
        kind: String(row["kind"]) as EntryDraft["kind"],
        subject: String(row["subject"]),
        at: Number(row["at"]),
        record: String(row["record"]),
      })),
    payload: (index, name) => kept[index]?.payloads?.find((payload) => payload.name === name)?.bytes ?? null,
    receipt: async (subject) => ({ subject, log: "test.local", entries: [] }),
    status: () => ({ acknowledged: kept.length, integrated: 0, published: 0, checkpointAt: null }),
    destroyPerson: async () => ({ kind: "kept", indexes: [0] }),
    append: async (batch) => {
      connection.exec("SAVEPOINT batch");
      const isKept = holds(batch);
      connection.exec(isKept ? "RELEASE batch" : "ROLLBACK TO batch; RELEASE batch");
      if (!isKept) return { kind: "stale" };
      const indexes = batch.entries.map((draft) => {
        const index = kept.push(draft) - 1;
        insert.run(index, draft.kind, draft.subject, draft.at, recordOf(draft, index, "test.local"));
        return index;
      });
      committed();
      return { kind: "kept", indexes };
    },
  };
}

interface Making {
  readonly store: Store;
  readonly ambient: HeldAmbient;
  readonly journal: OperationContext["journal"];
  readonly ask: World["ask"];
  readonly users: Readonly<Record<string, string>>;
}

async function addAgents(making: Making): Promise<Ids> {
  const [agents, sessions, actions, approvals, delegations] = [{}, {}, {}, {}, {}].map(
    (empty): Record<string, string> => empty,
  );
  for (const owner of ["olga", "otto"]) {
    const added = await making.ask(owner, "agents.add", { name: `${owner}-bot` });
    const agent = { id: String(added["id"]), name: `${owner}-bot`, session: String(added["session"]) };
    agents![owner] = agent.id;
    sessions![owner] = agent.session;
    const held = await holdAction(making, agent, ["admins"]);
    actions![owner] = held.action;
    approvals![owner] = held.approval;
    const lent = await making.ask(owner, "delegations.grant", { agent: agent.name, servers: ["fs"] });
    delegations![owner] = String(lent["id"]);
  }
  return {
    users: making.users,
    agents: agents!,
    sessions: sessions!,
    actions: actions!,
    approvals: approvals!,
    delegations: delegations!,
  };
}

interface Held {
  /** For whom it is done. */
  readonly user?: string | null;
  readonly escalation?: readonly Escalation[];
  readonly glass?: readonly string[];
  readonly binding?: Partial<ApprovalBinding>;
  readonly body?: JsonObject;
}

function firstStepAt({ escalation = [] }: Held, now: number): number | null {
  const times = escalation.flatMap(({ steps }) => steps.map((step) => now + step.afterMs));
  return times.toSorted((one, other) => one - other)[0] ?? null;
}

/** Writes what the gateway writes when it holds a call: verdict, request and the approval's row. */
export async function holdAction(
  { store, ambient, journal }: Pick<Making, "store" | "ambient" | "journal">,
  agent: { readonly id: string; readonly name: string; readonly session: string },
  groups: readonly string[],
  more: Held = {},
): Promise<{ action: string; approval: string }> {
  const [action, approval, user] = [ambient.id("act"), ambient.id("apr"), more.user ?? null];
  const kept = {
    target: { server: "fs", name: "write_file" },
    verb: "tools/call",
    door: "mcp",
    arguments: { path: `/of/${agent.name}` },
    chain: { user, agents: [agent.id] },
  };
  const binding: ApprovalBinding = {
    action: digestOf(kept),
    session: agent.session,
    credential: "key",
    chain: digestOf({ user, agents: [agent.id], delegations: [] }),
    agents: digestOf(agent.id),
    tool: null,
    server: digestOf("fs"),
    labels: digestOf([]),
    policySet: digestOf("set"),
    policies: ["hold-writes" as ApprovalBinding["policies"][number]],
    ...more.binding,
  };
  const body = {
    agent: agent.id,
    user,
    session: agent.session,
    stage: "enforce",
    verb: "tools/call",
    server: "fs",
    name: "write_file",
    effects: ["write"],
    verdict: "hold",
    ...more.body,
  };
  const bytes = Buffer.from(canonicalJson(kept));
  const payloads = [{ name: "action", person: agent.id, salt: new Uint8Array(32), bytes }];
  await journal.append({
    entries: [
      { kind: "verdict", subject: action, at: ambient.now(), body, payloads },
      { kind: "approval.requested", subject: action, at: ambient.now(), body: { approval } },
    ],
  });
  await store.query
    .insertInto("approvals")
    .values({
      id: approval,
      action_id: action,
      status: "requested",
      action_digest: binding.action,
      binding_digest: bindingDigest(binding),
      binding: JSON.stringify(binding),
      groups: JSON.stringify(groups),
      decisions: "[]",
      agent_id: agent.id,
      agent_name: agent.name,
      session_id: agent.session,
      verb: "tools/call",
      server: "fs",
      target: "write_file",
      effects: '["write"]',
      reason: "writes wait",
      request_entry: null,
      requested_at: ambient.now(),
      expires_at: ambient.now() + 3_600_000,
      decided_at: null,
      consumed_by: null,
      outcome_entry: null,
      delivered_at: null,
      version: 0,
      chain: canonicalJson({ user, agents: [agent.id] }),
      escalation: canonicalJson(
        (more.escalation ?? []).map(({ of, steps }) => ({ of, steps: steps.map((one) => ({ ...one })) })),
      ),
      next_step_at: firstStepAt(more, ambient.now()),
      glass: JSON.stringify(more.glass ?? []),
    })
    .execute();
  return { action, approval };
}

/** Passkeys named `phone 0` … of credential ids `USER-0` …. */
export function addPasskeys({ store, ids }: World, user: string, count: number): void {
  const insert = store.connection.prepare("INSERT INTO passkeys VALUES (?, ?, 'key', 0, '[]', ?, ?)");
  for (let n = 0; n < count; n += 1) insert.run(`${user}-${n}`, String(ids.users[user]), `phone ${n}`, n);
}

/** How operations name a passkey. */
export const shortIdOf = (id: string): string => `pky_${sha256(id).toString("hex").slice(0, 16)}`;

function dump(store: Store): string {
  const tables = store.connection
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all();
  return tables
    .map(({ name }) =>
      JSON.stringify([name, store.connection.prepare(`SELECT * FROM "${String(name)}"`).all()]),
    )
    .join("\n");
}
