/** What an argument of a tool is for: whether harm can be done, or data can leave, through it. */
export type Role =
  /** Who or what receives: address, channel, host, audience. */
  | "destination"
  /** Where money goes. */
  | "account"
  | "command"
  | "path"
  /** Which existing object is acted on. */
  | "selector"
  | "amount"
  /** A password, key or token that is set. */
  | "credential"
  /** What an account says of its holder. */
  | "profile"
  /** What is written or sent. */
  | "content"
  /** Times, flags, choices: changes how, never what or to whom. */
  | "control"
  /** What is looked for. */
  | "query";

/**
 * Where a value of an argument came from, as far as it may be relied on. `untrusted` and `model` are the two that ground
 * nothing: seen in what others wrote, or nowhere.
 */
export type Origin =
  /** Whole, in the user's own words. */
  | "user"
  /** Whole, in words said to be the user's, from a channel that the agent or its client writes. */
  | "claimed"
  /** The user's own identity. */
  | "own"
  /** An object that the agent itself made in this session. */
  | "made"
  /** A record that the user named by title or author, in the same role. */
  | "named"
  /** A row of a directory that the organisation trusts. */
  | "directory"
  | "trusted"
  /** An object with no audience but the user. */
  | "private"
  /** Named by somebody whom the user named by address. */
  | "endorsed"
  /** An amount that follows from grounded ones by one step of arithmetic. */
  | "derived"
  /** An amount no greater than a grounded one. */
  | "bounded"
  | "untrusted"
  | "model";

/** What an effect does, more finely than `Effect`: from a reviewed manifest. */
export type FlowEffect =
  | "read"
  /** Reads from where an argument says: the address is a sink. */
  | "fetch"
  | "write"
  | "send"
  | "money"
  | "account"
  | "destroy"
  | "book"
  | "membership"
  | "execute"
  /** Nobody said what it does. */
  | "unknown";

/** Roles whose values need an origin. */
export type SinkRole = Exclude<Role, "content" | "control" | "query">;

/** What is known of where the values of one action came from. Policies see it as `context.flow`. */
export interface FlowFacts {
  /** A person reviewed what the tool's arguments and results are. */
  readonly labelled: boolean;
  readonly effect: FlowEffect;
  /** `none`: nobody's words are known for this session. */
  readonly mandate: "attested" | "claimed" | "none";
  /** The session has seen what others wrote. */
  readonly tainted: boolean;
  /** The session outgrew a limit, and its values are not relied on any more. */
  readonly overflowed: boolean;
  /** The user's words ask for this kind of deed. */
  readonly asked: boolean;
  /** Origins of all values in a role; empty where there is none. Sorted. */
  readonly origins: Readonly<Record<SinkRole, readonly Origin[]>>;
  /** Whether what leaves is confined to who may read it: `beyond` when it reaches others. */
  readonly readers: "none" | "within" | "beyond";
  /** What others wrote and the content passes on: `link`, `account`, `address`, `number`. Sorted. */
  readonly carries: readonly string[];
  /** For people: each value that grounds nothing, and where it came from. */
  readonly doubts: readonly FlowDoubt[];
}

export interface FlowDoubt {
  readonly argument: string;
  readonly role: SinkRole | "content";
  /** Its beginning, where it is long. */
  readonly value: string;
  readonly origin: Origin;
  /** `server/tool` of the results it was seen in, where it was. */
  readonly seenIn: readonly string[];
}
