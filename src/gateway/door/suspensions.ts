import { createHmac, timingSafeEqual } from "node:crypto";
import { digestOf, Fault, type Json, type JsonObject } from "#base";
import type { Identity } from "#vocabulary";
import { agentOf, bindingOf, type DoorContext } from "./context.ts";
import { expired } from "./legacy-asks.ts";
import type { AskRequest } from "./road.ts";

/**
 * Requests of the modern era that wait for their client: it was answered `input_required` and will come back with our
 * `requestState` (2026-07-28, "Multi Round-Trip Requests"). The state is an id, an expiry and an HMAC over both and
 * what it is bound to: chain, session, endpoint, method and parameters. It works once.
 */
export interface Suspensions<Call> {
  /** Keeps a call until its client returns; gives the state for it. Throws `ask_refused` where the agent has too many. */
  readonly add: (suspended: Suspended<Call>) => string;
  /** Takes the call a state stands for, or says why not. */
  readonly take: (state: string, claim: Claim) => Suspended<Call> | Fault;
  /** Gives up on those whose time has come. */
  readonly sweep: () => void;
  readonly remove: (call: Call, why: Error) => void;
  readonly count: () => number;
}

export interface Claim {
  readonly identity: Identity;
  readonly endpoint: string | null;
  readonly method: string;
  /** Without `_meta`, `requestState` and `inputResponses`. */
  readonly params: JsonObject;
}

export interface Suspended<Call> {
  readonly call: Call;
  readonly claim: Claim;
  /** Questions not answered yet, and the answers there are. */
  readonly requests: Readonly<Record<string, AskRequest>>;
  readonly answers: Readonly<Record<string, Json>>;
  readonly resolve: (answers: Record<string, Json>) => void;
  readonly reject: (why: Error) => void;
}

const KEY_BYTES = 32;
const ID_BYTES = 16;
const EXPIRY_BYTES = 8;
const MAC_BYTES = 32;

interface Held<Call> {
  readonly suspended: Suspended<Call>;
  readonly agent: string;
  readonly expiresAt: number;
}

export function createSuspensions<Call>(context: DoorContext): Suspensions<Call> {
  const { ambient, limits } = context;
  const held = new Map<string, Held<Call>>();
  // A key of this process: what waits does not outlive it either.
  const key = ambient.random(KEY_BYTES);

  function add(suspended: Suspended<Call>): string {
    const agent = agentOf(suspended.claim.identity);
    const own = [...held.values()].filter((one) => one.agent === agent).length;
    if (own >= limits.suspensionsPerAgentMax) throw tooMany(limits.suspensionsPerAgentMax);
    const expiresAt = Math.ceil(ambient.monotonic()) + limits.askMs;
    const head = Buffer.alloc(ID_BYTES + EXPIRY_BYTES);
    head.set(ambient.random(ID_BYTES));
    head.writeBigUInt64BE(BigInt(expiresAt), ID_BYTES);
    held.set(idOf(head), { suspended, agent, expiresAt });
    return Buffer.concat([head, mac(key, head, suspended.claim)]).toString("base64url");
  }

  function take(state: string, claim: Claim): Suspended<Call> | Fault {
    const bytes = Buffer.from(state, "base64url");
    if (bytes.length !== ID_BYTES + EXPIRY_BYTES + MAC_BYTES) return unknown();
    const head = bytes.subarray(0, ID_BYTES + EXPIRY_BYTES);
    if (!timingSafeEqual(bytes.subarray(head.length), mac(key, head, claim))) return unknown();
    const id = idOf(head);
    const found = held.get(id);
    if (found === undefined || found.expiresAt < ambient.monotonic()) return unknown();
    held.delete(id);
    return found.suspended;
  }

  function sweep(): void {
    for (const [id, { suspended, expiresAt }] of held) {
      if (expiresAt >= ambient.monotonic()) continue;
      held.delete(id);
      suspended.reject(expired());
    }
  }

  function remove(call: Call, why: Error): void {
    for (const [id, { suspended }] of held) {
      if (suspended.call !== call) continue;
      held.delete(id);
      suspended.reject(why);
    }
  }

  return { add, take, sweep, remove, count: () => held.size };
}

function idOf(head: Buffer): string {
  return head.subarray(0, ID_BYTES).toString("base64url");
}

function mac(key: Uint8Array, head: Buffer, claim: Claim): Buffer {
  const bound = digestOf([bindingOf(claim.identity, claim.endpoint), claim.method, claim.params]);
  return createHmac("sha256", key).update(head).update(bound).digest();
}

function unknown(): Fault {
  return new Fault(
    "request_state_unknown",
    "this requestState is not one that waits for this agent and request: changed, used, expired, or from before a restart",
    "Send the request again without requestState and inputResponses.",
  );
}

function tooMany(max: number): Fault {
  return new Fault(
    "ask_refused",
    `${max} requests of this agent already wait for its answers`,
    "Answer or drop those before sending more.",
  );
}
