import type { IncomingMessage, ServerResponse } from "node:http";
import type { Fault } from "#base";
import { faultAnswer } from "./answers.ts";
import { clientBody, drainBody } from "./body.ts";
import { type Connection, type Door, noteRefusal } from "./door.ts";
import {
  asFault,
  clientGone,
  expectationRefused,
  framing,
  headTooLarge,
  malformed,
  unauthenticated,
} from "./faults.ts";
import { type Head, readHead } from "./headers.ts";
import { type SendOptions, sendHttp1 } from "./http1-send.ts";
import type { Origin, ProxiedBody, ProxiedRequest } from "./port.ts";
import { beginRequest, dropAnswer, type Under } from "./requests.ts";
import { checkHost, checkMethod, readAbsolute, readInside, type Target } from "./target.ts";

/** One request of HTTP/1.0 or 1.1, on its way through the road. */
export interface One<Who> {
  readonly door: Door<Who>;
  readonly connection: Connection<Who>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** It waits for `100 Continue` before it sends its body. */
  readonly continues: boolean;
  under: Under | null;
  /** What was wrong with the rest of it. */
  broken: Fault | null;
}

interface Progress<Who> {
  who: Who | null;
  origin: Origin | null;
}

/** Never throws. */
export async function answerOne<Who>(one: One<Who>): Promise<void> {
  const { request, response } = one;
  if (response.destroyed || request.socket.destroyed) return;
  const progress: Progress<Who> = { who: one.connection.who, origin: one.connection.inside };
  try {
    await throughRoad(one, progress);
  } catch (thrown) {
    await refuse(one, progress, thrown);
  } finally {
    one.under?.close();
  }
}

async function throughRoad<Who>(one: One<Who>, progress: Progress<Who>): Promise<void> {
  const { door, connection, request, response } = one;
  if (one.broken !== null) throw one.broken;
  const { httpVersion } = request;
  if (httpVersion !== "1.0" && httpVersion !== "1.1") throw malformed("its version is not spoken");
  const head = readHead(request.rawHeaders, door.limits.headersMax);
  const who = connection.who ?? door.road.identify(head.presented, request.socket);
  if (who === null) throw unauthenticated();
  progress.who = who;
  const target = readRequestTarget(one, head);
  progress.origin = target.origin;
  const under = beginRequest(door, who, () => void setTimeout(() => response.destroy(), door.limits.cutMs));
  one.under = under;
  response.once("close", () => {
    if (!response.writableFinished) under.abort(clientGone());
  });
  const proxied: ProxiedRequest = {
    method: checkMethod(request.method ?? ""),
    ...target,
    headers: head.headers,
    body: bodyOf(one, head),
    protocol: request.httpVersion === "1.0" ? "http/1.0" : "http/1.1",
    signal: under.signal,
  };
  const asked = door.road.request(who, proxied);
  const answer = await under.wait(asked).catch((cause: unknown) => {
    void asked.then(dropAnswer, () => {});
    throw cause;
  });
  await sendHttp1(response, answer, sendOptions(one, false));
}

function sendOptions<Who>({ door, request, broken }: One<Who>, isLast: boolean): SendOptions {
  const { limits, ambient } = door;
  return {
    isHead: request.method === "HEAD",
    isLast: isLast || !request.complete,
    stallMs: limits.stallMs,
    drain: async () => {
      if (!request.complete && broken === null)
        await drainBody(request, { limits, monotonic: ambient.monotonic });
    },
  };
}

function readRequestTarget<Who>({ connection, request, door }: One<Who>, head: Head): Target {
  const { method = "", url = "", httpVersion } = request;
  if (url.length > door.limits.targetBytesMax) throw headTooLarge();
  checkMethod(method);
  const isOld = httpVersion === "1.0";
  if (isOld && head.framing.kind === "chunked") throw framing("HTTP/1.0 has no transfer codings");
  const target = connection.inside === null ? readAbsolute(method, url) : readInside(url, connection.inside);
  checkHost(head.host, target, isOld);
  return target;
}

function bodyOf<Who>({ door, request, response, continues }: One<Who>, head: Head): ProxiedBody | null {
  if (head.expects !== null && head.expects.toLowerCase() !== "100-continue")
    throw expectationRefused(head.expects);
  const { framing: form } = head;
  if (form.kind === "none" || (form.kind === "length" && form.bytes === 0)) return null;
  let isContinued = !continues;
  const begin = (): void => {
    if (!isContinued && !response.headersSent) response.writeContinue();
    isContinued = true;
  };
  return clientBody({
    stream: request,
    declaredBytes: form.kind === "length" ? form.bytes : null,
    limits: door.limits,
    monotonic: door.ambient.monotonic,
    begin,
  });
}

async function refuse<Who>(one: One<Who>, progress: Progress<Who>, thrown: unknown): Promise<void> {
  const { door, response } = one;
  const fault = asFault(thrown);
  noteRefusal(door, { ...progress, fault });
  if (response.headersSent || response.destroyed) return void response.destroy();
  const isLast = fault.code !== "proxy_unauthenticated";
  await sendHttp1(response, faultAnswer(fault), sendOptions(one, isLast));
}
