// What Doorward and the process of an adapter say to each other: one JSON object a line, both ways, over stdin and stdout.
import type { Card } from "#cards";
import type { ChannelAccount, Inbound, MessageRef, Place, WebhookAnswer } from "../port.ts";

/** Longest line either way. */
export const LINE_BYTES_MAX = 4 * 1024 * 1024;

export type Call =
  | { readonly method: "probe" }
  | { readonly method: "post"; readonly to: Place; readonly card: Card; readonly key: string }
  | { readonly method: "edit"; readonly message: MessageRef; readonly card: Card }
  | { readonly method: "say"; readonly to: Place; readonly text: string; readonly replyTo: MessageRef | null }
  | { readonly method: "receive"; readonly request: SentRequest };

/** A webhook request with its body in base64. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the process is started with. INVARIANT: its first line, never an argument or the environment, which others can read. */
export interface Start {
  readonly kind: "start";
  readonly platform: string;
  /** Where the packages of its lock file are installed. */
  readonly directory: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Whether it opens the platform's connection. */
  readonly listens: boolean;
  /** The address under which the platform reaches our webhook; null: it cannot. */
  readonly webhook: string | null;
}

export type ToAdapter =
  | Start
  | { readonly kind: "call"; readonly id: number; readonly call: Call }
  /** What became of an `inbound`: words for whoever did it, or that it could not be taken. */
  | { readonly kind: "taken"; readonly id: number; readonly say: string | null; readonly isTaken: boolean };

export type Result =
  | { readonly account: ChannelAccount }
  | { readonly message: MessageRef }
  | { readonly answer: WebhookAnswer }
  | { readonly done: true };

/** Why a call failed; `unreachable` after `retryAfterMs`, where the platform said so. */
export interface Failure {
  readonly kind: "unreachable" | "refused" | "tooLong";
  readonly why: string;
  readonly retryAfterMs: number | null;
}

export type FromAdapter =
  | { readonly kind: "ready" }
  /** It cannot start, and would not the next time. */
  | { readonly kind: "unfit"; readonly why: string }
  | { readonly kind: "result"; readonly id: number; readonly result: Result }
  | { readonly kind: "failure"; readonly id: number; readonly failure: Failure }
  | { readonly kind: "inbound"; readonly id: number; readonly inbound: Inbound }
  | { readonly kind: "state"; readonly state: "up" | "down"; readonly why: string | null };

/** Splits a stream into lines of at most `LINE_BYTES_MAX`; `tooLong` is called once, and nothing after it. */
export function lineReader(take: (line: string) => void, tooLong: () => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let bytes = 0;
  let isOver = false;
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0 && !isOver; at = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, at)]);
      parts = [];
      bytes = 0;
      from = at + 1;
      if (line.length > LINE_BYTES_MAX) isOver = true;
      else if (line.length > 0) take(line.toString("utf8"));
    }
    if (from < chunk.length) {
      parts.push(chunk.subarray(from));
      bytes += chunk.length - from;
    }
    if (isOver || bytes > LINE_BYTES_MAX) {
      parts = [];
      bytes = 0;
      if (!isOver) isOver = true;
      tooLong();
    }
  };
}
