import { Fault } from "#base";
import type { Card } from "#cards";
import type { MessageRef } from "#chat";
import type { CourierOutside } from "./outside.ts";
import { messageOf, type PostRow, whereOf } from "./post-rows.ts";

// A card that stands twice: the first sending's answer was lost, and a platform that knows no keys of ours was sent it again.
// The one that is on record decides; the other is unknown here until somebody taps on it.

/**
 * Whether the message that a tap names can be this post's twin: in the same place, and no card that is on record as another's.
 * A tap's token can come on any message: nothing that is known is overwritten for it.
 */
export async function isTwin(
  { store }: Pick<CourierOutside, "store">,
  post: PostRow,
  message: MessageRef,
): Promise<boolean> {
  const there = whereOf(post);
  const own = messageOf(post);
  const place = own?.place ?? there;
  if (message.place.kind !== place.kind || message.place.id !== place.id) return false;
  const others = await store.query
    .selectFrom("posts")
    .select("message")
    .where("channel", "=", post.channel)
    .where("message", "like", `%"id":${JSON.stringify(message.id)}%`)
    .execute();
  return others.every((one) => messageOf(one)?.id !== message.id);
}

/** Says on the twin that it takes no answer, where the platform changes messages; it goes on saying otherwise where it does not. */
export async function closeTwin(
  { board, console: address, report }: Pick<CourierOutside, "board" | "console" | "report">,
  { channel }: Pick<PostRow, "channel">,
  { message, approval }: { readonly message: MessageRef; readonly approval: string },
): Promise<void> {
  if (board.platformOf(channel)?.abilities.edits !== true) return;
  try {
    await board.channel(channel)?.edit(message, twinCard(`${address()}/approvals/${approval}`));
  } catch (cause) {
    // Somebody else's message, or one that is gone: there is nothing to mend.
    if (!(cause instanceof Fault)) report("channel_failed", cause);
  }
}

function twinCard(url: string): Card {
  return {
    title: "A second copy of a card",
    status: { kind: "told", text: "This copy takes no answer; the other message about it does" },
    sections: [],
    buttons: [],
    link: { label: "Open in Doorward", url },
    typed: null,
  };
}
