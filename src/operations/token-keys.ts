import { z } from "zod";
import { commitBatch, entry, isoTime } from "./change.ts";
import { time } from "./fields.ts";
import { write } from "./operation.ts";

export const tokensRotateKey = write({
  name: "tokens.rotate-key",
  summary: "Sign the tokens that agents get at /oauth/token with a new key from now on",
  permission: "users.write",
  presence: true,
  input: z.strictObject({
    revoke: z
      .boolean()
      .default(false)
      .describe("Refuse at once what the one before signed: where it may have leaked"),
  }),
  output: z.object({ madeAt: time, revoked: z.boolean() }),
  examples: ["tokens rotate-key", "tokens rotate-key --revoke"],
  async plan(_context, { revoke }) {
    return {
      would: `make a new key for delegated tokens${revoke ? ", and refuse those of the one before" : ""}`,
      async commit(committing) {
        const subject = `token-key:${isoTime(committing.ambient.now())}`;
        await commitBatch(committing, {
          entries: [entry(committing, "token-key.rotated", subject, { revoked: revoke })],
        });
        const { madeAt } = committing.tokenKeys.rotate(revoke);
        return { madeAt: isoTime(madeAt), revoked: revoke };
      },
    };
  },
});
