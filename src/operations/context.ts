import type { Ambient, JsonObject } from "#base";
import type { Crosscheck } from "#crosscheck";
import type { FlowCall } from "#flow";
import type { Caller } from "#identity";
import type { ModelUpstreams } from "#inference";
import type { History } from "#history";
import type { JournalHandle } from "#journal";
import type { PolicySet } from "#policy";
import type { Keys, TokenKeys } from "#keys";
import type { RegistrySettings } from "#registry";
import type { Store } from "#store";
import type { Upstreams } from "#upstream";
import type { VaultAuthority, VaultControl } from "#vault";
import type { DelegationId, FlowFacts, SessionId, UnrecordedStop } from "#vocabulary";
import type { ApiDocuments } from "./api-documents.ts";
import type { ChannelControl, ChannelReads } from "./channels-port.ts";
import type { Proving } from "./proving-port.ts";

/** What an operation may look at. Nothing in it changes anything: a plan (and so a dry run) gets only this. */
export interface ReadContext {
  readonly caller: Caller;
  readonly ambient: Ambient;
  readonly store: Pick<Store, "query">;
  readonly journal: LedgerReads;
  readonly policy: Pick<ActivePolicy, "current">;
  /** Absent where nothing holds our policy engine to the official one. */
  readonly crosscheck?: Pick<Crosscheck, "state">;
  readonly keys: Pick<Keys, "origin" | "log" | "receipt">;
  /** The newest signed checkpoint, verbatim; null before the first. */
  readonly checkpoint: () => string | null;
  readonly upstreams: Pick<Upstreams, "state" | "sandbox">;
  readonly models: ModelReads;
  /** The channels to people. */
  readonly channels: ChannelReads;
  /** Absent where no vault is open. */
  readonly vault?: VaultReads;
  /** Which certifies the hosts that the http door speaks for; absent where no vault is open. */
  readonly authority?: VaultAuthority;
  readonly addresses: Addresses;
  /** Doorward's own version. */
  readonly version: string;
  /** What agents did, read back. */
  readonly history: Pick<History, "backtest" | "learn">;
  /** Where the values of a call would come from, if it came in this session, under these delegations, now. */
  readonly supposed: (
    whose: { readonly session: SessionId; readonly delegations?: readonly DelegationId[] },
    call: FlowCall,
  ) => FlowFacts;
  /** For drills at the real doors; absent where nothing is served. */
  readonly proving?: Proving;
  /** Who may end a stop: `another` than who stopped it, or anybody whose role lets them. */
  readonly stopping: { readonly resume: "anybody" | "another" };
  /** Whose yes makes a model an approved one. */
  readonly registering: RegistrySettings;
  /** Tells the person who waits what is happening; a sentence. */
  readonly progress: (text: string) => void;
  /** Aborts when whoever asked went away; absent where nobody can tell. */
  readonly signal?: AbortSignal;
}

/** What a committing operation may also use. */
export interface OperationContext extends ReadContext {
  readonly journal: LedgerReads & LedgerWrites;
  readonly policy: ActivePolicy;
  readonly upstreams: Upstreams;
  readonly channels: ChannelControl;
  readonly documents: ApiDocuments;
  readonly vault?: VaultControl;
  readonly models: ModelReads & Pick<ModelUpstreams, "look" | "reload">;
  readonly keys: Keys;
  /** Which sign the tokens that agents get at /oauth/token. */
  readonly tokenKeys: Pick<TokenKeys, "rotate">;
  readonly live: LiveControl;
}

export type ModelReads = Pick<ModelUpstreams, "states" | "models" | "routes" | "check" | "identity">;
export type LedgerReads = Pick<JournalHandle, "entries" | "payload" | "receipt" | "status">;
export type LedgerWrites = Pick<JournalHandle, "append" | "destroyPerson">;

/** The policy set in force. The gateway decides by `current`; only an operation reloads it. */
export interface ActivePolicy {
  readonly current: () => PolicySet | null;
  /** Compiles the newest activated text against the tools accepted by now and puts it in force. */
  readonly reload: () => Promise<void>;
}

/** Reaches into what runs. The doors obey before it returns. */
export interface LiveControl {
  /** Cuts the in-flight work of whoever has this in their chain, and refuses what comes next. */
  readonly revoked: (kind: "agent" | "session" | "key" | "delegation" | "user", id: string) => void;
  /** Cuts what a stop covers, by its key: see `stops`. One that is not on record holds in memory until it is. */
  readonly stopped: (key: string, unrecorded?: UnrecordedStop) => void;
  /** Cuts whatever a model answers, by its digest. */
  readonly modelRevoked: (digest: string) => void;
  /** Cuts whoever is in stage `isolate` by now, and not in a sandbox. */
  readonly stagesChanged: () => void;
  readonly approvalDecided: (id: string) => void;
  readonly serversChanged: (name: string) => void;
  /** Reads the budgets from the store again. */
  readonly budgetsChanged: () => void;
  /** Writes down what a server lists, as the doors do: new and changed definitions wait for a person (T14). */
  readonly listed: (
    server: string,
    kind: "tool" | "prompt",
    definitions: readonly JsonObject[],
  ) => Promise<void>;
}

/** As much of the vault as a plan may ask. */
export interface VaultReads extends Pick<VaultControl, "status"> {
  readonly connecting: Pick<VaultControl["connecting"], "providers">;
}

/** Where this Doorward is reached, as a client writes it, without a trailing slash: `http://127.0.0.1:7420`. */
export interface Addresses {
  readonly door: string;
  /** Where the http door listens, for a sandbox's relay: `http://127.0.0.1:7421`. Absent: it is off. */
  readonly proxy?: string | null;
  readonly console: string;
}
