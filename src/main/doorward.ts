import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { createApi, createAuthzen, createPages, createScim, createSensorFace, userOf } from "#api";
import type { Ambient, Fault, Json } from "#base";
import type { Switchboard } from "#courier";
import { createCallbacks } from "#callbacks";
import { createEgress, type WebEgress } from "#egress";
import type { Crosscheck } from "#crosscheck";
import {
  closeOpenIntents,
  createDefaultDeny,
  createGateway,
  type Gateway,
  type Guard,
  openBudgetsIn,
  type TokensOptions,
} from "#gateway";
import { type History, openHistory } from "#history";
import { createIsOwnUser, type DataDirectory, openDataDirectory, systemAmbient } from "#host";
import { type Caller, consoleOrigin, type ListenConfig } from "#identity";
import { type ModelUpstreams, openModelUpstreams } from "#inference";
import { type JournalHandle, openJournal } from "#journal";
import { type Keys, openKeys, openTokenKeys, type TokenKeys } from "#keys";
import { createOperationsMcp } from "#mcp";
import {
  type AccountsOutside,
  type ActivePolicy,
  type ApiDocuments,
  connectionEnding,
  createFollowing,
  createPerformOnce,
  credentialsOf,
  type Following,
  makeLoginLink,
  openActivePolicy,
  type OperationContext,
} from "#operations";
import { openStore, type Store } from "#store";
import { createUpstreams, type Upstreams } from "#upstream";
import { openVault, type Vault, type VaultAuthority, type VaultControl } from "#vault";
import { JSON_BODY_LIMITS, parseStrictJson } from "#wire";
import { createApiDocuments } from "./api-documents.ts";
import { channelsOf, type OwnPorts, ownListeners, startCourier } from "./channels.ts";
import { type Config, directorySettings, saidIn } from "./config.ts";
import { openCrosschecking } from "./crosschecking.ts";
import { type LocalAdmin, settle } from "./first-start.ts";
import { addressesOf, asLocalAdmin, guarded, guardOf, health, readCheckpoint, urlAt } from "./faces.ts";
import { openHttpDoor } from "./http-door.ts";
import { type Handler, listen, type Listener } from "./listener.ts";
import { createProving } from "./drill-place.ts";
import { type Heartbeats, startHeartbeats } from "./heartbeats.ts";
import { startLooking } from "./looking.ts";
import { oauthFace, openTokens } from "./oauth.ts";
import { providerSettings } from "./provider.ts";
import { openIsStopped } from "./vault.ts";
import { VERSION } from "./version.ts";
import { createWeighing } from "./weighing.ts";
import { webOf } from "./web.ts";

/** The built console, beside the source and in the packed product alike. */
const CONSOLE = join(import.meta.dirname, "..", "..", "console", "dist");

/** A running Doorward: everything opened, in order, and closed in the other. */
export interface Doorward {
  readonly addresses: { readonly door: string; readonly console: string; readonly http: string | null };
  /** The port it listens on; a configured 0 takes a free one. */
  readonly port: number;
  readonly isFirstStart: boolean;
  readonly keys: Keys;
  readonly egress: WebEgress;
  readonly directory: string;
  /** Intents that an earlier process left without an outcome; closed as `unknown`. */
  readonly unknownOutcomes: number;
  /** Performs an operation as the local admin, present: for this process itself (start, tour), never for a face. */
  readonly asLocalAdmin: (operation: string, input: Json) => Promise<Json>;
  /** Whether the local admin has a passkey or a password: until then only a login link opens the console. */
  readonly hasCredential: () => Promise<boolean>;
  readonly loginLink: () => Promise<{ readonly url: string; readonly expiresAt: number }>;
  /** Settles when the ledger can no longer be trusted to be written: stop the process, it recovers at the next start. */
  readonly fatal: Promise<Fault>;
  readonly close: () => Promise<void>;
}

export type Report = (event: string, detail: unknown) => void;

interface Parts {
  readonly ambient: Ambient;
  readonly store: Store;
  readonly keys: Keys;
  readonly tokenKeys: TokenKeys;
  readonly journal: JournalHandle;
  readonly policy: ActivePolicy;
  readonly crosscheck: Crosscheck;
  readonly history: History;
  readonly egress: WebEgress;
  readonly upstreams: Upstreams;
  readonly models: ModelUpstreams;
  readonly channels: Switchboard;
  readonly documents: ApiDocuments;
  readonly vault: VaultControl;
  readonly authority: VaultAuthority;
  readonly lending: Pick<Vault, "door" | "certificates">;
  readonly admin: LocalAdmin;
}

/** Opens everything and listens. Whatever fails on the way, what was opened is closed again. */
export async function openDoorward(config: Config, report: Report = () => {}): Promise<Doorward> {
  const closers: (() => void | Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    return await open(config, report, { closers, close });
  } catch (cause) {
    await close();
    throw cause;
  }
}

interface Closing {
  readonly closers: (() => void | Promise<void>)[];
  readonly close: () => Promise<void>;
}

async function open(config: Config, report: Report, { closers, close }: Closing): Promise<Doorward> {
  const state = await openState(config, report, closers);
  // The port is known once it listens; nothing is forwarded before that, so nobody can ask too early.
  const own = { port: config.listen.port, proxyPort: config.proxy?.port ?? 0 };
  const sending = await openSending(config, state, { own, report, closers });
  const parts: Parts = { ...state, ...sending };
  // Closed in the other order: the doors tell the clients of calls under way that Doorward stops, then the listener ends.
  const listening = (listener: Listener): void => void closers.push(listener.close);
  const { ambient, admin, data } = state;
  const bound = await bind(config, parts, { report, log: data.file("log"), listening });
  own.port = bound.listener.port;
  const http = await openHttpDoor(config, {
    ...parts,
    gateway: bound.gateway,
    certificates: parts.lending.certificates,
    report,
  });
  if (http !== null) {
    own.proxyPort = http.port;
    bound.addresses.proxy = urlAt(http.addresses[0]);
    closers.push(http.close);
  }
  closers.push(
    () => bound.gateway.close(),
    bound.following.close,
    bound.heartbeats.close,
    startLooking(parts, bound.gateway, report),
  );
  closers.push(createCallbacks({ ...parts, report }).close);
  const { accounts, contextOf } = bound;
  const addresses = { ...bound.addresses, http: bound.addresses.proxy };
  const asked = (caller: Caller): OperationContext => contextOf(caller, () => {});
  closers.push(await startCourier(config, parts, { report, contextOf: asked, console: addresses.console }));
  return {
    addresses,
    port: bound.listener.port,
    isFirstStart: admin.isNew,
    keys: state.keys,
    egress: sending.egress,
    directory: data.path,
    unknownOutcomes: state.unknownOutcomes,
    asLocalAdmin: (name, input) =>
      asLocalAdmin(
        contextOf(admin.caller(ambient.now()), () => {}),
        name,
        input,
      ),
    hasCredential: async () => {
      const { hasPassword, passkeys } = await credentialsOf(accounts, admin.user);
      return hasPassword || passkeys.length > 0;
    },
    loginLink: () => makeLoginLink(accounts, admin.user),
    fatal: state.journal.fatal,
    close,
  };
}

type State = Pick<
  Parts,
  "tokenKeys" | "ambient" | "store" | "keys" | "journal" | "policy" | "crosscheck" | "history" | "admin"
> & {
  readonly data: DataDirectory;
  readonly unknownOutcomes: number;
};

/** What Doorward keeps, and what decides on it. */
async function openState(config: Config, report: Report, closers: Closing["closers"]): Promise<State> {
  const ambient = systemAmbient();
  const data = openDataDirectory(config.directory);
  closers.push(data.close);
  const keys = openKeys(data.file("keys"), ambient, config.origin ?? undefined);
  const tokenKeys = openTokenKeys(data.file("keys"), ambient);
  const store = openStore(data.file("doorward.db"));
  closers.push(store.close);
  const journal = await openJournal({ store, keys, directory: data.file("log"), ambient });
  closers.push(() => journal.close());
  const unknownOutcomes = await closeOpenIntents(store, journal, ambient);
  const admin = await settle({ store, journal, ambient, keys });
  const policy = await openActivePolicy(store);
  const crosscheck = openCrosschecking({ ambient, journal, report }, config.crosscheckEvery);
  closers.push(() => crosscheck.close());
  const history = openHistory({ database: store.path, keys: keys.directory });
  closers.push(() => history.close());
  return {
    ambient,
    data,
    keys,
    tokenKeys,
    store,
    journal,
    unknownOutcomes,
    admin,
    policy,
    crosscheck,
    history,
  };
}

interface SendingFrom {
  readonly own: OwnPorts;
  readonly report: Report;
  readonly closers: Closing["closers"];
}

/** What leaves this process: the egress client, and the upstreams of models and of tools. */
async function openSending(
  config: Config,
  { store, journal, keys, ambient, data, policy }: State,
  { own, report, closers }: SendingFrom,
): Promise<
  Pick<
    Parts,
    "egress" | "upstreams" | "models" | "channels" | "documents" | "vault" | "lending" | "authority"
  >
> {
  const ownAddresses = () => ownListeners(config, own);
  const egress = createEgress({ ownAddresses, ownOrigin: () => config.listen.publicUrl });
  closers.push(() => egress.close());
  const weighing = createWeighing({ ambient });
  closers.push(() => weighing.close());
  const models = await openModelUpstreams({ store, egress, keys, ambient, report, weighing });
  closers.push(() => models.close());
  const upstreams = createUpstreams({
    store,
    egress,
    directory: data.file("servers"),
    ambient,
    keys,
    sandbox: { stance: config.servers.sandbox, secret: [config.directory] },
    get redirectUrl() {
      return `${consoleOrigin({ ...config.listen, port: own.port })}/console/authorize`;
    },
  });
  closers.push(() => upstreams.close());
  const vault = await openVault({
    store,
    egress,
    ambient,
    report,
    ...config.vault,
    isStopped: openIsStopped(store),
    origin: keys.origin,
    ended: connectionEnding({ store, journal, ambient }),
    isDefaultDeny: createDefaultDeny({ store, policy: policy.current }),
  });
  closers.push(() => vault.close());
  const channels = channelsOf(config, { ambient, store, keys, egress, data }, report);
  closers.push(() => channels.close());
  return {
    egress,
    models,
    upstreams,
    channels,
    vault: vault.control,
    lending: vault,
    authority: vault.authority,
    documents: createApiDocuments(egress),
  };
}

interface Bound {
  readonly listener: Listener;
  readonly gateway: Gateway;
  readonly following: Following;
  readonly heartbeats: Heartbeats;
  readonly accounts: AccountsOutside;
  readonly contextOf: (
    caller: Caller,
    progress: (text: string) => void,
    signal?: AbortSignal,
  ) => OperationContext;
  /** `proxy` is known once the http door is open. */
  readonly addresses: { readonly door: string; readonly console: string; proxy: string | null };
}

interface Around {
  /** Told at once: whatever fails afterwards, the listener is closed. */
  readonly listening: (listener: Listener) => void;
  readonly report: Report;
  /** The log directory, with the newest checkpoint in it. */
  readonly log: string;
}

/** Listens first, on a port that may be any, and then makes the faces for the names that port gives. */
async function bind(config: Config, parts: Parts, around: Around): Promise<Bound> {
  const { report, log } = around;
  const faces: Handler[] = [];
  const listener = await listen(config, faces);
  around.listening(listener);
  const listening: ListenConfig = { ...config.listen, port: listener.port };
  const addresses = addressesOf(config, listening);
  const guard = guardOf(listening);
  const tokens = openTokens(addresses.door, listening, parts);
  const gateway = gatewayOf(config, parts, { guard, report, tokens });
  const accounts: AccountsOutside = { ...parts, listen: listening };
  const proving = createProving({ addresses, directory: config.directory }, parts.ambient);
  const contextOf: Bound["contextOf"] = (caller, progress, signal) => ({
    ...parts,
    caller,
    checkpoint: () => readCheckpoint(log),
    live: gateway.live,
    supposed: gateway.supposed,
    ...saidIn(config),
    proving,
    addresses,
    progress,
    ...(signal === undefined ? {} : { signal }),
  });
  const following = createFollowing({ ...parts, report });
  const shared = {
    version: VERSION,
    authenticate: (request: IncomingMessage) => userOf(accounts, request),
    context: contextOf,
    performOnce: createPerformOnce(),
    following,
    parseJson: (bytes: Uint8Array) => parseStrictJson(bytes, JSON_BODY_LIMITS),
    report,
  };
  const pages = createPages({
    accounts,
    parseJson: shared.parseJson,
    directory: CONSOLE,
    provider: providerSettings(config, parts.egress),
  });
  const oauth = oauthFace(config, tokens, { accounts, egress: parts.egress, report });
  const directory = { base: addresses.door, parseJson: shared.parseJson, report, live: gateway.live };
  const scim = createScim({ ...parts, ...directory, ...directorySettings(config) });
  const heartbeats = startHeartbeats({ ...parts, live: gateway.live }, report);
  const { handle } = gateway;
  faces.push(
    guarded(guard),
    health,
    heartbeats.handle,
    createSensorFace({ ...parts, parseJson: shared.parseJson }),
    handle,
    oauth,
    scim,
    createAuthzen({ ...shared, base: addresses.door }, parts.ambient),
    createApi(shared),
    createOperationsMcp(shared),
    pages,
  );
  return { listener, gateway, following, heartbeats, accounts, contextOf, addresses };
}

function gatewayOf(
  config: Config,
  parts: Parts,
  around: { readonly guard: Guard; readonly report: Report; readonly tokens: TokensOptions },
): Gateway {
  const { ambient, store, journal, upstreams, models, policy, crosscheck } = parts;
  return createGateway({
    version: VERSION,
    ambient,
    store,
    journal,
    upstreams,
    models,
    budgets: openBudgetsIn(store, ambient),
    policy: policy.current,
    crosscheck,
    guard: around.guard,
    // Behind a proxy the other end is the proxy, whatever user the agent runs as.
    isOwnUser: config.listen.trustedProxies.length > 0 ? async () => false : createIsOwnUser(),
    limits: { road: config.road, quota: config.quota },
    holds: config.holds,
    serving: config.registry.serving,
    report: around.report,
    tokens: around.tokens,
    http: { web: webOf(parts.egress, config.networkProxy), vault: parts.lending.door },
  });
}
