import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  type IDToken,
} from "openid-client";
import { Fault } from "#base";
import {
  type Caller,
  consoleOrigin,
  flowCookie,
  hashSecret,
  mintSecret,
  type RequestHead,
  sameSecret,
  setFlowCookie,
} from "#identity";
import { type AccountsOutside, notePresence, openSession, type OpenedSession } from "#operations";
import type { UserId } from "#vocabulary";
import { refused } from "./provider-claims.ts";
import { createProviderClient, type ProviderClient, type ProviderSettings } from "./provider-client.ts";
import { type Begun as DeviceBegun, createDevices, type Polled } from "./provider-device.ts";
import { createShelf, type Shelf } from "./provider-flows.ts";
import { another, faultOf, userBehind } from "./provider-user.ts";

/** Sign-ins on their way to the provider and back, at once. */
export const FLOWS_MAX = 4_096;
export const FLOW_MS = 10 * 60_000;
/** Between the provider's answer and the console's script collecting it. */
const RESULT_MS = 60_000;
/** Codes being exchanged at once: each is a request of ours to the provider. */
const EXCHANGES_MAX = 16;
const RANDOM_BYTES = 32;

/** OpenID Connect, authorization code flow with PKCE, state and nonce: one per install. */
export interface Provider {
  /** The host that people know the provider by. */
  readonly host: string;
  readonly issuer: string;
  /** Begins a sign-in, or (with a caller) a proof of presence. The script goes to `url` and keeps `ticket`. */
  readonly begin: (caller: Caller | null) => Promise<Begun>;
  /** Takes the browser back from the provider. What came of it is for `finish`; throws where no flow was found. */
  readonly takeBack: (request: RequestHead) => Promise<void>;
  /** Opens the session. Throws what went wrong on the way. */
  readonly finish: (request: RequestHead, ticket: string) => Promise<OpenedSession>;
  /** Notes presence for the caller that began; answers until when it counts. */
  readonly finishPresence: (request: RequestHead, ticket: string, caller: Caller) => Promise<number>;
  /** The same for a terminal, which has no browser: RFC 8628. */
  readonly beginDevice: (caller: Caller | null) => Promise<DeviceBegun>;
  readonly pollDevice: (ticket: string, caller: Caller | null) => Promise<Polled>;
}

export interface Begun {
  readonly url: string;
  readonly ticket: string;
  readonly cookie: string;
}

interface Flow {
  readonly state: string;
  readonly cookieHash: string;
  readonly ticketHash: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly startedAtS: number;
  /** Hash of the user session whose presence is to be shown; null: a sign-in. */
  readonly session: string | null;
}

interface Result {
  readonly flow: Flow;
  readonly came: UserId | Fault;
}

interface Desk {
  readonly accounts: AccountsOutside;
  readonly settings: ProviderSettings;
  readonly client: ProviderClient;
  /** By state. */
  readonly flows: Shelf<Flow>;
  /** By hash of the ticket. */
  readonly results: Shelf<Result>;
}

export function createProvider(accounts: AccountsOutside, settings: ProviderSettings): Provider {
  const { ambient } = accounts;
  const desk: Desk = {
    accounts,
    settings,
    client: createProviderClient(settings, ambient),
    flows: createShelf(ambient, { thingsMax: FLOWS_MAX, lifeMs: FLOW_MS }),
    results: createShelf(ambient, { thingsMax: FLOWS_MAX, lifeMs: RESULT_MS }),
  };
  const devices = createDevices(desk);
  let exchanges = 0;
  return {
    beginDevice: devices.begin,
    pollDevice: devices.poll,
    host: new URL(settings.issuer).host,
    issuer: settings.issuer,
    begin: (caller) => begin(desk, caller),
    takeBack: async (request) => {
      const { flow, query } = flowOf(desk, request);
      if (exchanges >= EXCHANGES_MAX) throw busy();
      exchanges += 1;
      const came = await arrive(desk, flow, query).finally(() => (exchanges -= 1));
      desk.results.put(flow.ticketHash, { flow, came });
    },
    finish: async (request, ticket) => {
      const { flow, came } = collect(desk, request, ticket);
      if (came instanceof Fault) throw came;
      if (flow.session !== null) throw over();
      return openSession(accounts, came, "console", false);
    },
    finishPresence: async (request, ticket, caller) => {
      const { flow, came } = collect(desk, request, ticket);
      if (came instanceof Fault) throw came;
      if (flow.session !== caller.credential || came !== caller.user) throw another();
      return notePresence(accounts, caller);
    },
  };
}

/** What the provider sends the browser back to; nothing a request says has a part in it. */
export function redirectUri({ listen }: Pick<AccountsOutside, "listen">): string {
  return `${consoleOrigin(listen)}/console/session/callback`;
}

async function begin(desk: Desk, caller: Caller | null): Promise<Begun> {
  const { accounts, settings } = desk;
  const configuration = await desk.client.configuration();
  const cookie = mintSecret("flow-cookie", accounts.ambient);
  const ticket = mintSecret("flow-ticket", accounts.ambient);
  const [state, nonce, verifier] = [random(accounts), random(accounts), random(accounts)];
  desk.flows.put(state, {
    state,
    cookieHash: cookie.hash,
    ticketHash: ticket.hash,
    nonce,
    verifier,
    startedAtS: nowS(accounts),
    session: caller?.credential ?? null,
  });
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri(accounts),
    scope: settings.scopes.join(" "),
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...(caller === null ? {} : { prompt: "login", max_age: "0" }),
  });
  demandWebAddress(url, settings);
  return {
    url: url.href,
    ticket: ticket.text,
    cookie: setFlowCookie(accounts.listen, cookie.text, FLOW_MS / 1_000),
  };
}

/** The script navigates to it: a scheme of the provider's choice (`javascript:`) would run in our page. */
function demandWebAddress(url: URL, { issuer }: ProviderSettings): void {
  if (url.protocol === "https:" || url.origin === new URL(issuer).origin) return;
  throw refused("its authorization endpoint is no https address");
}

/** The flow that this browser began, taken: a second answer to it finds nothing. A stranger's answer leaves it alone. */
function flowOf(desk: Desk, request: RequestHead): { readonly flow: Flow; readonly query: string } {
  const query = /\?.*$/.exec(request.url ?? "")?.[0] ?? "";
  const states = new URLSearchParams(query).getAll("state");
  const flow = states.length === 1 ? desk.flows.see(states[0] ?? "") : null;
  if (flow === null || !isSameBrowser(desk, request, flow)) throw over();
  desk.flows.take(flow.state);
  return { flow, query };
}

function isSameBrowser(desk: Desk, request: RequestHead, flow: Flow): boolean {
  const header = request.headers["cookie"];
  const cookie = flowCookie(typeof header === "string" ? header : undefined, desk.accounts.listen);
  return cookie !== null && sameSecret(cookie, flow.cookieHash);
}

async function arrive(desk: Desk, flow: Flow, query: string): Promise<UserId | Fault> {
  try {
    const configuration = await desk.client.configuration();
    const claims = await redeem(configuration, new URL(redirectUri(desk.accounts) + query), flow);
    return await userBehind(desk, claims, { startedAtS: flow.startedAtS, fresh: flow.session !== null });
  } catch (cause) {
    return faultOf(cause);
  }
}

/** Exchanges the code. The library checks state, `iss` (RFC 9207), signature, issuer, audience, nonce and expiry. */
async function redeem(configuration: Configuration, url: URL, flow: Flow): Promise<IDToken | undefined> {
  const tokens = await authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: flow.verifier,
    expectedState: flow.state,
    expectedNonce: flow.nonce,
    idTokenExpected: true,
  });
  return tokens.claims();
}

/** INVARIANT: cookie and ticket are both needed. Another port of this host may be handed the one, never the other. */
function collect(desk: Desk, request: RequestHead, ticket: string): Result {
  const key = hashSecret(ticket);
  const result = desk.results.see(key);
  if (result === null || !isSameBrowser(desk, request, result.flow)) throw over();
  desk.results.take(key);
  return result;
}

function random({ ambient }: AccountsOutside): string {
  return Buffer.from(ambient.random(RANDOM_BYTES)).toString("base64url");
}

function nowS({ ambient }: AccountsOutside): number {
  return Math.floor(ambient.now() / 1_000);
}

function over(): Fault {
  return new Fault(
    "provider_flow_over",
    "this sign-in is over, or was begun in another browser",
    "Start again from the console page.",
  );
}

function busy(): Fault {
  return new Fault(
    "too_many_attempts",
    "too many people are signing in at this moment",
    "Try again in a moment.",
  );
}
