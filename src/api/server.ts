import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault, type Json } from "#base";
import type { Caller } from "#identity";
import { API_PREFIX, type Following, type OperationContext, type PerformOnce } from "#operations";
import { eventReader, eventText, lastIndexOf, wantsEvents } from "./event-stream.ts";
import { openApi } from "./openapi.ts";
import { ANSWER_HEADERS, problemJson, problemOf, sendProblem } from "./problem.ts";
import { readRequest } from "./request.ts";
import { findRoute, isFollowed, methodAt, type Route } from "./routes.ts";

export interface ApiOptions {
  readonly version: string;
  /** Null when the request carries no credential of a user. May throw Fault `agent_refused`, `csrf_refused`. */
  readonly authenticate: (request: IncomingMessage) => Promise<Caller | null>;
  /** Everything an operation of this caller gets; `progress` reaches whoever waits, whose leaving `signal` tells. */
  readonly context: (
    caller: Caller,
    progress: (text: string) => void,
    signal?: AbortSignal,
  ) => OperationContext;
  readonly performOnce: PerformOnce;
  readonly following: Following;
  /** The strict JSON reader of `wire`. */
  readonly parseJson: (bytes: Uint8Array) => Json;
  /** Something an operator should read: a bug, never an argument or a result. */
  readonly report: (event: string, detail: unknown) => void;
}

/** Answers a request under `/api/v1`, and says whether it was one. Host and Origin are checked before, by main. */
export type Api = (request: IncomingMessage, response: ServerResponse) => boolean;

export function createApi(options: ApiOptions): Api {
  const description = JSON.stringify(openApi(options.version));
  return (request, response) => {
    const url = new URL(request.url ?? "/", "http://doorward.invalid");
    if (url.pathname !== API_PREFIX && !url.pathname.startsWith(`${API_PREFIX}/`)) return false;
    if (url.pathname === `${API_PREFIX}/openapi.json` && request.method === "GET") {
      send(response, 200, "application/json", description);
    } else {
      void answer(options, request, { url, response });
    }
    return true;
  };
}

interface Exchange {
  readonly url: URL;
  readonly response: ServerResponse;
}

async function answer(
  options: ApiOptions,
  request: IncomingMessage,
  { url, response }: Exchange,
): Promise<void> {
  const isStream = wantsEvents(request) && isFollowed(url.pathname);
  const voice = isStream || !wantsEvents(request) ? jsonVoice(response) : eventVoice(response);
  try {
    const caller = await options.authenticate(request);
    if (caller === null) throw signedOut();
    const route = findRoute(request.method ?? "", url.pathname);
    if (isStream) return await follow(options, request, { url, response, route, caller });
    const { input, dryRun, key } = await readRequest(
      request,
      { route, query: url.searchParams },
      options.parseJson,
    );
    const context = options.context(caller, voice.progress, leaving(response));
    const { performed, replayed } = await options.performOnce(
      context,
      { operation: route.operation, input, dryRun },
      key,
    );
    if (replayed) voice.header("idempotent-replayed", "true");
    voice.result(performed.kind === "done" ? performed.output : { dryRun: true, would: performed.would });
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code === "bug") options.report("operation_failed", cause);
    sayAllowed(voice, cause, url);
    voice.problem(cause);
  }
}

/** Aborts when the response is closed before it is complete. */
function leaving(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) left.abort();
  });
  return left.signal;
}

/** Serves a list that goes on. What is thrown before it began is answered like any other problem. */
async function follow(
  { following, authenticate, parseJson }: ApiOptions,
  request: IncomingMessage,
  { url, response, route, caller }: Exchange & { readonly route: Route; readonly caller: Caller },
): Promise<void> {
  const { input } = await readRequest(request, { route, query: url.searchParams }, parseJson);
  const leave = following.open({
    operation: route.operation,
    input,
    lastIndex: lastIndexOf(request),
    caller,
    authenticate: () => authenticate(request),
    reader: eventReader(response),
  });
  response.once("close", leave);
  // Gone while it was read: nobody would tell.
  if (response.destroyed) leave();
}

/** RFC 9110 15.5.6: a 405 names the methods that are allowed. */
function sayAllowed(voice: Voice, cause: unknown, { pathname }: URL): void {
  if (!(cause instanceof Fault) || cause.code !== "method_not_allowed") return;
  voice.header("allow", methodAt(pathname) ?? "");
}

/** How the answer reaches the caller: one JSON body, or (Accept: text/event-stream) progress first. */
interface Voice {
  readonly progress: (text: string) => void;
  readonly header: (name: string, value: string) => void;
  readonly result: (output: unknown) => void;
  readonly problem: (cause: unknown) => void;
}

function jsonVoice(response: ServerResponse): Voice {
  return {
    progress: () => {},
    header: (name, value) => response.setHeader(name, value),
    result: (output) => send(response, 200, "application/json", JSON.stringify(output)),
    problem: (cause) => sendProblem(response, cause),
  };
}

function eventVoice(response: ServerResponse): Voice {
  const say = (event: string, data: unknown): void => {
    if (!response.headersSent)
      response.writeHead(200, { ...ANSWER_HEADERS, "content-type": "text/event-stream" });
    response.write(eventText(event, JSON.stringify(data)));
  };
  const last = (event: string, data: unknown): void => {
    say(event, data);
    response.end();
  };
  return {
    progress: (text) => say("progress", { text }),
    header: (name, value) => {
      if (!response.headersSent) response.setHeader(name, value);
    },
    result: (output) => last("result", output),
    problem: (cause) => last("problem", problemJson(problemOf(cause))),
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...ANSWER_HEADERS, "content-type": type, "content-length": bytes.length });
  response.end(bytes);
}

function signedOut(): Fault {
  return new Fault(
    "not_signed_in",
    "the request carries no valid credential of a user",
    "Sign in with `doorward login`, or send `Authorization: Bearer dwu_…` with a token of `doorward tokens create`.",
  );
}
