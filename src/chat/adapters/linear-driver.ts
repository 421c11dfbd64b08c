import type { Card } from "#cards";
import { type Driver, setting, TooLong } from "./driver.ts";
import { fenced } from "./fenced.ts";
import type { SentRequest } from "./lines.ts";
import { originOf } from "./reach.ts";
import { adapterOf, ask, at, construct, SILENT, textAt } from "./sdk.ts";

/**
 * Linear by `@chat-adapter/linear`: comments of an issue, as a user of Doorward's own. Shapes: linear.app/developers/graphql and
 * linear.app/developers/webhooks (signature over the body, which has its time; the adapter's client refuses one older than a
 * minute). Linear names no limit of a comment: ours is far below what it takes.
 */
const AGE_MS_MAX = 60_000;
const TEXT_LENGTH_MAX = 50_000;

export const linearDriver: Driver = {
  package: "@chat-adapter/linear",
  reach: (given) => {
    const url = setting(given, "apiUrl");
    return url === null
      ? { hosts: ["api.linear.app"], origins: [] }
      : { hosts: [], origins: [originOf(url)] };
  },
  open: (packages, given) =>
    adapterOf(
      construct(packages, "LinearAdapter", {
        apiKey: given.secrets["apiKey"],
        // Without one nothing verifies: no request is believed.
        webhookSecret: given.secrets["webhookSecret"] ?? crypto.randomUUID(),
        mode: "comments",
        logger: SILENT,
        ...(setting(given, "apiUrl") === null ? {} : { apiUrl: setting(given, "apiUrl") }),
      }),
    ),
  probe: async (adapter) => {
    const said = await ask(adapter, "fetchClientIdentity", at(adapter, "defaultClient"));
    const id = textAt(said, "botUserId");
    if (id === null) throw new Error("Linear named no user for this key");
    return { id, name: textAt(said, "displayName") ?? id, tenant: textAt(said, "organizationId") };
  },
  screen: aged,
  render: (card) => ({ raw: bodyOf(card) }),
  plain: (text) => ({ raw: fenced(text) }),
  room: (id) => `linear:${id}`,
  conversation: (thread) => thread.split(":").slice(0, 2).join(":"),
  roomOf: (thread) => thread.split(":")[1] ?? "",
  tap: () => {
    throw new Error("there are no buttons");
  },
  words: ({ id, author, metadata, raw }) => ({
    event: `comment.${id}`,
    user: { id: author.userId, tenant: textAt(raw, "organizationId"), name: author.fullName },
    at: metadata.dateSent.getTime(),
    text: textAt(raw, "comment", "body") ?? "",
  }),
};

/** The time that the signature covers stands in the body. */
function aged({ body }: SentRequest, now: number): number | null {
  try {
    const said: unknown = JSON.parse(Buffer.from(body, "base64").toString("utf8"));
    const when = Number(textAt(said, "webhookTimestamp") ?? Number.NaN);
    return Math.abs(now - when) <= AGE_MS_MAX ? null : 401;
  } catch {
    return 400;
  }
}

function bodyOf(card: Card): string {
  const body = fenced(card);
  if (body.length > TEXT_LENGTH_MAX) throw new TooLong("letters", body.length, TEXT_LENGTH_MAX);
  return body;
}
