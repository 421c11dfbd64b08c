import { z } from "zod";
import { DETAILS_TYPE, oauthFault } from "#identity";
import { isWithin } from "#policy";
import type { DelegationScope } from "#vocabulary";
import { effect, verb } from "../fields.ts";

const DETAILS_CHARS_MAX = 16_384;
const names = z.array(z.string().min(1).max(300)).max(200);

/** One element of `authorization_details` (RFC 9396): which delegation, and what part of it. */
const asked = z.strictObject({
  type: z.literal(DETAILS_TYPE),
  identifier: z.string().max(60).optional(),
  servers: names.optional(),
  tools: names.optional(),
  verbs: z.array(verb).max(20).optional(),
  effects: z.array(effect).max(4).optional(),
});

export type AskedDetails = z.output<typeof asked>;

/** Throws `invalid_authorization_details`. */
export function readDetails(text: string | null): AskedDetails {
  if (text === null) return { type: DETAILS_TYPE };
  try {
    if (text.length > DETAILS_CHARS_MAX) throw new Error("too long");
    return z.tuple([asked]).parse(JSON.parse(text))[0];
  } catch (cause) {
    throw oauthFault(
      "invalid_authorization_details",
      `authorization_details is no JSON array of one object of type ${DETAILS_TYPE}`,
      cause,
    );
  }
}

/** The part of `whole` that was asked for: what is not named stays as it is. Throws where it would be more. */
export function narrowedTo(details: AskedDetails, whole: DelegationScope): DelegationScope {
  const { servers, tools, verbs, effects } = details;
  const isPlace = servers !== undefined || tools !== undefined;
  const part: DelegationScope = {
    servers: isPlace ? (servers ?? []) : whole.servers,
    tools: isPlace ? (tools ?? []) : whole.tools,
    verbs: verbs ?? whole.verbs,
    effects: effects ?? whole.effects,
  };
  if (isWithin(part, whole)) return part;
  throw oauthFault(
    "invalid_authorization_details",
    "this is more than the delegation has: an exchange only narrows",
  );
}
