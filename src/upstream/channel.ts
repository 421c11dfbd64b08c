import type { JsonObject } from "#base";
import type { RpcError } from "./message.ts";

/** What a peer sends over: the SDK's stdio-shaped transports and our own HTTP exchanges fit. */
export interface Channel {
  readonly send: (message: JsonRpcMessage, options?: SendOptions) => Promise<void>;
  /** `request` is the id of the request whose own stream brought the message, where there is such a stream. */
  onmessage?: ((message: unknown, extra?: { readonly request?: number }) => void) | undefined;
}

export interface SendOptions {
  /** Ends the HTTP exchange that carries the request. */
  readonly requestSignal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

export type JsonRpcMessage = {
  readonly jsonrpc: "2.0";
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: JsonObject;
  readonly result?: JsonObject;
  readonly error?: RpcError;
};
