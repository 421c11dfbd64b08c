import { z } from "zod";
import type { Json } from "#base";
import { refused, type ScimAnswer } from "./scim-answers.ts";

const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/** Some directories write the boolean as a text. */
const flag = z.union([
  z.boolean(),
  z.enum(["True", "False", "true", "false"]).transform((text) => /^t/i.test(text)),
]);
const change = z.object({ op: z.string(), path: z.string().optional(), value: z.unknown().optional() });
/** Names of attributes are the same in any case, with and without their schema (RFC 7643, 2.1; RFC 7644, 3.10). */
const ACTIVE = /^(?:urn:ietf:params:scim:schemas:core:2\.0:User:)?active$/i;
const patch = z.object({
  schemas: z.array(z.string()).refine((named) => named.includes(PATCH)),
  Operations: z.array(change).min(1).max(20),
});
const put = z.object({ active: z.unknown() }).refine((body) => body.active !== undefined);

/** What the body of a PATCH or PUT says of `active`, which is all that is taken here; or why it is refused. */
export function activeIn(body: Json): boolean | ScimAnswer {
  const whole = put.safeParse(body);
  if (whole.success) return flagOf([whole.data.active]);
  const parts = patch.safeParse(body);
  if (!parts.success) return refused("invalidSyntax", "this is neither a PatchOp nor a user with active");
  // What else a directory changes in the same breath must not keep a leaver in.
  const sets = parts.data.Operations.filter(({ op }) => /^(?:replace|add)$/i.test(op));
  return flagOf(sets.map(({ path, value }) => activeOf(path, value)).filter((said) => said !== undefined));
}

function flagOf(said: readonly unknown[]): boolean | ScimAnswer {
  const last = said.map((one) => flag.safeParse(one)).findLast((one) => one.success);
  if (last?.success === true) return last.data;
  return said.length === 0
    ? refused("mutability", "nothing but active is taken here")
    : refused("invalidValue", "active is true or false");
}

/** Undefined where this says nothing of it. */
function activeOf(path: string | undefined, value: unknown): unknown {
  if (path !== undefined) return ACTIVE.test(path) ? (value ?? null) : undefined;
  return Object.entries(Object(value)).find(([name]) => ACTIVE.test(name))?.[1];
}
