import { z } from "zod";
import { Fault } from "#base";
import { type ConnectProvider, isSafe } from "#vault";
import type { ReadContext } from "./context.ts";
import { boundsText, invalid } from "./vault-input.ts";
import { demandVault } from "./vault-rows.ts";

/** Tells the console's page whose answer it holds: no server's name begins so. */
export const STATE_PREFIX = "@connect.";

interface Issuing {
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  readonly to?: readonly string[] | undefined;
  readonly scopes: readonly string[];
  readonly allowPrivate: boolean;
}

/** A public client of an issuer that the person names: what has a secret is an admin's to name in doorward.yaml. */
export function providerFrom(
  name: string,
  { issuer = "", clientId, to, scopes, allowPrivate }: Issuing,
): ConnectProvider {
  if (clientId === undefined || to === undefined)
    throw invalid("an issuer needs a client id and where its tokens may go (--client-id, --to)");
  if (!isSafe(issuer, allowPrivate))
    throw invalid("issuer is not an https URL (plain http only with allowPrivate)");
  boundsText(to);
  return { name, issuer, endpoints: null, clientId, clientSecretFile: null, scopes, to, allowPrivate };
}

/** A provider as a journey keeps it: whoever comes back comes back to the same one, whatever was set meanwhile. */
export const DRAFT = z.object({
  name: z.string(),
  issuer: z.string().nullable(),
  endpoints: z.object({
    authorizeUrl: z.string(),
    tokenUrl: z.string(),
    revokeUrl: z.string().nullable(),
    deviceUrl: z.string().nullable().default(null),
    namesItself: z.boolean(),
    clientAuth: z.enum(["basic", "post"]),
  }),
  clientId: z.string(),
  clientSecretFile: z.string().nullable(),
  scopes: z.array(z.string()),
  to: z.array(z.string()),
  allowPrivate: z.boolean(),
});

export function findProvider(context: Pick<ReadContext, "vault">, name: string): ConnectProvider {
  const { providers } = demandVault(context).connecting;
  const found = providers.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new Fault(
    "provider_unknown",
    `doorward.yaml names no provider ${name}`,
    `Name it under vault.providers with the client id that it gave Doorward (docs/guide/vault.md); there are: ${providers.map((one) => one.name).join(", ") || "none"}.`,
  );
}

/** What a provider may say once (RFC 6749, 4.1.2; RFC 9207, 2). Throws `connection_callback_invalid`; never repeats it. */
export function answerOf(callback: string): {
  readonly code: string;
  readonly state: string;
  readonly issuer: string | null;
} {
  const text = callback.trim().replace(/#.*$/s, "");
  const query = new URLSearchParams(text.slice(text.indexOf("?") + 1));
  const [code, state, issuers] = [query.getAll("code"), query.getAll("state"), query.getAll("iss")];
  const [one, named] = [code[0], state[0]];
  if (
    code.length === 1 &&
    state.length === 1 &&
    issuers.length <= 1 &&
    one !== undefined &&
    named?.startsWith(STATE_PREFIX) === true
  )
    return { code: one, state: named, issuer: issuers[0] ?? null };
  const refusal = /^[a-z_]{1,60}$/.exec(query.get("error") ?? "")?.[0];
  throw new Fault(
    "connection_callback_invalid",
    refusal === undefined
      ? "the address does not hold one state and one code"
      : `the provider says ${refusal}`,
    "Connect again, agree there, and give the whole address that the provider sent your browser to.",
  );
}

/** RFC 9207, 2.4; RFC 9700, 4.4: a code of one provider is not carried to another. */
export function anotherIssuer(name: string): Fault {
  return new Fault(
    "connection_callback_invalid",
    `the answer does not come from ${name}, or does not say so as it should`,
    "Connect again, and agree at the provider that the link leads to.",
  );
}
