import { z } from "zod";
import { Fault, type Json, type JsonObject } from "#base";
import type { Reservation, Spending } from "#budgets";
import type { ModelAnswer } from "#inference";
import { type AnswerReader, errorInAnswer, type Piece, type Turn, type Usage } from "#llm";
import { JSON_BODY_LIMITS, isJsonObject, parseStrictJson } from "#wire";
import type { Verdict } from "#vocabulary";
import type { Attempt, Forward } from "../outside.ts";
import type { Rendering } from "./model-attempt.ts";
import { spenderOf, spendingOf } from "./model-attempt.ts";
import { ModelFault } from "./faults.ts";
import { keptIn, keptJson, type KeptResult } from "./kept.ts";
import type { LlmOutside } from "./own.ts";
import type { ClientPump } from "./deliver.ts";
import type { Pump } from "./pump.ts";
import { changedSince } from "./register.ts";
import { clientLeft } from "./reply.ts";
import { timeLimit } from "./time-limit.ts";
import { unsealed, unsealedReader } from "./unsealed.ts";
import type { Visit } from "./visit.ts";

/** How a model's answer came, for whoever passes it on. Empty where the call was made for an earlier request. */
export interface Came {
  /** The upstream's own whole answer. */
  whole: { readonly text: string; readonly body: JsonObject } | null;
  pump: ClientPump | null;
  /** What the allowing policies say its output must be marked with. */
  marks: readonly string[];
}

export interface Sending {
  readonly own: LlmOutside;
  readonly visit: Visit;
  readonly rendering: Rendering;
  readonly came: Came;
  readonly createPump: (marks: readonly string[]) => ClientPump;
}

/** The request's way to its upstream: one send, whose text streams on to the client as it comes. */
export function sendingOf(sending: Sending): Forward {
  const { own, visit, rendering } = sending;
  const spender = spenderOf(visit, rendering.candidate);
  const estimate = spendingOf(rendering);
  const isObserved = visit.who.identity.stage === "observe";
  let reservation: Reservation | null = null;
  return {
    prepare: async (attempt, _isApproved, verdict) => {
      if (visit.asker.signal.aborted) throw clientLeft();
      // People may have been asked meanwhile, and runtimes reload.
      const other = changedSince(attempt, await own.register.of(rendering.candidate));
      if (other !== null) throw other;
      sending.came.marks = marksOf(verdict);
      return () => send(sending, attempt, { reservation, granted: estimate.outputTokens, isObserved });
    },
    ledger: {
      intent: () => {
        reservation = own.budgets.reserve(spender, estimate);
        return reservation.writes;
      },
      undo: () => reservation?.undo(),
      outcome: (result) => {
        const usage = usageOf(result);
        const spent = usage === null ? null : spentOf(estimate, usage);
        return { facts: factsOf(usage, spent, result), writes: reservation?.settle(spent) ?? [] };
      },
    },
  };
}

function marksOf(verdict: Verdict): readonly string[] {
  return verdict.kind === "allow" ? (verdict.marks ?? []) : [];
}

async function send(sending: Sending, attempt: Attempt, reserved: Reserved): Promise<JsonObject> {
  const { signal, lift } = timeLimit(sending.visit.asker.signal, sending.own.limits.callMs);
  try {
    return await sent({ ...sending, signal }, attempt, reserved);
  } finally {
    lift();
  }
}

interface Timed extends Sending {
  readonly signal: AbortSignal;
}

async function sent(
  { own, visit, rendering, came, createPump, signal }: Timed,
  attempt: Attempt,
  reserved: Reserved,
): Promise<JsonObject> {
  const { candidate, face, request } = rendering;
  const answer = await own.models.send(candidate, {
    protocol: face.protocol,
    body: JSON.stringify(attempt.action.arguments),
    isStream: request.isStream,
    headers: attempt.action.headers ?? {},
    signal,
  });
  if (answer.status !== 200) throw await refusalOf(own, answer);
  if (!request.isStream || face.streamType === null) {
    came.whole = await wholeOf(answer, face.task === "embed" ? readVectors : readTurn);
    const error = errorInAnswer(came.whole.body);
    if (error !== null) throw failureOf(error);
    const turn = face.readAnswer(came.whole.body);
    return resultOf({ own, visit, came, stopped: null }, rendering.isTranslated ? unsealed(turn) : turn);
  }
  if (answer.mediaType !== face.streamType) throw await noStream(answer, face.streamType);
  came.pump = createPump(came.marks);
  const sealing = face.createReader(request);
  const reader = rendering.isTranslated ? unsealedReader(sealing) : sealing;
  return streamOf({ answer, reader, pump: came.pump, reserved, own, visit, came });
}

interface Reserved {
  readonly reservation: Reservation | null;
  /** Output tokens reserved for it at first. */
  readonly granted: number;
  readonly isObserved: boolean;
}

interface Streaming {
  readonly answer: ModelAnswer;
  readonly reader: AnswerReader;
  readonly pump: Pump;
  readonly reserved: Reserved;
  readonly own: LlmOutside;
  readonly visit: Visit;
  readonly came: Came;
}

async function streamOf(streaming: Streaming): Promise<JsonObject> {
  const { answer, reader, pump, reserved, own, visit, came } = streaming;
  const meter = meterOf(reserved, own.limits.reserveTokens);
  for await (const chunk of answer.chunks()) {
    for (const piece of reader.push(chunk)) {
      failIfSaid(piece);
      await pump.take(piece);
      if (meter(piece)) continue;
      return resultOf({ own, visit, came, stopped: "budget" }, withoutCalls(reader.turn()));
    }
  }
  for (const piece of reader.end()) {
    failIfSaid(piece);
    await pump.take(piece);
  }
  return resultOf({ own, visit, came, stopped: null }, reader.turn());
}

interface Ending extends Pick<KeptResult, "stopped"> {
  readonly own: LlmOutside;
  readonly visit: Visit;
  readonly came: Came;
}

/**
 * A request of the Responses API is kept with its turn: what goes on from it begins with what the client said. Where both
 * are too much for one payload, the turn alone is kept: its items can be named still.
 */
function resultOf({ own, visit: { request }, came: { marks }, stopped }: Ending, turn: Turn): JsonObject {
  const alone = { turn, stopped, marks, request: null };
  if (request.protocol !== "openai-responses") return keptJson(alone);
  const whole = keptJson({ ...alone, request: request.body });
  const isFitting = Buffer.byteLength(JSON.stringify(whole)) <= own.outside.limits.payloadBytesMax;
  return isFitting ? whole : keptJson(alone);
}

/** A stream that was ended by us: a call that is not whole was never asked for. */
function withoutCalls(turn: Turn): Turn {
  return { ...turn, parts: turn.parts.filter(({ kind }) => kind !== "call"), finish: "length" };
}

function failIfSaid({ deltas }: Piece): void {
  for (const delta of deltas) if (delta.kind === "error") throw failureOf(delta);
}

/** An error in an answer of status 200 is the one that it would have been before it. */
function failureOf({ message, status = 502, code = null }: Failure): ModelFault {
  return new ModelFault(status, message, { code });
}

interface Failure {
  readonly message: string;
  readonly status?: number;
  readonly code?: string | null;
}

/** About as many characters as a token has in English; other scripts have fewer, so this never counts too much. */
const CHARACTERS_PER_TOKEN = 4;

/** Counts what streams beyond the reservation, and says false where a budget has no more room. */
function meterOf(
  { reservation, granted: first, isObserved }: Reserved,
  step: number,
): (piece: Piece) => boolean {
  let characters = 0;
  let granted = first;
  return ({ deltas, bytes }) => {
    for (const delta of deltas) {
      if (delta.kind === "text" || delta.kind === "reasoning") characters += delta.text.length;
      if (delta.kind === "call") characters += Math.min(bytes.length, CHARACTERS_PER_TOKEN);
    }
    while (characters / CHARACTERS_PER_TOKEN > granted) {
      // An agent that is only observed is counted, and not stopped.
      if (reservation?.extend(step) === false && !isObserved) return false;
      granted += step;
    }
    return true;
  };
}

function readTurn(text: string): Json {
  return parseStrictJson(Buffer.from(text), { ...JSON_BODY_LIMITS, bytesMax: Number.MAX_SAFE_INTEGER });
}

/** Nothing is decided by a vector, and runtimes write its numbers with more digits than they have. */
function readVectors(text: string): Json {
  return z.json().parse(JSON.parse(text));
}

async function wholeOf(
  answer: ModelAnswer,
  read: (text: string) => Json,
): Promise<NonNullable<Came["whole"]>> {
  const text = await answer.text();
  try {
    const body = read(text);
    if (isJsonObject(body)) return { text, body };
  } catch (cause) {
    const why = cause instanceof Fault ? cause.message : "it cannot be read";
    throw new ModelFault(
      502,
      `The upstream's answer (${answer.mediaType}) is no JSON that can be trusted: ${why}`,
    );
  }
  throw new ModelFault(502, "The upstream's answer is no JSON object");
}

async function noStream(answer: ModelAnswer, wanted: string): Promise<ModelFault> {
  const said = answer.mediaType;
  answer.discard();
  return new ModelFault(
    502,
    `The upstream answered with ${said || "no media type"} where ${wanted} was asked for`,
  );
}

/** An upstream's error in its own words: every family puts them at `error.message`, `error` or `message`. */
async function refusalOf(own: LlmOutside, answer: ModelAnswer): Promise<ModelFault> {
  const status = answer.status >= 400 && answer.status < 600 ? answer.status : 502;
  const text = await answer.text().catch(() => "");
  const { words, code, parameter } = errorIn(text);
  const said =
    words === ""
      ? `The upstream answered ${answer.status} (${answer.mediaType || "no body"})`
      : words.slice(0, own.limits.errorCharactersMax);
  return new ModelFault(status, said, { retryAfterMs: answer.retryAfterMs, code, parameter });
}

interface ErrorWords {
  readonly words: string;
  readonly code: string | null;
  readonly parameter: string | null;
}

/** OpenAI's `error.code` and `error.param` are for programs; what is no name is left out. */
const NAME = /^[\w.[\]-]{1,200}$/;

function errorIn(text: string): ErrorWords {
  try {
    const body: unknown = JSON.parse(text);
    const error = fieldOf(body, "error") ?? body;
    const words = typeof error === "string" ? error : (fieldOf(error, "message") ?? fieldOf(body, "detail"));
    const [code, parameter] = [nameIn(fieldOf(error, "code")), nameIn(fieldOf(error, "param"))];
    return { words: typeof words === "string" ? words : "", code, parameter };
  } catch {
    return { words: "", code: null, parameter: null };
  }
}

function nameIn(value: unknown): string | null {
  return typeof value === "string" && NAME.test(value) ? value : null;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** The result of a model call, as it was made here or as it was kept. */
export function keptResultOf(result: JsonObject): KeptResult {
  const kept = keptIn(result);
  if (kept === null) throw new Fault("bug", "a model call's result is no turn", "Report this.");
  return kept;
}

function usageOf(result: JsonObject | null): Usage | null {
  const turn = result?.["turn"];
  return isJsonObject(turn) ? keptUsage(turn["usage"]) : null;
}

function keptUsage(usage: unknown): Usage | null {
  const inputTokens = fieldOf(usage, "inputTokens");
  const outputTokens = fieldOf(usage, "outputTokens");
  const isKnown = typeof inputTokens === "number" || typeof outputTokens === "number";
  return isKnown
    ? {
        inputTokens: typeof inputTokens === "number" ? inputTokens : null,
        outputTokens: typeof outputTokens === "number" ? outputTokens : null,
      }
    : null;
}

/** What the upstream says, and for what it does not say, what was reserved. */
function spentOf(estimate: Spending, usage: Usage): Spending {
  return {
    ...estimate,
    inputTokens: usage.inputTokens ?? estimate.inputTokens,
    outputTokens: usage.outputTokens ?? estimate.outputTokens,
  };
}

function factsOf(usage: Usage | null, spent: Spending | null, result: JsonObject | null): JsonObject {
  const cost = spent === null ? {} : { costMicroUsd: costOf(spent) };
  const counted = usage === null ? {} : { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens };
  return { ...counted, ...cost, ...(result?.["stopped"] === "budget" ? { stopped: "budget" } : {}) };
}

const MILLION = 1_000_000;

function costOf(spent: Spending): number {
  const micro =
    spent.inputTokens * spent.inputMicroUsdPerMTok + spent.outputTokens * spent.outputMicroUsdPerMTok;
  return Math.ceil(micro / MILLION);
}
