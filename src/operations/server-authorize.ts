import { z } from "zod";
import { Fault } from "#base";
import { objectOf } from "./columns.ts";
import { commitBatch, entry } from "./change.ts";
import { serverName } from "./fields.ts";
import { write } from "./operation.ts";
import { lookAgain, pinAnew } from "./server-look.ts";
import { findServer, serverShape, toolCounts } from "./server-rows.ts";

const CALLBACK_CHARS_MAX = 8_000;
/** What an authorization server may say once (RFC 6749, sections 3.1 and 4.1.2; RFC 9207). */
const ONCE = ["state", "code", "error", "iss"] as const;

export const serversAuthorize = write({
  name: "servers.authorize",
  summary: "Complete the authorization that an MCP server asked for, and look at the server again",
  permission: "servers.write",
  presence: true,
  input: z.strictObject({
    server: serverName,
    callback: z
      .string()
      .max(CALLBACK_CHARS_MAX)
      .describe("Where the browser was sent after you agreed: the address, or its part after the ?"),
  }),
  output: serverShape.extend({ tools: toolCounts }),
  positional: ["server", "callback"],
  examples: ["servers authorize wiki 'http://localhost:7420/console/authorize?code=…&state=wiki.…'"],
  async plan(context, { server, callback }) {
    const before = await findServer(context, server);
    const query = queryOf(callback);
    return {
      would: `hand server ${server} the answer of its authorization server, and look at it again`,
      async commit(committing) {
        const { upstreams, progress } = committing;
        progress(`Completing the authorization of ${server}`);
        await upstreams.authorize(server, query);
        await commitBatch(committing, {
          entries: [entry(committing, "server.changed", server, { change: "authorized" })],
        });
        committing.live.serversChanged(server);
        progress(`Asking ${server} what it offers`);
        return isUnseen(before.pin) ? pinAnew(committing, before) : lookAgain(committing, server);
      },
    };
  },
});

/** Whether it let nobody in when it was added: what answers after the person's yes is what that person reviews. */
function isUnseen(pin: string): boolean {
  const { kind, serverInfo } = objectOf(pin);
  return kind === "remote" && serverInfo === null;
}

/** The query of the address that the browser was sent to. Throws `server_callback_invalid`; never repeats it. */
function queryOf(callback: string): URLSearchParams {
  const text = callback.trim().replace(/#.*$/s, "");
  const query = new URLSearchParams(text.slice(text.indexOf("?") + 1));
  const isWhole = query.has("state") && (query.has("code") || query.has("error"));
  if (isWhole && ONCE.every((name) => query.getAll(name).length <= 1)) return query;
  throw new Fault(
    "server_callback_invalid",
    "the address does not hold one state and one code or error",
    "Give the whole address that the authorization server sent your browser to, in quotes.",
  );
}
