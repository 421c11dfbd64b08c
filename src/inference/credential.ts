import { Fault } from "#base";
import type { Credential } from "./configuration.ts";
import { createGoogleTokens, GOOGLE_TOKEN_URL, type GoogleTokens, serviceAccountOf } from "./google.ts";
import { createRedactor, type Redactor } from "./redact.ts";
import type { Ground } from "./ground.ts";

/** What goes into one request, and how it is kept out of the answer. */
export interface Injection {
  readonly headers: Readonly<Record<string, string>>;
  readonly redactor: Redactor | null;
}

/** The one place that holds an upstream's secret in clear. */
export interface Injector {
  /** Throws `google_*`. */
  readonly inject: () => Promise<Injection>;
  /** It was refused (401): a token is not used again. */
  readonly refused: () => void;
}

const NOTHING: Injection = { headers: {}, redactor: null };

const always = (injection: Injection): Injector => ({ inject: async () => injection, refused: () => {} });

/** `secret` is the key, or the service account's file; unused for `none`. Throws `service_account_invalid`, `google_host_refused`. */
export function createInjector(
  credential: Credential,
  { secret, url }: { readonly secret: string; readonly url: string },
  ground: Ground,
): Injector {
  if (credential.type === "none") return always(NOTHING);
  const redactor = credential.type === "google" ? null : createRedactor(secret);
  if (credential.type === "header") return always({ headers: { [credential.header]: secret }, redactor });
  if (credential.type === "bearer")
    return always({ headers: { authorization: `Bearer ${secret}` }, redactor });
  demandGoogle(url, ground);
  return googleInjector(createGoogleTokens(serviceAccountOf(secret), ground));
}

function googleInjector(tokens: GoogleTokens): Injector {
  let last: { readonly token: string; readonly injection: Injection } | null = null;
  return {
    inject: async () => {
      const token = await tokens.token();
      if (last?.token !== token) {
        const headers = { authorization: `Bearer ${token}` };
        last = { token, injection: { headers, redactor: createRedactor(token) } };
      }
      return last.injection;
    },
    refused: tokens.forget,
  };
}

/** A token opens everything of the account at Google: no other host is given one. */
function demandGoogle(url: string, { tokenUrl }: Ground): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" && hostname.endsWith(".googleapis.com")) return;
  if (tokenUrl !== GOOGLE_TOKEN_URL && hostname === new URL(tokenUrl).hostname) return;
  throw new Fault(
    "google_host_refused",
    `${hostname} is no host of Google's, and a service account's token is sent to no other`,
    "Add it with --project and --location, or with a key in place of the service account.",
  );
}
