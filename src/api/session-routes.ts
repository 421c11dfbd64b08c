import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { Fault, type Json } from "#base";
import {
  type Attempts,
  type Caller,
  consoleOrigin,
  createAttempts,
  isPresent,
  setCookie,
  setFlowCookie,
} from "#identity";
import {
  type AccountsOutside,
  confirmPassword,
  credentialsOf,
  endSession,
  notePresence,
  openSession,
  type OpenedSession,
  redeemLink,
  sessionName,
  setPassword,
  signInWithPassword,
} from "#operations";
import {
  assertionAnswer,
  confirmPasskey,
  keepPasskey,
  type PasskeyOutside,
  passkeyToAdd,
  passkeyToAsk,
  registrationAnswer,
  signInWithPasskey,
} from "./passkey.ts";
import { createChallenges } from "./passkey-challenges.ts";
import { createProvider, type Provider } from "./provider.ts";
import type { ProviderSettings } from "./provider-client.ts";
import { demandUser } from "./session.ts";
import { answerJson, answerProblem, BROWSER_HEADERS, readBody } from "./session-http.ts";

export interface SessionOptions {
  readonly accounts: AccountsOutside;
  /** The strict JSON reader of `wire`. */
  readonly parseJson: (bytes: Uint8Array) => Json;
  /** Absent: local users only. */
  readonly provider?: ProviderSettings | undefined;
}

/** Takes a request to a session route and answers true; leaves every other alone and answers false. */
export type SessionRoutes = (request: IncomingMessage, response: ServerResponse) => boolean;

interface Desk extends PasskeyOutside {
  readonly signIns: Attempts;
  readonly presence: Attempts;
  readonly provider: Provider | null;
}

/** `location`: where a navigation goes on to, instead of the body. */
type Reply = { readonly body: Json; readonly cookies?: readonly string[]; readonly location?: string };
type Route = (desk: Desk, request: IncomingMessage, input: unknown) => Promise<Reply>;

const PREFIX = "/console/session";
const kind = z.enum(["console", "cli"]).prefault("console");
const password = z.string().min(1).max(1_024);
const name = z.string().min(1).max(100);

/**
 * Signing in and out, presence, and a user's own passkeys and password, under `/console/session`. Not operations of the
 * catalogue: they make and prove the caller that every operation needs.
 */
export function createSessionRoutes(options: SessionOptions): SessionRoutes {
  const { ambient } = options.accounts;
  const desk: Desk = {
    accounts: options.accounts,
    challenges: createChallenges(ambient),
    // Two counters: whoever floods the sign-in form must not lock out the people who are signed in.
    signIns: createAttempts(ambient),
    presence: createAttempts(ambient),
    provider: options.provider === undefined ? null : createProvider(options.accounts, options.provider),
  };
  return (request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    if (path !== PREFIX && !path.startsWith(`${PREFIX}/`)) return false;
    const route = ROUTES[`${request.method} ${path.slice(PREFIX.length)}`];
    serve(desk, route, options.parseJson, { request, response }).catch((cause: unknown) =>
      answerProblem(response, cause),
    );
    return true;
  };
}

async function serve(
  desk: Desk,
  route: Route | undefined,
  parseJson: SessionOptions["parseJson"],
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  if (route === undefined)
    throw new Fault("route_unknown", "there is no such session route", "Open the console at /.");
  const input = request.method === "POST" ? parseJson(await readBody(request)) : null;
  const { body, cookies, location } = await route(desk, request, input);
  if (cookies !== undefined) response.setHeader("set-cookie", cookies);
  if (location === undefined) answerJson(response, 200, body);
  else response.writeHead(303, { ...BROWSER_HEADERS, location }).end();
}

const ROUTES: { readonly [methodAndPath: string]: Route } = {
  "GET ": async (desk, request) => ({ body: await describe(desk, await demandUser(desk.accounts, request)) }),
  "POST /open": async (desk, _request, input) => {
    const { token, kind: as } = read(z.strictObject({ token: z.string().max(100), kind }), input);
    return opened(desk, await redeemLink(desk.accounts, token, as));
  },
  "POST /sign-in": async (desk, _request, input) => {
    const who = read(z.strictObject({ name, password, kind }), input);
    return opened(desk, await signInWithPassword(desk.accounts, desk.signIns, who));
  },
  "POST /passkey-sign-in/options": async (desk) => ({ body: plain(await passkeyToAsk(desk, null)) }),
  "POST /passkey-sign-in": async (desk, _request, input) => {
    const { key, answer } = read(z.strictObject({ key: z.string().max(60), answer: assertionAnswer }), input);
    return opened(desk, await signInWithPasskey(desk, key, answer));
  },
  "POST /end": async (desk, request) => {
    await endSession(desk.accounts, await demandUser(desk.accounts, request));
    return { body: {}, cookies: [setCookie(desk.accounts.listen, "", 0)] };
  },
  "POST /presence": async (desk, request, input) => {
    const caller = await demandUser(desk.accounts, request);
    const given = read(z.strictObject({ password }), input).password;
    return { body: { presentUntil: await confirmPassword(desk.accounts, desk.presence, caller, given) } };
  },
  "POST /passkey-presence/options": async (desk, request) => {
    const caller = await demandUser(desk.accounts, request);
    return { body: plain(await passkeyToAsk(desk, caller)) };
  },
  "POST /passkey-presence": async (desk, request, input) => {
    const caller = await demandUser(desk.accounts, request);
    const { answer } = read(z.strictObject({ answer: assertionAnswer }), input);
    return { body: { presentUntil: await confirmPasskey(desk, caller, answer) } };
  },
  "POST /password": async (desk, request, input) => {
    const caller = await demandUser(desk.accounts, request);
    const given = read(z.strictObject({ password }), input).password;
    return { body: { presentUntil: await setPassword(desk.accounts, caller, given) } };
  },
  "POST /passkeys/options": async (desk, request) => {
    const caller = await demandUser(desk.accounts, request);
    return { body: { options: plain(await passkeyToAdd(desk, caller)) } };
  },
  "POST /passkeys": async (desk, request, input) => {
    const caller = await demandUser(desk.accounts, request);
    const given = read(
      z.strictObject({ answer: registrationAnswer, name: z.string().min(1).max(60) }),
      input,
    );
    return { body: { presentUntil: await keepPasskey(desk, caller, given.answer, given.name) } };
  },
  "GET /provider": async ({ provider }) => ({ body: { host: provider?.host ?? null } }),
  "POST /provider": async (desk, request, input) => {
    const { purpose } = read(purposeInput, input);
    const caller = await callerFor(desk, request, purpose);
    const { url, ticket, cookie } = await providerOf(desk).begin(caller);
    return { body: { url, ticket }, cookies: [cookie] };
  },
  "POST /device": async (desk, request, input) => {
    const { purpose } = read(purposeInput, input);
    const caller = await callerFor(desk, request, purpose);
    return { body: plain(await providerOf(desk).beginDevice(caller)) };
  },
  "POST /device/poll": async (desk, request, input) => {
    const { purpose, ticket } = read(deviceInput, input);
    const caller = await callerFor(desk, request, purpose);
    const polled = await providerOf(desk).pollDevice(ticket, caller);
    if (polled.kind === "waiting") return { body: { waiting: true, intervalS: polled.intervalS } };
    if (caller !== null) return { body: { presentUntil: await notePresence(desk.accounts, caller) } };
    return opened(desk, await openSession(desk.accounts, polled.user, "cli", false));
  },
  "GET /callback": async (desk, request) => {
    await providerOf(desk).takeBack(request);
    // INVARIANT: always our own front page. The script there collects what came of it, with its ticket.
    return { body: {}, location: `${consoleOrigin(desk.accounts.listen)}/` };
  },
  "POST /provider/finish": async (desk, request, input) => {
    const session = await providerOf(desk).finish(request, read(ticketInput, input).ticket);
    const { body, cookies = [] } = await opened(desk, session);
    return { body, cookies: [...cookies, setFlowCookie(desk.accounts.listen, "", 0)] };
  },
  "POST /provider/presence": async (desk, request, input) => {
    const caller = await demandUser(desk.accounts, request);
    const { ticket } = read(ticketInput, input);
    const presentUntil = await providerOf(desk).finishPresence(request, ticket, caller);
    return { body: { presentUntil }, cookies: [setFlowCookie(desk.accounts.listen, "", 0)] };
  },
};

const purposeInput = z.strictObject({ purpose: z.enum(["sign-in", "presence"]) });
const deviceInput = purposeInput.extend({ ticket: z.string().max(100) });

/** Who shows presence must be signed in; who signs in need not be anybody yet. */
async function callerFor(
  desk: Desk,
  request: IncomingMessage,
  purpose: "sign-in" | "presence",
): Promise<Caller | null> {
  return purpose === "presence" ? demandUser(desk.accounts, request) : null;
}

const ticketInput = z.strictObject({ ticket: z.string().max(100) });

function providerOf({ provider }: Desk): Provider {
  if (provider !== null) return provider;
  throw new Fault(
    "provider_unset",
    "no identity provider is configured",
    "Sign in as a local user, or set `identityProvider` in doorward.yaml.",
  );
}

/** The console gets its secret as a cookie only; the command line, which has no cookie jar, in the body. */
async function opened(desk: Desk, session: OpenedSession): Promise<Reply> {
  const user = await describe(desk, session.caller);
  const lifeS = Math.floor((session.expiresAt - desk.accounts.ambient.now()) / 1_000);
  if (session.proof === null)
    return { body: { ...user, token: session.secret, expiresAt: session.expiresAt } };
  const cookie = setCookie(desk.accounts.listen, session.secret, lifeS);
  return { body: { ...user, proof: session.proof, expiresAt: session.expiresAt }, cookies: [cookie] };
}

async function describe(desk: Desk, caller: Caller): Promise<{ readonly [key: string]: Json }> {
  const { issuer, hasPassword, passkeys } = await credentialsOf(desk.accounts, caller.user);
  const present = isPresent(caller, desk.accounts.ambient.now());
  return {
    user: caller.user,
    name: caller.name,
    roles: caller.roles,
    groups: caller.groups,
    presentUntil: present ? caller.presentUntil : 0,
    session: sessionName(caller.credential),
    hasPassword,
    passkeys: passkeys.length,
    provider: issuer === desk.provider?.issuer ? desk.provider.host : null,
  };
}

function read<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  const where = first === undefined || first.path.length === 0 ? "the body" : first.path.join(".");
  throw new Fault(
    "input_invalid",
    `${where}: ${first?.message ?? "not as asked"}`,
    "Send what this route asks for.",
  );
}

/** WebAuthn options as plain JSON: the library's types carry optional undefined fields. */
function plain(options: object): Json {
  return z.json().parse(JSON.parse(JSON.stringify(options)));
}
