import { z } from "zod";
import { Fault } from "#base";
import { addressOf, isFollowable, type Operation } from "#operations";
import { EXIT, exitOfStatus } from "./exit-codes.ts";

export interface Client {
  /** Performs one operation. Throws `RemoteProblem`. */
  readonly perform: (operation: Operation, request: ClientRequest) => Promise<unknown>;
  /**
   * Follows a list until the stream ends: each item with its ledger index, and null where only the index moved on.
   * Throws `RemoteProblem`.
   */
  readonly follow: (
    operation: Operation,
    input: Readonly<Record<string, unknown>>,
    take: (item: unknown, at: number) => void,
  ) => Promise<void>;
  /** A sign-in step under `/console/session`; without a body it only asks. Throws `RemoteProblem`. */
  readonly session: (step: string, body: unknown) => Promise<unknown>;
}

export interface ClientRequest {
  readonly input: Readonly<Record<string, unknown>>;
  readonly dryRun: boolean;
  readonly key: string | null;
  readonly progress: (text: string) => void;
}

export interface ClientOptions {
  readonly url: string;
  readonly token: string | null;
  readonly fetch: typeof fetch;
}

/** What the server answered instead of a result, with the exit code it stands for. */
export class RemoteProblem extends Fault {
  readonly exitCode: number;

  constructor(problem: ProblemBody, exitCode: number) {
    super(problem.code, problem.detail, problem.remedy);
    this.exitCode = exitCode;
  }
}

const ANSWER_CHARS_MAX = 64 * 1024 * 1024;
const problemBody = z.object({
  code: z.string(),
  status: z.number(),
  remedy: z.string(),
  detail: z.string(),
});
type ProblemBody = Pick<z.output<typeof problemBody>, "code" | "remedy" | "detail">;

/** Throws `url_invalid` where the address is none. */
export function createClient(options: ClientOptions): Client {
  if (!URL.canParse(options.url)) throw urlInvalid(options.url);
  return {
    perform: async (operation, request) => {
      const { method, path } = addressOf(operation);
      const url = new URL(path, options.url);
      if (method === "GET") addQuery(url, request.input);
      if (request.dryRun) url.searchParams.set("dry-run", "true");
      const response = await send(options, url, {
        method,
        body: method === "GET" ? null : request.input,
        // A list that can be followed would be.
        accept: isFollowable(operation) ? "application/json" : "text/event-stream",
        key: request.key,
      });
      return readEvents(response, request.progress);
    },
    follow: async (operation, input, take) => {
      const url = new URL(addressOf(operation).path, options.url);
      addQuery(url, input);
      const accept = "text/event-stream";
      const response = await send(options, url, { method: "GET", body: null, accept, key: null });
      if (!response.ok) throw remoteProblem(await bounded(response));
      for await (const { event, data, id } of eventsOf(response)) {
        if (event === "problem") throw remoteProblem(data);
        if (event === "resume") return;
        if (/^\d+$/.test(id)) take(event === "item" ? JSON.parse(data) : null, Number(id));
      }
    },
    session: async (step, body) => {
      const url = new URL(step === "" ? "/console/session" : `/console/session/${step}`, options.url);
      const response = await send(options, url, {
        method: body === null ? "GET" : "POST",
        body,
        accept: "application/json",
        key: null,
      });
      const answer = await bounded(response);
      if (!response.ok) throw remoteProblem(answer);
      return JSON.parse(answer);
    },
  };
}

interface Sending {
  readonly method: "GET" | "POST";
  readonly body: unknown;
  readonly accept: string;
  readonly key: string | null;
}

async function send(
  options: ClientOptions,
  url: URL,
  { method, body, accept, key }: Sending,
): Promise<Response> {
  const headers = new Headers({ accept });
  if (options.token !== null) headers.set("authorization", `Bearer ${options.token}`);
  if (body !== null) headers.set("content-type", "application/json");
  if (key !== null) headers.set("idempotency-key", key);
  try {
    const sent = body === null ? {} : { body: JSON.stringify(body) };
    return await options.fetch(url, { method, headers, redirect: "error", ...sent });
  } catch (cause) {
    const problem = {
      code: "unreachable",
      detail: `Doorward does not answer at ${url.origin}`,
      remedy: "Start it with `doorward start`, or say where it is: DOORWARD_URL.",
    };
    throw Object.assign(new RemoteProblem(problem, EXIT.unreachable), { cause });
  }
}

function addQuery(url: URL, input: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(input)) {
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
  }
}

/** Reads `progress` events until `result` or `problem`; a plain problem answer is read as one. */
async function readEvents(response: Response, progress: (text: string) => void): Promise<unknown> {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    const text = await bounded(response);
    if (!response.ok) throw remoteProblem(text);
    return JSON.parse(text);
  }
  for await (const { event, data } of eventsOf(response)) {
    if (event === "result") return JSON.parse(data);
    if (event === "problem") throw remoteProblem(data);
    const said = z.object({ text: z.string() }).safeParse(JSON.parse(data));
    if (said.success) progress(said.data.text);
  }
  throw cutOff();
}

interface ServerEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string;
}

/** The events of a stream as Doorward writes them. One that is cut ends. */
async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  if (response.body === null) return;
  let waiting = "";
  try {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      waiting += chunk;
      if (waiting.length > ANSWER_CHARS_MAX) throw tooLong();
      const events = waiting.split("\n\n");
      waiting = events.pop() ?? "";
      yield* events.map(eventOf);
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
  }
}

function eventOf(text: string): ServerEvent {
  const lines = text.split("\n");
  const field = (name: string): string =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
  return { event: field("event"), data: field("data"), id: field("id") };
}

async function bounded(response: Response): Promise<string> {
  const text = await response.text();
  if (text.length > ANSWER_CHARS_MAX) throw tooLong();
  return text;
}

function remoteProblem(text: string): RemoteProblem {
  const parsed = problemBody.safeParse(tryJson(text));
  if (parsed.success) return new RemoteProblem(parsed.data, exitOfStatus(parsed.data.status));
  const problem = {
    code: "not_doorward",
    detail: "what answered there is not Doorward",
    remedy: "Check DOORWARD_URL.",
  };
  return new RemoteProblem(problem, EXIT.unreachable);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function urlInvalid(url: string): Fault {
  return new Fault(
    "url_invalid",
    `${JSON.stringify(url)} is no URL`,
    "Set DOORWARD_URL to where Doorward is, such as http://127.0.0.1:7420, or unset it.",
  );
}

function tooLong(): RemoteProblem {
  const detail = `the answer has more than ${ANSWER_CHARS_MAX} characters`;
  return new RemoteProblem(
    { code: "answer_too_long", detail, remedy: "Ask for less: a smaller --limit." },
    EXIT.failed,
  );
}

function cutOff(): RemoteProblem {
  const detail = "the connection ended before the answer did; the change may have been made";
  return new RemoteProblem(
    { code: "answer_lost", detail, remedy: "Look (list, get) before you repeat it." },
    EXIT.failed,
  );
}
