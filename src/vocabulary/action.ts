import type { Digest, JsonObject } from "#base";
import type { DelegationScope } from "./delegation.ts";
import type { AgentId, DelegationId, ServerName, SessionId, UserId } from "./ids.ts";

export type Door = "llm" | "mcp" | "http";

/** What an action does to the world, from a reviewed manifest; several may hold at once. */
export type Effect = "read" | "write" | "destructive" | "outbound";

/**
 * What is attempted, in MCP's own terms; `sampling` and `elicitation` are the server's own actions. `models/…` are those
 * of the llm door, where `tools/call` is a tool of the agent's own that the model asked for.
 */
export type Verb =
  | "tools/call"
  | "resources/read"
  | "resources/subscribe"
  | "prompts/get"
  | "completion/complete"
  | "sampling/createMessage"
  | "elicitation/create"
  | "roots/list"
  | "models/generate"
  | "models/embed"
  /** A tool that the upstream would run itself: declaring it is the action. */
  | "models/host-tool"
  /** A URL that the upstream would fetch itself. */
  | "models/fetch-url"
  /** GET, HEAD and OPTIONS of the http door, where no API's document names the operation (else it is `tools/call`). */
  | "http/read"
  /** POST, PUT, PATCH, and any method not known to do less. */
  | "http/write"
  | "http/delete"
  /** A WebSocket, or another upgrade, is opened. */
  | "http/open"
  /** One message that the agent sends over an open WebSocket. */
  | "http/message"
  /** Bytes that are passed through unread, to a host that an admin named so. */
  | "http/tunnel";

// Plain object types, not interfaces: they are JSON, and only so does the compiler know it.

/** User, then each agent down to the one that acts. Without a delegation there is no user, and no user's rights. */
export type PrincipalChain = {
  readonly user: UserId | null;
  readonly agents: readonly [AgentId, ...AgentId[]];
};

/**
 * The thing acted on. For `tools/call` the tool's name, for `resources/read` the URI, for `prompts/get` the prompt, for
 * `models/…` the model as its upstream names it, the hosted tool's type, or the URL; `server` is then the upstream. For
 * `http/…` the path, and `server` is `web:<host>`, with the port where it is not the scheme's own.
 */
export type Target = {
  readonly server: ServerName;
  readonly name: string;
};

/** Where the effect lands. */
export type Destination = {
  /** `agent`: the agent's own host, where it runs tools of its own; its server is named `agent:<name>`. */
  readonly kind: "mcp-server" | "model-upstream" | "agent" | "http-host";
  readonly server: ServerName;
  /** Digest of what the server is: pinned command and code, remote URL and declared identity, or scheme, host and port. */
  readonly identity: Digest;
};

/**
 * One attempted effect, parsed once at the border. Its digest (SHA-256 over its RFC 8785 form) keys approvals.
 * Transport ids, progress tokens and time are not in it: a retry has the same digest.
 */
export type Action = {
  readonly door: Door;
  readonly verb: Verb;
  readonly target: Target;
  readonly arguments: JsonObject;
  readonly destination: Destination;
  readonly chain: PrincipalChain;
  /** Fingerprint of the agent as it is now; null until agent versions are declared or observed. */
  readonly agentVersion: Digest | null;
  /** Model that asked, as the agent named it; null where that is not known (the mcp door). */
  readonly model: string | null;
  /** The model that would answer, as far as it is known (T24): a yes is for this one. Absent: only its name is. */
  readonly weights?: { readonly digest: Digest; readonly manifest: Digest | null };
  /** Set by the agent and sent on to a model's upstream or a host, where they change what a request may do; lower-case names. */
  readonly headers?: { readonly [name: string]: string };
  /** The credential of ours that goes with it, by id and version (T10); absent: none does. */
  readonly credential?: { readonly id: string; readonly name: string; readonly version: number };
};

/** What is known of the tool (or prompt, resource, server request) an action names, when it is decided. */
export interface ToolFacts {
  /** Fingerprint of the accepted definition (name, description, schemas, annotations); null where there is none. */
  readonly fingerprint: Digest | null;
  /** Non-empty, sorted. */
  readonly effects: readonly [Effect, ...Effect[]];
}

/** Stage of an agent: what a verdict does to it. */
export type Stage = "observe" | "enforce" | "isolate";

export interface Identity {
  readonly chain: PrincipalChain;
  readonly session: SessionId;
  readonly stage: Stage;
  readonly agentName: string;
  readonly ownerId: UserId;
  /** The credential used, by id: an approval is bound to it. */
  readonly credential: string;
  /** Under which it acts for `chain.user`, one for each agent of the chain; absent where there is no user. */
  readonly delegations?: readonly DelegationId[];
  /** What its token was narrowed to, beyond what the delegations say; absent: not at all. */
  readonly narrowed?: DelegationScope;
  /** When the first of the delegations ends, milliseconds since the Unix epoch: what is under way is cut then. */
  readonly endsAt?: number;
}
