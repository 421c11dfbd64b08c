import { z } from "zod";
import type { Json, JsonObject } from "#base";
import type { Identity } from "#vocabulary";
import { RpcError } from "#wire";
import type { Asked } from "../actions.ts";
import type { Era, Exchange } from "../door/road.ts";
import type { Sealing } from "../flows/shelf.ts";

/** All that is needed to carry a call out when nobody is connected any more, and after a restart. */
export interface KeptCall {
  readonly identity: Identity;
  readonly endpoint: Exchange["endpoint"];
  readonly era: Era;
  readonly protocolVersion: string;
  /** As the client sent them: they are compared with the arguments again when the call leaves. */
  readonly parameterHeaders: readonly (readonly [string, string])[];
  readonly asked: Asked;
}

/** How a call ended, as its client is told: what the protocol has for a result, or its error. */
export type KeptEnd =
  | { readonly kind: "result"; readonly result: JsonObject }
  | { readonly kind: "error"; readonly code: number; readonly message: string; readonly data: Json | null };

export function keptCall(exchange: Exchange, asked: Asked): KeptCall {
  const { identity, endpoint, era, protocolVersion, parameterHeaders } = exchange;
  return { identity, endpoint, era, protocolVersion, parameterHeaders: [...parameterHeaders], asked };
}

const FORMAT = 1;
/** Our own writing; what is checked is that this version wrote it. */
const call = z.object({
  format: z.literal(FORMAT),
  call: z.custom<KeptCall>((value) => value !== null && typeof value === "object"),
});
const end = z.object({
  format: z.literal(FORMAT),
  end: z.custom<KeptEnd>((value) => value !== null && typeof value === "object"),
});

/** Calls and their ends, sealed as payloads are: they go with their person's key. */
export interface Shelf {
  readonly seal: (person: string, id: string, kept: KeptCall) => Uint8Array;
  /** Null where the person's key was destroyed, or another version wrote it. */
  readonly open: (person: string, id: string, sealed: Uint8Array) => KeptCall | null;
  readonly sealEnd: (person: string, id: string, kept: KeptEnd) => Uint8Array;
  readonly openEnd: (person: string, id: string, sealed: Uint8Array) => KeptEnd | null;
}

export function createShelf(sealing: Sealing): Shelf {
  const seal = (person: string, purpose: string, value: object): Uint8Array =>
    sealing.seal(person, purpose, Buffer.from(JSON.stringify(value), "utf8"));
  const open = (person: string, purpose: string, sealed: Uint8Array): unknown => {
    const bytes = sealing.unseal(person, purpose, sealed);
    return bytes === null ? null : JSON.parse(Buffer.from(bytes).toString("utf8"));
  };
  return {
    seal: (person, id, kept) => seal(person, `task:${id}`, { format: FORMAT, call: kept }),
    open: (person, id, sealed) => call.safeParse(open(person, `task:${id}`, sealed)).data?.call ?? null,
    sealEnd: (person, id, kept) => seal(person, `task-end:${id}`, { format: FORMAT, end: kept }),
    openEnd: (person, id, sealed) => end.safeParse(open(person, `task-end:${id}`, sealed)).data?.end ?? null,
  };
}

/** What `spoken` answers or throws, as it is kept. Anything but a protocol error is thrown on. */
export function endOf(speak: () => JsonObject): KeptEnd {
  try {
    return { kind: "result", result: speak() };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { code, message, data = null } = error;
    return { kind: "error", code, message, data };
  }
}

/** Whether the call did not do what was asked: MCP counts a tool's own error as a failure of its task (2025-11-25). */
export function isFailure(kept: KeptEnd): boolean {
  return kept.kind === "error" || kept.result["isError"] === true;
}

/** The result again, or its error thrown. */
export function spokenAgain(kept: KeptEnd): JsonObject {
  if (kept.kind === "result") return kept.result;
  throw new RpcError(kept.code, kept.message, kept.data ?? undefined);
}
