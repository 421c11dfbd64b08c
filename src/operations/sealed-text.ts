import type { JsonObject } from "#base";
import { commit as commitment, type PayloadDraft } from "#ledger";
import type { OperationContext } from "./context.ts";

const SALT_BYTES = 32;

/** A person's words for the record: the commitment for the entry's body, and the words sealed under their own key. */
export function sealedText(
  { ambient, caller }: Pick<OperationContext, "ambient" | "caller">,
  name: string,
  text: string,
): { readonly body: JsonObject; readonly payloads: readonly PayloadDraft[] } {
  const bytes = Buffer.from(text, "utf8");
  const salt = ambient.random(SALT_BYTES);
  const said = { bytes: bytes.length, sha256: commitment(bytes, salt), stored: true };
  return { body: { [name]: said }, payloads: [{ name, person: caller.user, salt, bytes }] };
}
