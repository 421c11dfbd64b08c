import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { createEgress } from "#egress";
import type { UserId } from "#vocabulary";
import {
  addUser,
  ask,
  type ConsoleHarness,
  type Reply,
  type Signed,
  startConsole,
} from "../journeys/console-harness.ts";
import { CLIENT, type IdentityProvider, startIdentityProvider } from "./identity-provider.ts";

export const ANA = "usr_00000000000000000000000ana" as UserId;

export interface Away {
  readonly url: string;
  readonly ticket: string;
  readonly cookie: string;
}

/** A console with a real provider, a second provider that it does not know, and a person's steps between them. */
export interface SignInFlow {
  readonly provider: IdentityProvider;
  readonly second: IdentityProvider;
  readonly harness: ConsoleHarness;
  readonly addProviderUser: (
    id: UserId,
    name: string,
    who: { issuer?: string; subject: string },
  ) => Promise<void>;
  /** What the console's script does when the button is pressed; with a session, to show presence. */
  readonly leave: (signed?: Signed) => Promise<Away>;
  /** What the browser does at the provider; answers the address it is sent back to. `jar`: its cookies there. */
  readonly visit: (url: string, jar?: Map<string, string>) => Promise<URL>;
  readonly arrive: (back: URL, cookie: string) => Promise<Reply>;
  readonly finish: (
    away: Away,
    over?: { readonly cookie?: string; readonly ticket?: string },
  ) => Promise<Reply>;
  /** A whole sign-in; `change` does something to the address on the way back. */
  readonly signIn: (change?: (back: URL) => void) => Promise<Reply>;
  readonly present: (signed: Signed, away: Away) => Promise<Reply>;
  readonly session: (headers: object) => Promise<Reply>;
}

/** Opens one per test, and the providers once per file. */
export function signInFlow(): SignInFlow {
  const egress = createEgress({ ownAddresses: () => [] });
  const open: { provider?: IdentityProvider; second?: IdentityProvider; harness?: ConsoleHarness } = {};
  beforeAll(async () => {
    open.provider = await startIdentityProvider();
    open.second = await startIdentityProvider();
  });
  beforeEach(async () => {
    const { issuer } = open.provider!;
    const rules = { allowPrivate: true, bytesMax: 262_144, timeoutMs: 5_000, origin: issuer };
    open.harness = await startConsole({
      issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      scopes: ["openid"],
      groupsClaim: "groups",
      fetch: egress.fetch(rules),
    });
    for (const provider of [open.provider!, open.second!]) reset(provider, open.harness.origin);
    await addProviderUser(open.harness, ANA, "ana", { issuer, subject: "ana-at-provider" });
  });
  afterEach(async () => {
    await open.harness?.close();
  });
  afterAll(async () => {
    await Promise.all([open.provider?.close(), open.second?.close(), egress.close()]);
  });
  return flowOver(open);
}

function reset(provider: IdentityProvider, origin: string): void {
  provider.register(`${origin}/console/session/callback`);
  provider.tamper = null;
  provider.metadata = {};
  provider.device = { interval: 1 };
  provider.groups = null;
  provider.person = "ana-at-provider";
  provider.asked.length = 0;
}

function flowOver(open: {
  provider?: IdentityProvider;
  second?: IdentityProvider;
  harness?: ConsoleHarness;
}): SignInFlow {
  const post = (path: string, headers: object, body: object): Promise<Reply> =>
    ask(open.harness!, `POST /console/session/provider${path}`, { headers: { ...headers }, body });
  const flow: SignInFlow = {
    get provider() {
      return open.provider!;
    },
    get second() {
      return open.second!;
    },
    get harness() {
      return open.harness!;
    },
    addProviderUser: (id, name, who) =>
      addProviderUser(open.harness!, id, name, { issuer: open.provider!.issuer, ...who }),
    leave: async (signed) => {
      const purpose = signed === undefined ? "sign-in" : "presence";
      const reply = await post("", { ...signed }, { purpose });
      expect(reply.status).toBe(200);
      const cookie = String(reply.headers["set-cookie"]).split(";")[0] ?? "";
      return { url: String(reply.body["url"]), ticket: String(reply.body["ticket"]), cookie };
    },
    visit: (url, jar = new Map()) => visit(open.harness!.origin, url, jar),
    arrive: (back, cookie) =>
      ask(open.harness!, `GET ${back.pathname}${back.search}`, { headers: cookie === "" ? {} : { cookie } }),
    finish: (away, over = {}) => {
      const { ticket, cookie } = { ...away, ...over };
      return post("/finish", { cookie }, { ticket });
    },
    signIn: async (change = () => {}) => {
      const away = await flow.leave();
      const back = await flow.visit(away.url);
      change(back);
      const reply = await flow.arrive(back, away.cookie);
      return reply.status === 303 ? flow.finish(away) : reply;
    },
    present: (signed, { ticket, cookie }) =>
      post("/presence", { ...signed, cookie: `${signed.cookie}; ${cookie}` }, { ticket }),
    session: (headers) => ask(open.harness!, "GET /console/session", { headers: { ...headers } }),
  };
  return flow;
}

const HOPS_MAX = 10;

/** Follows the provider's redirects until the browser is sent to `home`. */
export async function visit(home: string, url: string, jar = new Map<string, string>()): Promise<URL> {
  let at = new URL(url);
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    if (at.origin === home) return at;
    const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
    const answer = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";")[0]?.split("=") ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location === null) throw new Error(`${answer.status}: ${await answer.text()}`);
    at = new URL(location, at);
  }
  throw new Error("the provider never sent the browser back");
}

async function addProviderUser(
  harness: ConsoleHarness,
  id: UserId,
  name: string,
  who: { readonly issuer: string; readonly subject: string },
): Promise<void> {
  await addUser(harness.store, id, name);
  await harness.store.query.updateTable("users").set(who).where("id", "=", id).execute();
}

/** The code of a problem, or `ok`. */
export function codeOf({ status, body }: Reply): string {
  return status === 200 ? "ok" : String(body["code"]);
}

/**
 * A person at the provider's page for devices (RFC 8628, 3.3): types the code of the address in, confirms it, and signs
 * in there. Answers what the page says in the end.
 */
export async function confirmDevice(
  wholeAddress: string,
  answer: "confirm" | "abort" = "confirm",
): Promise<string> {
  const jar = new Map<string, string>();
  const cookie = (): string => [...jar].map((pair) => pair.join("=")).join("; ");
  const send = async (url: URL | string, form: Record<string, string> | null): Promise<Response> => {
    const body = form === null ? {} : { method: "POST", body: new URLSearchParams(form) };
    const response = await fetch(url, { redirect: "manual", headers: { cookie: cookie() }, ...body });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";")[0]?.split("=") ?? [];
      jar.set(name, value);
    }
    return response;
  };
  const at = new URL(wholeAddress);
  const page = await (await send(at, null)).text();
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const code = at.searchParams.get("user_code") ?? "";
  const action = new URL(at.pathname, at);
  let response = await send(action, { xsrf, user_code: code, [answer]: "yes" });
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    const location = response.headers.get("location");
    if (location === null) return response.text();
    response = await send(new URL(location, action), null);
  }
  throw new Error("the provider never came to an end");
}
