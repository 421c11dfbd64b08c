import { parseRequirement } from "#approvals";
import type { Caller } from "#identity";
import { isOffered, mayGrant, userIdOf } from "#operations";
import { callerAs } from "./caller.ts";
import type { CourierOutside } from "./outside.ts";
import type { LookedAt } from "./requests.ts";
import { moreIsGiven, NO_MORE } from "./sayings.ts";

// More than one call is never let through from a platform: a card's button leads to the page where it is given, with the scope
// chosen there. What it comes to is said first.

/** Looks for Doorward itself: has no rights, and none are asked. */
const NOBODY = { id: userIdOf("usr_nobody"), name: "doorward", roles: [], groups: [], isDisabled: false };

/** Whether a card may have the button: one yes answers it, and its rules let it reach further. Who taps is asked again. */
export async function mayOfferGrant(outside: CourierOutside, { row, approval }: LookedAt): Promise<boolean> {
  const needed = approval.groups.reduce((sum, text) => sum + parseRequirement(text).count, 0);
  return needed === 1 && isOffered(outside.contextOf(callerAs(NOBODY, "api")), row);
}

/** What whoever tapped is told: what the page proposes first, and the way there. Nothing is given by it. */
export async function grantTold(
  outside: CourierOutside,
  { row }: LookedAt,
  { caller, link }: { readonly caller: Caller; readonly link: string },
): Promise<string> {
  const terms = await mayGrant(outside.contextOf(caller), row);
  const scope = terms?.scopes[0];
  if (terms === null || scope === undefined) return NO_MORE;
  const at = new URL(link);
  at.searchParams.set("grant", scope);
  return moreIsGiven({ ...terms, scope }, at.href);
}
