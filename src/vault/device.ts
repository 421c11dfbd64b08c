import { z } from "zod";
import { Fault } from "#base";
import { isSafe } from "./discovery.ts";
import type { Secret } from "./messages.ts";
import { askedFor, jsonOf, kept, mustConnect, originOf, type Reach, scopesOf, TOKENS } from "./oauth.ts";
import type { SettingsOf } from "./settings.ts";

type OAuthSettings = SettingsOf<"oauth">;

const INTERVAL_S = 5;
const INTERVAL_S_MIN = 1;
const LIFE_S_MAX = 86_400;

/** RFC 8628, 3.2. Google says `verification_url`. What a person is to read is of a closed alphabet, and short. */
const DEVICE = z.object({
  device_code: z.string().min(1).max(4_000),
  user_code: z.string().regex(/^[\x21-\x7e]{1,64}$/),
  verification_uri: z.string().max(2_000).optional(),
  verification_url: z.string().max(2_000).optional(),
  expires_in: z.coerce.number().positive(),
  interval: z.coerce.number().nonnegative().optional(),
});

export interface BegunDevice {
  /** What a person types at the provider, and where. */
  readonly userCode: string;
  readonly url: string;
  readonly expiresInMs: number;
  readonly everyMs: number;
  /** With the device's code, which is nobody's to see. */
  readonly secret: Secret;
}

/**
 * Asks a provider for a code that a person types elsewhere (RFC 8628, 3.1). Throws `oauth_refused` and `oauth_unreachable`, the first
 * also where what it answers is no such thing or sends the person to a place that is not safe.
 */
export async function deviceBegun(
  settings: OAuthSettings,
  secret: Secret,
  { deviceUrl, reach }: { readonly deviceUrl: string; readonly reach: Reach },
): Promise<BegunDevice> {
  const form: Record<string, string> =
    settings.scopes.length === 0 ? {} : { scope: settings.scopes.join(" ") };
  // The client's name stands in the form also where its secret does not (RFC 8628, 3.1).
  const answer = await askedFor(settings, deviceUrl, secret, {
    reach,
    form: { client_id: settings.clientId, ...form },
  });
  const parsed = DEVICE.safeParse(jsonOf(answer.text));
  if (answer.status >= 300 || !parsed.success) throw mustConnect(settings, answer);
  const said = parsed.data;
  const url = said.verification_uri ?? said.verification_url ?? "";
  if (!isSafe(url, settings.allowPrivate)) throw placeUnsafe(settings);
  const lifeS = Math.min(said.expires_in, LIFE_S_MAX);
  // RFC 8628, 3.5: never more often than the provider wants, however seldom that is.
  const everyS = Math.min(Math.max(said.interval ?? INTERVAL_S, INTERVAL_S_MIN), lifeS);
  return {
    userCode: said.user_code,
    url,
    expiresInMs: lifeS * 1_000,
    everyMs: everyS * 1_000,
    secret: { ...secret, deviceCode: said.device_code },
  };
}

export type Polled =
  | { readonly kind: "granted"; readonly secret: Secret; readonly scopes: readonly string[] | null }
  /** The person has not answered yet; `slower`: the provider was asked too often, or could not be. */
  | { readonly kind: "pending"; readonly slower: boolean };

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** Asks once whether the person agreed (RFC 8628, 3.4 and 3.5). Throws `connection_denied`, `connection_unknown`, `oauth_refused`. */
export async function devicePolled(
  settings: OAuthSettings,
  { deviceCode = "", ...client }: Secret,
  { reach, now }: { readonly reach: Reach; readonly now: number },
): Promise<Polled> {
  const form = { grant_type: GRANT, device_code: deviceCode, client_id: settings.clientId };
  const answer = await askedFor(settings, settings.tokenUrl, client, { reach, form }).catch(
    (cause: unknown) => {
      // RFC 8628, 3.5: where it cannot be reached, it is asked less often.
      if (cause instanceof Fault && cause.code === "oauth_unreachable") return null;
      throw cause;
    },
  );
  if (answer === null) return { kind: "pending", slower: true };
  const tokens = TOKENS.safeParse(jsonOf(answer.text));
  if (answer.status < 300 && tokens.success && /^bearer$/i.test(tokens.data.token_type))
    return { kind: "granted", secret: kept(client, tokens.data, now), scopes: scopesOf(tokens.data) };
  const said = z.object({ error: z.string() }).safeParse(jsonOf(answer.text)).data?.error;
  if (said === "authorization_pending") return { kind: "pending", slower: false };
  if (said === "slow_down") return { kind: "pending", slower: true };
  if (said === "access_denied") throw denied(settings);
  if (said === "expired_token") throw deviceOver();
  throw mustConnect(settings, answer);
}

function denied({ tokenUrl }: OAuthSettings): Fault {
  return new Fault(
    "connection_denied",
    `somebody said no at the provider at ${originOf(tokenUrl)}`,
    "Nothing was connected. Where that was a mistake, connect again: `doorward connect PROVIDER --device`.",
  );
}

/** The code was typed too late, or never. */
export function deviceOver(): Fault {
  return new Fault(
    "connection_unknown",
    "no connection of yours waits for this answer: it was used, or took too long",
    "Connect again: `doorward connect PROVIDER --device`.",
  );
}

function placeUnsafe({ tokenUrl }: OAuthSettings): Fault {
  return new Fault(
    "oauth_refused",
    `the provider at ${originOf(tokenUrl)} names no safe place to type its code at`,
    "Connect with a browser: `doorward connect PROVIDER`.",
  );
}
