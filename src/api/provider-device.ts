import { genericGrantRequest, initiateDeviceAuthorization } from "openid-client";
import { z } from "zod";
import { Fault } from "#base";
import { type Caller, hashSecret, mintSecret } from "#identity";
import type { AccountsOutside } from "#operations";
import type { UserId } from "#vocabulary";
import { refused } from "./provider-claims.ts";
import type { ProviderClient, ProviderSettings } from "./provider-client.ts";
import { createShelf, type Shelf } from "./provider-flows.ts";
import { another, codeOf, faultOf, userBehind } from "./provider-user.ts";

/** Terminals that wait for their person, at once. */
const DEVICES_MAX = 1_024;
/** Questions to the provider at once. */
const ASKING_MAX = 16;
/** However long the provider would wait. */
const DEVICE_MS_MAX = 15 * 60_000;
/** RFC 8628, 3.2 and 3.5: seconds between two questions where the provider says nothing, and by how many a `slow_down` adds. */
const INTERVAL_S = 5;
const SLOWER_S = 5;
const INTERVAL_S_MAX = 60;
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** What a terminal shows, and the ticket that it asks again with. */
export interface Begun {
  readonly ticket: string;
  readonly userCode: string;
  readonly address: string;
  /** With the code in it; null where the provider offers none. */
  readonly wholeAddress: string | null;
  readonly intervalS: number;
  readonly expiresInS: number;
}

export type Polled =
  | { readonly kind: "waiting"; readonly intervalS: number }
  | { readonly kind: "came"; readonly user: UserId };

/** Signing in, or showing presence, from where there is no browser: the device authorization grant (RFC 8628). */
export interface Devices {
  /** With a caller: to show presence. Throws `device_flow_unavailable`, `provider_unreachable`, `provider_refused`. */
  readonly begin: (caller: Caller | null) => Promise<Begun>;
  /** Throws `device_flow_over`, `presence_refused`, `provider_user_not_added`, and as `begin`. */
  readonly poll: (ticket: string, caller: Caller | null) => Promise<Polled>;
}

interface Flow {
  readonly deviceCode: string;
  readonly startedAtS: number;
  /** Hash of the user session whose presence is to be shown; null: a sign-in. */
  readonly session: string | null;
  intervalS: number;
  /** Not before this is the provider asked again, on the monotonic clock. */
  nextAt: number;
}

interface Desk {
  readonly accounts: AccountsOutside;
  readonly settings: ProviderSettings;
  readonly client: ProviderClient;
}

export function createDevices(desk: Desk): Devices {
  const { ambient } = desk.accounts;
  const flows = createShelf<Flow>(ambient, { thingsMax: DEVICES_MAX, lifeMs: DEVICE_MS_MAX });
  let asking = 0;
  return {
    begin: (caller) => begin(desk, flows, caller),
    poll: async (ticket, caller) => {
      const key = hashSecret(ticket);
      const flow = flows.see(key);
      // A ticket to show presence is of no use to another session, nor to sign in with.
      if (flow === null || flow.session !== (caller?.credential ?? null)) throw over();
      const isEarly = ambient.monotonic() < flow.nextAt;
      if (isEarly || asking >= ASKING_MAX) return { kind: "waiting", intervalS: flow.intervalS };
      // Set before it is asked: two questions of one terminal are never under way.
      flow.nextAt = ambient.monotonic() + flow.intervalS * 1_000;
      asking += 1;
      const polled = await asked(desk, flow).finally(() => (asking -= 1));
      if (polled.kind === "waiting") return polled;
      const taken = flows.take(key);
      if (polled.kind === "failed") throw polled.fault;
      // Two answers to one code: the second finds it taken.
      if (taken === null) throw over();
      if (caller !== null && polled.user !== caller.user) throw another();
      return polled;
    },
  };
}

/** `prompt` and `max_age` ask for a new authentication; whether there was one, `auth_time` says in the end. */
async function begin(desk: Desk, flows: Shelf<Flow>, caller: Caller | null): Promise<Begun> {
  const { accounts, settings } = desk;
  const { ambient } = accounts;
  const configuration = await desk.client.configuration();
  if (configuration.serverMetadata().device_authorization_endpoint === undefined) throw unavailable();
  const startedAtS = Math.floor(ambient.now() / 1_000);
  // One second and not none: where 0 is read as `prompt=login` alone, no `auth_time` would come of it.
  const fresh: Record<string, string> = caller === null ? {} : { prompt: "login", max_age: "1" };
  const answer = await initiateDeviceAuthorization(configuration, {
    scope: settings.scopes.join(" "),
    ...fresh,
  }).catch((cause: unknown) => {
    throw faultOf(cause);
  });
  const ticket = mintSecret("flow-ticket", ambient);
  const intervalS = Math.min(answer.interval ?? INTERVAL_S, INTERVAL_S_MAX);
  flows.put(ticket.hash, {
    deviceCode: answer.device_code,
    startedAtS,
    session: caller?.credential ?? null,
    intervalS,
    nextAt: ambient.monotonic() + intervalS * 1_000,
  });
  return {
    ticket: ticket.text,
    userCode: userCode(answer.user_code),
    address: address(answer.verification_uri, settings),
    wholeAddress:
      answer.verification_uri_complete === undefined
        ? null
        : address(answer.verification_uri_complete, settings),
    intervalS,
    expiresInS: Math.min(answer.expires_in, DEVICE_MS_MAX / 1_000),
  };
}

type Asked = Polled | { readonly kind: "failed"; readonly fault: Fault };

async function asked(desk: Desk, flow: Flow): Promise<Asked> {
  try {
    const configuration = await desk.client.configuration();
    const tokens = await genericGrantRequest(configuration, GRANT, { device_code: flow.deviceCode });
    const { startedAtS, session } = flow;
    const user = await userBehind(desk, tokens.claims(), { startedAtS, fresh: session !== null });
    return { kind: "came", user };
  } catch (cause) {
    const code = cause instanceof Fault ? null : codeOf(cause);
    if (code === "slow_down") flow.intervalS = Math.min(flow.intervalS + SLOWER_S, INTERVAL_S_MAX);
    if (code === "slow_down" || code === "authorization_pending")
      return { kind: "waiting", intervalS: flow.intervalS };
    if (code === "expired_token") return { kind: "failed", fault: over() };
    return { kind: "failed", fault: code === "access_denied" ? declined() : faultOf(cause) };
  }
}

/** Shown in a terminal, and typed in by a person. */
const CODE = z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/);

function userCode(text: string): string {
  const parsed = CODE.safeParse(text);
  if (parsed.success) return parsed.data;
  throw refused("its code cannot be typed (user_code)");
}

/** A person opens it in a browser, on our word. */
function address(text: string, { issuer }: ProviderSettings): string {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "https:" || url.origin === new URL(issuer).origin)) return url.href;
  throw refused("its address to confirm at is no https address (verification_uri)");
}

function unavailable(): Fault {
  return new Fault(
    "device_flow_unavailable",
    "the identity provider does not let a terminal be signed in (RFC 8628, device authorization)",
    "Switch it on for Doorward's client at the provider, or sign in to the console and make a token there: Sign-ins.",
  );
}

function declined(): Fault {
  return new Fault(
    "provider_refused",
    "it was declined at the identity provider",
    "Run the command again, and confirm there if it was you.",
  );
}

function over(): Fault {
  return new Fault(
    "device_flow_over",
    "the code is over, was used, or is another terminal's",
    "Run the command again: it shows a new code.",
  );
}
