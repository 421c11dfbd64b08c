import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { Fault, type Json } from "#base";
import { type Caller, demand } from "#identity";
import { createAsking, decide, type Decided, evaluation, type OperationContext } from "#operations";
import { ANSWER_HEADERS, sendProblem } from "./problem.ts";
import { readBody } from "./request.ts";

export interface AuthzenOptions {
  /** Our own address, without a trailing slash. */
  readonly base: string;
  /** Null when the request carries no credential of a user. May throw Fault `agent_refused`, `csrf_refused`. */
  readonly authenticate: (request: IncomingMessage) => Promise<Caller | null>;
  readonly context: (caller: Caller, progress: (text: string) => void) => OperationContext;
  readonly parseJson: (bytes: Uint8Array) => Json;
  readonly report: (event: string, detail: unknown) => void;
}

/** Answers what an AuthZEN 1.0 decision point is asked, and says whether it was that. Host and Origin are checked before. */
export type Authzen = (request: IncomingMessage, response: ServerResponse) => boolean;

const METADATA = "/.well-known/authzen-configuration";
const ONE = "/access/v1/evaluation";
const MANY = "/access/v1/evaluations";
const EVALUATIONS_MAX = 100;
const REQUEST_ID = /^[\x21-\x7e]{1,200}$/;

/** AuthZEN Authorization API 1.0, sections 7 and 7.1.2: what is left out of one question is as for all of them. */
const many = z.object({
  subject: z.unknown().optional(),
  action: z.unknown().optional(),
  resource: z.unknown().optional(),
  context: z.unknown().optional(),
  evaluations: z.array(z.record(z.string(), z.unknown())).max(EVALUATIONS_MAX).default([]),
  options: z
    .object({
      evaluations_semantic: z
        .enum(["execute_all", "deny_on_first_deny", "permit_on_first_permit"])
        .default("execute_all"),
    })
    .prefault({}),
});

export function createAuthzen(
  options: AuthzenOptions,
  ambient: { readonly monotonic: () => number },
): Authzen {
  const asking = createAsking(ambient);
  const metadata = {
    policy_decision_point: options.base,
    access_evaluation_endpoint: `${options.base}${ONE}`,
    access_evaluations_endpoint: `${options.base}${MANY}`,
  };
  return (request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    if (path !== METADATA && path !== ONE && path !== MANY) return false;
    void answered(request, response, async () => {
      demandMethod(request, path === METADATA ? "GET" : "POST");
      if (path === METADATA) return metadata;
      const caller = await options.authenticate(request);
      if (caller === null) throw signedOut();
      demand(caller, "decisions.ask");
      const context = options.context(caller, () => {});
      const body = options.parseJson(await readBody(request));
      const asked = path === ONE ? [body] : questionsIn(body);
      await audited(context, asking.count(caller, asked.length));
      if (path === ONE) return decide(context, read(evaluation, body), "0");
      const { evaluations_semantic: semantic } = read(many, body).options;
      return { evaluations: await each(context, asked, semantic) };
    }).catch((cause: unknown) => options.report("authzen_failed", cause));
    return true;
  };
}

async function answered(
  request: IncomingMessage,
  response: ServerResponse,
  make: () => Promise<object>,
): Promise<void> {
  const id = request.headers["x-request-id"];
  if (typeof id === "string" && REQUEST_ID.test(id)) response.setHeader("x-request-id", id);
  try {
    const bytes = Buffer.from(JSON.stringify(await make()));
    const headers = { ...ANSWER_HEADERS, "content-type": "application/json", "content-length": bytes.length };
    if (!response.headersSent && !response.destroyed) response.writeHead(200, headers).end(bytes);
  } catch (cause) {
    sendProblem(response, cause);
    if (!(cause instanceof Fault) || cause.code === "bug") throw cause;
  }
}

/** Each with what it leaves out filled in; without a list the whole is one question (section 7.1). */
function questionsIn(body: Json): readonly unknown[] {
  const { evaluations, options: _options, ...whole } = read(many, body);
  if (evaluations.length === 0) return [whole];
  return evaluations.map((one) => ({ ...whole, ...one }));
}

type Told = Decided | { readonly decision: false; readonly context: { readonly error: object } };

/** In order. A question that is none is answered so; it does not take the others with it (section 7.2.1). */
async function each(
  context: OperationContext,
  asked: readonly unknown[],
  semantic: "execute_all" | "deny_on_first_deny" | "permit_on_first_permit",
): Promise<Told[]> {
  const told: Told[] = [];
  for (const [at, one] of asked.entries()) {
    const parsed = evaluation.safeParse(one);
    const next: Told = parsed.success ? await decide(context, parsed.data, String(at)) : unread();
    told.push(next);
    if (semantic === "deny_on_first_deny" && !next.decision) break;
    if (semantic === "permit_on_first_permit" && next.decision) break;
  }
  return told;
}

function unread(): Told {
  const message = "subject, action and resource are needed, each with its type or name and id";
  return { decision: false, context: { error: { status: 400, message } } };
}

/** Once a minute and asker, that they ask, and how much they asked in the minute before. */
async function audited(context: OperationContext, before: number | null): Promise<void> {
  if (before === null) return;
  const { caller, ambient, journal } = context;
  const body = { by: caller.user, via: caller.via, before };
  await journal.append({
    entries: [{ kind: "decisions.asked", subject: caller.user, at: ambient.now(), body }],
  });
}

function read<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Fault(
    "input_invalid",
    `${issue?.path.join(".") ?? "the body"}: ${issue?.message ?? "not as asked"}`,
    "Send what the AuthZEN Authorization API 1.0 asks for: subject, action and resource.",
  );
}

function demandMethod({ method }: IncomingMessage, wanted: "GET" | "POST"): void {
  if (method === wanted || (wanted === "GET" && method === "HEAD")) return;
  throw new Fault("method_not_allowed", `this address takes ${wanted}`, `Send ${wanted}.`);
}

function signedOut(): Fault {
  return new Fault(
    "not_signed_in",
    "the request carries no valid credential of a user",
    "Send `Authorization: Bearer dwu_…` with a token of `doorward tokens create`.",
  );
}
