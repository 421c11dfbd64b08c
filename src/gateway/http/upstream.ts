import type { Duplex } from "node:stream";
import type { Origin, SocketMessage } from "#proxy";

export type Headers = readonly (readonly [name: string, value: string])[];

/** What an admin lets one use of a host do. */
export interface WebRules {
  /** Addresses of private networks, and then only those. */
  readonly allowPrivate: boolean;
  readonly answerMs: number;
  readonly idleMs: number;
}

export interface WebRequest {
  readonly origin: Origin;
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: WebBody | null;
  /** A client certificate of the vault's; null: none. */
  readonly client: { readonly certificate: string; readonly key: string } | null;
  readonly signal: AbortSignal;
}

/** Whole, or as it comes from the agent. */
export type WebBody =
  | { readonly kind: "whole"; readonly bytes: Uint8Array }
  | {
      readonly kind: "stream";
      readonly declaredBytes: number | null;
      readonly chunks: () => AsyncIterable<Uint8Array>;
    };

/** An answer on its way; exactly one of `chunks` and `discard` is used, once. */
export interface WebAnswer {
  readonly status: number;
  /** Lower-case names, as they came. */
  readonly headers: Headers;
  readonly chunks: () => AsyncIterable<Uint8Array>;
  readonly discard: () => void;
}

export interface WebSocketUpstream {
  readonly protocol: string | null;
  readonly send: (message: SocketMessage) => Promise<void>;
  readonly received: () => AsyncIterable<SocketMessage>;
  readonly close: (code: number, reason: string) => void;
}

/** The network under egress' rules, as the http door asks for it. Sends once; Faults as of `Egress`. */
export interface WebUpstream {
  readonly send: (rules: WebRules, request: WebRequest) => Promise<WebAnswer>;
  /** Bytes both ways, to a host that is passed through unread. */
  readonly tunnel: (rules: WebRules, to: { readonly host: string; readonly port: number }) => Promise<Duplex>;
  /** Opens a WebSocket; an answer other than 101 comes back as it is. */
  readonly socket: (
    rules: WebRules,
    request: WebRequest,
  ) => Promise<{ readonly kind: "open"; readonly socket: WebSocketUpstream } | RefusedUpgrade>;
  /** Removes a body's content encoding within `bytesMax`; null: not one that is known. Throws where it is broken or a bomb. */
  readonly decoded: (bytes: Uint8Array, encoding: string, bytesMax: number) => Promise<Uint8Array | null>;
}

interface RefusedUpgrade {
  readonly kind: "answered";
  readonly answer: WebAnswer;
}
