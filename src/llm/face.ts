import type { JsonObject } from "#base";
import type { Protocol, Task } from "./protocol.ts";
import type { ModelRequest } from "./request.ts";
import type { Finish, ToolCall, Turn, Usage } from "./turn.ts";

/** What one event of a streamed answer says. */
export type Delta =
  | { readonly kind: "begin"; readonly id: string | null; readonly model: string | null }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reasoning"; readonly text: string }
  /** The reasoning so far ends here, with its upstream's seal: Anthropic's signature, OpenAI's encrypted content. */
  | { readonly kind: "sealed"; readonly signature: string }
  /** A part of the protocol's own has ended, whole. */
  | { readonly kind: "opaque"; readonly json: JsonObject }
  /** A tool call begins, goes on, or is there whole: from here on nothing is released before it is decided. */
  | {
      readonly kind: "call";
      /** Clients may take it for another than it was read as: what goes on to them is written anew. */
      readonly isAmbiguous?: true;
    }
  | { readonly kind: "usage"; readonly usage: Usage }
  | { readonly kind: "finish"; readonly finish: Finish }
  /** The protocol's own last word: `[DONE]`, `message_stop`, `response.completed`, `"done":true`. */
  | { readonly kind: "done" }
  /** The upstream says mid-stream that it failed. */
  | {
      readonly kind: "error";
      readonly message: string;
      /** HTTP status that it would have had before the answer; absent where it does not say. */
      readonly status?: number;
      /** The upstream's own, for programs. */
      readonly code?: string;
    };

/** One whole event (or line) of a stream, as it came. The bytes of all pieces in order are the bytes that were pushed. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly deltas: readonly Delta[];
  /** The event's JSON; null for comments, blank lines and `[DONE]`. */
  readonly event: JsonObject | null;
}

/**
 * Reads a streamed answer. `push` throws Fault `answer_malformed` at what could be read in two ways (duplicate keys, no
 * UTF-8, inexact numbers in arguments, an index that jumps) and `answer_too_large` above a limit; a half event waits for
 * the rest.
 */
export interface AnswerReader {
  readonly push: (chunk: Uint8Array) => readonly Piece[];
  /** The stream is over. Answers what was left without its end; throws `answer_cut` unless the protocol's end was seen. */
  readonly end: () => readonly Piece[];
  /** Everything read so far as one turn: whole after `end`. */
  readonly turn: () => Turn;
}

/** What the first event of an answer says of it. */
export interface AnswerHead {
  readonly id: string;
  readonly model: string;
  /** Seconds since the Unix epoch. */
  readonly createdAt: number;
  readonly isUsageWanted: boolean;
  /** What the ids of items are made of, where it is not the answer's own: another telling of the same answer. */
  readonly itemsId?: string;
  /** Top-level fields to add to the first event, or to the whole answer: the mark of AI output. Empty: none. */
  readonly mark: JsonObject;
}

/**
 * Writes a streamed answer, or goes on with one whose first pieces were passed on as they came: `passed` tells it of each,
 * so that indexes, ids and open blocks continue. Every method answers text ready to send; the official clients accept
 * any sequence `text* call* end`.
 */
export interface AnswerWriter {
  readonly passed: (piece: Piece) => void;
  readonly text: (text: string) => string;
  /** `signature` (Anthropic's, of a whole thinking block) ends the block; without it the next text goes on in it. */
  readonly reasoning: (text: string, signature?: string | null) => string;
  /** An opaque part of the writer's own protocol, whole; absent where a protocol has none. */
  readonly opaque?: (json: JsonObject) => string;
  /** One call, begun and ended. */
  readonly call: (call: ToolCall) => string;
  /** The items that were written or passed on, whole: of a protocol whose clients name them later. */
  readonly items?: () => readonly JsonObject[];
  /** Usage where wanted, the finish and the protocol's last word. */
  readonly end: (finish: Finish, usage: Usage | null) => string;
  /** Something that clients skip, while a person thinks. */
  readonly keepAlive: () => string;
  readonly failed: (problem: Problem) => string;
}

/** What went wrong, for a client's SDK to raise as its own error. */
export interface Problem {
  /** HTTP status: what the SDK picks its error class by. */
  readonly status: number;
  readonly code: string;
  /** Reason and remedy, for people. */
  readonly message: string;
  /** Field at fault, where there is one. */
  readonly parameter: string | null;
  /** Doorward's own word to programs (docs/formats/refusals.md); absent where it refused nothing. */
  readonly refusal?: JsonObject;
}

export interface Forwarding {
  /** The upstream's own name of the model. */
  readonly model: string;
}

/** One protocol: everything that is said in it. Pure; sources of every shape are named in its file. */
export interface Face {
  readonly protocol: Protocol;
  readonly task: Task;
  /** Media type of a streamed answer; null where the protocol has none. */
  readonly streamType: "text/event-stream" | "application/x-ndjson" | null;
  /** Throws Fault `llm_field_unknown`, `llm_field_refused`, `llm_value_invalid` (`parameterOf(fault)` names the field). */
  readonly readRequest: (body: JsonObject) => ModelRequest;
  /** The body for an upstream of the same protocol: the model renamed, usage asked for, nothing else changed. */
  readonly forwarded: (request: ModelRequest, to: Forwarding) => JsonObject;
  /** Throws Fault `answer_malformed`. */
  readonly readAnswer: (body: JsonObject) => Turn;
  readonly createReader: (request: ModelRequest) => AnswerReader;
  readonly createWriter: (head: AnswerHead) => AnswerWriter;
  /** A whole answer. */
  readonly whole: (turn: Turn, head: AnswerHead) => JsonObject;
  /** The upstream's own whole answer with the calls at these indexes replaced by text; fields it had stay. */
  readonly refuseCalls: (body: JsonObject, refused: ReadonlyMap<number, string>) => JsonObject;
  readonly problem: (problem: Problem) => JsonObject;
}
