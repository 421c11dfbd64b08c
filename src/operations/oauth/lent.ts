import { type Certificate, oauthFault } from "#identity";
import { type DelegationRow, pathTo, statusOf } from "../delegation-rows.ts";
import type { Acting, OAuthOutside } from "./outside.ts";

/** RFC 8693, section 3. */
export const TOKEN_TYPES = {
  access: "urn:ietf:params:oauth:token-type:access_token",
  id: "urn:ietf:params:oauth:token-type:id_token",
  jwt: "urn:ietf:params:oauth:token-type:jwt",
} as const;

/** A token exchange as it was asked for, by an agent that has proved who it is. */
export interface Exchange {
  readonly agent: Acting;
  readonly subjectToken: string;
  readonly subjectType: string;
  /** `requested_token_type`; null: whichever there is. */
  readonly requestedType: string | null;
  readonly resources: readonly string[];
  /** `urn:doorward:agent:NAME`: whom to hand a part of the subject token's delegation to; null: nobody. */
  readonly audience: string | null;
  readonly scope: string | null;
  readonly details: string | null;
  /** Of the key that proved this request; null: none did. */
  readonly thumbprint: string | null;
  /** The client certificate of the connection that this was asked over; null: none. */
  readonly certificate: Certificate | null;
}

/** The answer of RFC 8693, 2.2.1. */
export interface Exchanged {
  readonly access_token: string;
  readonly issued_token_type: string;
  readonly token_type: "Bearer" | "DPoP" | "N_A";
  readonly expires_in: number;
  readonly scope?: string;
  readonly authorization_details: readonly object[];
}

/** One of which every step up to the user is in force. */
export async function activeDelegation(outside: OAuthOutside, id: string): Promise<DelegationRow> {
  const path = await pathTo(outside, id);
  const now = outside.ambient.now();
  const row = path.at(-1);
  if (
    row === undefined ||
    path[0]?.parent_id !== null ||
    path.some((step) => statusOf(step, now) !== "active")
  )
    throw oauthFault("access_denied", "the delegation has ended, or is used up");
  return row;
}

export function nowS({ ambient }: OAuthOutside): number {
  return Math.floor(ambient.now() / 1_000);
}

/** Never beyond the delegation itself. */
export function lifeOf(outside: OAuthOutside, row: DelegationRow, mostS: number): number {
  return Math.max(1, Math.min(mostS, Math.floor(row.expires_at / 1_000) - nowS(outside)));
}
