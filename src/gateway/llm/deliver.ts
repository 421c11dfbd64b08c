import { Fault, type JsonObject } from "#base";
import {
  type AnswerHead,
  type AnswerWriter,
  asksForTokens,
  createDialectScanner,
  type Piece,
  textOf,
  translateEmbeddings,
  type Turn,
  withoutHiddenTokens,
} from "#llm";
import type { ActionId } from "#vocabulary";
import { requestDigest } from "./visit.ts";
import type { Ruled as Ruling } from "./calls.ts";
import type { Rendering } from "./model-attempt.ts";
import { markedHeaders, type Marking, markOf } from "./marking.ts";
import type { LlmOutside } from "./own.ts";
import { createPump, type Pump } from "./pump.ts";
import { clientLeft, type Reply } from "./reply.ts";
import {
  type Asking,
  askingOf,
  callsAfter,
  finishAfter,
  type Reader,
  textAfter,
  turnAfter,
  turnWithheld,
} from "./ruled.ts";
import { type Came, keptResultOf } from "./sending.ts";
import { spoken, streamed } from "./spoken.ts";
import { isGoneOnFrom, remember, type Telling } from "./telling.ts";
import type { PendingTurn } from "./turns.ts";
import type { Visit } from "./visit.ts";

/** A model's answer that is on record, on its way to the client. */
export interface Delivery {
  readonly action: ActionId;
  readonly result: JsonObject;
  readonly rendering: Rendering;
  readonly came: Came;
}

export interface Pumping extends Marking {
  readonly rendering: Rendering;
}

/** What a stream of this request goes through. */
export function pumpOf(own: LlmOutside, visit: Visit, { rendering, marks, action }: Pumping): ClientPump {
  const { face, request, reply } = visit;
  reply.head(markedHeaders({ action, marks }));
  const writer = face.createWriter(headOf(own, visit, { id: null, action, marks }));
  const isRaw = !rendering.isTranslated;
  const pump = createPump({
    reply,
    writer,
    streamType: face.streamType ?? "application/json",
    isRaw,
    isUsageWanted: request.isUsageWanted,
    mark: markOf({ action, marks }),
    scanner: createDialectScanner(own.dialects(visit.who.identity)),
    quiet: isRaw && asksForTokens(request) ? withoutHiddenTokens : (piece) => piece,
  });
  return { ...pump, writer, isRaw };
}

/** A pump with the client's writer, which was told of everything that it let through. */
export interface ClientPump extends Pump {
  readonly writer: AnswerWriter;
  readonly isRaw: boolean;
}

interface Naming extends Marking {
  readonly id: string | null;
  /** The same answer was told before, in other items. */
  readonly isAgain?: boolean;
}

function headOf(own: LlmOutside, { request }: Visit, naming: Naming): AnswerHead {
  const { action, marks, isAgain = false } = naming;
  const id = naming.id ?? action.replace("act_", "dw_");
  return {
    id,
    ...(isAgain ? { itemsId: `${id}_again` } : {}),
    model: request.model,
    createdAt: Math.floor(own.ambient.now() / 1_000),
    isUsageWanted: request.isUsageWanted,
    mark: markOf({ action, marks }),
  };
}

/** Decides what the model asks for, and gives the client what is left of its answer. */
export async function deliver(own: LlmOutside, visit: Visit, delivery: Delivery): Promise<void> {
  const { turn, stopped, marks } = keptResultOf(delivery.result);
  const { action, came } = delivery;
  visit.reply.head(markedHeaders({ action, marks }));
  // Before the client can know its id.
  keepResponse(own, visit, delivery, turn);
  if (came.pump === null) return deliverWhole(own, visit, { ...delivery, marks }, turn);
  return deliverTail(own, visit, { action, turn, pump: came.pump, isStopped: stopped !== null });
}

/**
 * The held turn of an earlier request, now that somebody asked again: replayed, never asked of the model anew. Throws
 * `model_revoked` where its model was revoked meanwhile: the turn is dropped, and whoever asks again is decided anew.
 */
export async function deliverKept(own: LlmOutside, arrived: Visit, kept: PendingTurn): Promise<void> {
  const { actionId: action, turn, marks, weights } = kept;
  const revoked = weights === null ? null : own.register.revoked(weights);
  if (revoked !== null) {
    own.turns.delivered(action);
    throw revoked;
  }
  // What is revoked while people decide is cut by it.
  const visit = weights === null ? arrived : { ...arrived, weights };
  const naming = { id: turn.id, action, marks, isAgain: true };
  visit.reply.head(markedHeaders(naming));
  const asking = askingOf(turn, textOf(turn), readerOf(own, visit));
  const writer = visit.face.createWriter(headOf(own, visit, naming));
  const ruling = await ruled(own, visit, { action, asking, writer });
  const telling = { action, turn, ruling };
  if (ruling.kind === "held")
    return emit(own, visit, { turn: turnWithheld(turn, ruling.text), writer, naming, telling });
  const said = turnAfter(turn, asking, ruling.refused);
  await handingOver(visit, ruling, () => {
    // Before its last byte: the client may ask again the moment it has that.
    own.turns.delivered(action);
    return emit(own, visit, { turn: said, writer, naming, telling });
  });
}

function readerOf(own: LlmOutside, { who, request }: Visit): Reader {
  return { dialects: own.dialects(who.identity), tools: request.tools };
}

/** Gives the client what may go, and says of the calls in it whether they left (T20). */
async function handingOver(
  { asker }: Visit,
  ruling: Extract<Ruling, { kind: "ruled" }>,
  send: () => void | Promise<void>,
): Promise<void> {
  if (asker.signal.aborted) {
    await ruling.delivered("not-sent");
    throw clientLeft();
  }
  try {
    await send();
  } catch (cause) {
    await ruling.delivered("unknown");
    throw cause;
  }
  await ruling.delivered("ok");
}

const NOTHING_ASKED: Ruling = { kind: "ruled", refused: new Map(), delivered: async () => {} };

interface Waiting {
  readonly action: ActionId;
  readonly asking: Asking;
  readonly writer: AnswerWriter;
}

/** Waits for people where it must, while the client is kept from giving up. */
async function ruled(own: LlmOutside, visit: Visit, { action, asking, writer }: Waiting): Promise<Ruling> {
  if (asking.calls.length === 0) return NOTHING_ASKED;
  const { who, request, face, reply, asker, weights } = visit;
  const alive = setInterval(() => {
    if (!request.isStream || face.streamType === null) return;
    reply.begin(face.streamType);
    reply.keepAlive(writer.keepAlive());
  }, own.limits.keepAliveMs);
  try {
    const of = weights === undefined ? {} : { weights };
    const turn = { who, model: request.model, turnOf: action, calls: asking.calls, tools: request.tools };
    return await own.calls.rule({ ...turn, ...of }, asker);
  } finally {
    clearInterval(alive);
  }
}

interface Tail {
  readonly action: ActionId;
  readonly turn: Turn;
  readonly pump: ClientPump;
  /** Doorward ended the stream: a call in its tail is not whole. */
  readonly isStopped: boolean;
}

async function deliverTail(
  own: LlmOutside,
  visit: Visit,
  { action, turn, pump, isStopped }: Tail,
): Promise<void> {
  const { writer, isRaw } = pump;
  const { reply, face } = visit;
  const tail = pump.tail();
  const asking = askingOf(turn, textIn(tail), readerOf(own, visit));
  if (face.streamType !== null) reply.begin(face.streamType);
  if (isStopped) {
    const text = asking.text.slice(0, asking.spans[0]?.start ?? asking.text.length);
    const end = writer.text(text) + writer.end("length", turn.usage);
    remember(own, visit, { action, turn, ruling: NOTHING_ASKED }, writer.items?.() ?? []);
    return await ending(reply, end);
  }
  const ruling = await ruled(own, visit, { action, asking, writer });
  if (ruling.kind === "held") {
    hold(own, visit, action, ruling.approvals);
    const words = asking.text === "" ? ruling.text : `\n\n${ruling.text}`;
    const end = writer.text(words) + writer.end("stop", turn.usage);
    remember(own, visit, { action, turn, ruling }, writer.items?.() ?? []);
    return await ending(reply, end);
  }
  const told = (): void => remember(own, visit, { action, turn, ruling }, writer.items?.() ?? []);
  await handingOver(visit, ruling, async () => {
    if (isRaw && ruling.refused.size === 0 && !isAmbiguous(tail)) {
      const last = tail.findIndex(({ deltas }) => deltas.some(({ kind }) => kind === "done"));
      await pump.release(tail.slice(0, last));
      told();
      await pump.release(tail.slice(last));
    } else {
      const rest = rewritten({ turn, asking, tail, writer }, ruling.refused);
      told();
      await reply.write(rest);
    }
    reply.end();
  });
}

function isAmbiguous(tail: readonly Piece[]): boolean {
  return tail.some(({ deltas }) => deltas.some((delta) => delta.kind === "call" && delta.isAmbiguous));
}

interface Rewriting {
  readonly turn: Turn;
  readonly asking: Asking;
  readonly tail: readonly Piece[];
  readonly writer: AnswerWriter;
}

/** What goes on after the pieces that have left: the rest of the text, refusals, the calls that may go, and the end. */
function rewritten({ turn, asking, tail, writer }: Rewriting, refused: ReadonlyMap<number, string>): string {
  const calls = callsAfter(asking, refused);
  const deltas = tail.flatMap((piece) => piece.deltas);
  const aside = spoken(
    writer,
    deltas.filter(({ kind }) => kind !== "text"),
  );
  const text = textAfter(asking, refused);
  const said = aside + (text === "" ? "" : writer.text(text));
  const asked = calls.map((call) => writer.call(call)).join("");
  return said + asked + writer.end(finishAfter(turn.finish, calls), turn.usage);
}

async function ending(reply: Reply, text: string): Promise<void> {
  await reply.write(text);
  reply.end();
}

function textIn(tail: readonly Piece[]): string {
  return tail
    .flatMap(({ deltas }) => deltas.map((delta) => (delta.kind === "text" ? delta.text : "")))
    .join("");
}

async function deliverWhole(
  own: LlmOutside,
  visit: Visit,
  delivery: Delivery & Marking,
  turn: Turn,
): Promise<void> {
  const { action, came, marks, rendering } = delivery;
  const naming = { id: turn.id, action, marks };
  const head = headOf(own, visit, naming);
  if (visit.face.task === "embed") return embedded(visit, delivery, head);
  const writer = visit.face.createWriter(head);
  const asking = askingOf(turn, textOf(turn), readerOf(own, visit));
  const ruling = await ruled(own, visit, { action, asking, writer });
  const telling = { action, turn, ruling };
  if (ruling.kind === "held") {
    hold(own, visit, action, ruling.approvals);
    return emit(own, visit, { turn: turnWithheld(turn, ruling.text), writer, naming, telling });
  }
  const { refused } = ruling;
  await handingOver(visit, ruling, () => {
    const whole = rendering.isTranslated || visit.request.isStream ? null : came.whole;
    const isInPlace = [...refused.keys()].every((index) => index < asking.structured);
    if (whole === null || !isInPlace)
      return emit(own, visit, { turn: turnAfter(turn, asking, refused), writer, naming, telling });
    const body = refused.size === 0 ? whole.body : visit.face.refuseCalls(whole.body, refused);
    remember(own, visit, telling, body);
    if (refused.size === 0 && marks.length === 0) return visit.reply.text(whole.text);
    return visit.reply.json(200, { ...body, ...head.mark });
  });
}

function embedded(
  { face, reply, request }: Visit,
  { came, marks, rendering }: Delivery & Marking,
  head: AnswerHead,
): void {
  if (came.whole === null) throw notKept();
  if (!rendering.isTranslated && marks.length === 0) return reply.text(came.whole.text);
  const body = rendering.isTranslated
    ? translateEmbeddings(came.whole.body, {
        from: rendering.face.protocol,
        to: face.protocol,
        request,
        head,
      })
    : came.whole.body;
  reply.json(200, { ...body, ...head.mark });
}

/** Vectors are passed on and not kept: an approved call whose asker left has nothing to collect. */
function notKept(): Fault {
  return new Fault(
    "outcome_unknown",
    "the vectors were made once, for a request whose client left, and are not kept",
    "Send the request again: it is decided and made anew.",
  );
}

interface Emission {
  readonly turn: Turn;
  readonly writer: AnswerWriter;
  readonly naming: Naming;
  /** Of which it is a telling. */
  readonly telling: Telling;
}

/** A whole turn in the client's protocol, streamed where that was asked for. */
async function emit(own: LlmOutside, visit: Visit, emission: Emission): Promise<void> {
  const { turn, writer, naming, telling } = emission;
  const { face, reply, request } = visit;
  if (!request.isStream || face.streamType === null) {
    const whole = face.whole(turn, headOf(own, visit, naming));
    remember(own, visit, telling, whole);
    return reply.json(200, whole);
  }
  const stream = streamed(writer, turn);
  remember(own, visit, telling, writer.items?.() ?? []);
  reply.begin(face.streamType);
  await ending(reply, stream);
}

function hold(own: LlmOutside, visit: Visit, action: ActionId, approvals: readonly string[]): void {
  const { who, request } = visit;
  const { protocol, model } = request;
  const digest = requestDigest(visit.asked);
  own.turns.hold({
    actionId: action,
    identity: who.identity,
    protocol,
    model,
    requestDigest: digest,
    approvals,
  });
}

/** What `previous_response_id` may name later: kept here, never at the upstream. */
function keepResponse(own: LlmOutside, visit: Visit, delivery: Delivery, turn: Turn): void {
  const { who } = visit;
  if (!isGoneOnFrom(visit)) return;
  const { id } = headOf(own, visit, { id: turn.id, action: delivery.action, marks: [] });
  own.turns.keepResponse({ actionId: delivery.action, identity: who.identity, responseId: id });
}
