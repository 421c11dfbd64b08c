import { z } from "zod";
import { digestOfBytes, Fault } from "#base";
import type { Schema } from "#store";
import type { DecidedFrom } from "#vocabulary";
import { findApproval, saying } from "./approval-access.ts";
import type { ApprovalRow } from "./approval-rows.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { id, time } from "./fields.ts";
import { write } from "./operation.ts";

/** `dw1.l.` and 128 bits in base64url, as the courier makes it of the post's seed: docs/formats/approvals.md. */
const LINK = /^dw1\.l\.[A-Za-z0-9_-]{22}$/;

const arrived = z.object({
  approval: z.string(),
  state: z
    .enum(["counted", "used", "over"])
    .describe(
      "counted: answers of this sign-in name the card that the link stood on; used: it was opened before, and proves nothing; over: the request does not wait any more",
    ),
  channel: z.string().describe("Name of the channel that the card stands on"),
  post: z.string(),
  message: z.string().nullable().describe("The card, as the platform names it"),
  usedBy: z.string().nullable().describe("Name of the user who opened it first"),
  usedAt: time.nullable(),
});

type Arrived = z.input<typeof arrived>;

export const approvalsArrive = write({
  name: "approvals.arrive",
  summary: "Say by which card's one-time link you came: what you answer after names that card",
  // It gives no right to answer, and nothing to read: those are the caller's own.
  permission: "self.write",
  input: z.strictObject({
    approval: id("apr", "Approval request"),
    link: z.string().max(64).describe("What stands in the card's address after `link=`"),
  }),
  output: arrived,
  positional: ["approval", "link"],
  async plan(context, { approval, link }) {
    const row = await findApproval(context, approval);
    const came = await foundBy(context, row.id, link);
    return {
      would: `note that you came to ${saying(row)} by a card on channel ${came.channel}`,
      commit: (committing) => arrivedNow(committing, row, came),
    };
  },
});

/** What the store keeps of a link. */
export function linkDigest(link: string): string {
  return digestOfBytes(`once:${link}`);
}

/** Where somebody came from who answers in the sign-in in which they opened a card's link; null: from nowhere that is known. */
export async function cameBy(
  { store, caller }: Pick<ReadContext, "store" | "caller">,
  approval: string,
): Promise<DecidedFrom | null> {
  const row = await items(store.query)
    .where("post_items.approval_id", "=", approval)
    .where("post_items.link_used_by", "=", caller.user)
    .where("post_items.link_used_with", "=", caller.credential)
    .orderBy("post_items.link_used_at", "desc")
    .executeTakeFirst();
  if (row === undefined) return null;
  const { channel, post_id: post } = row;
  return { channel, tenant: null, platformUser: null, message: messageIn(row), post };
}

function items(query: ReadContext["store"]["query"]) {
  return query
    .selectFrom("post_items")
    .innerJoin("posts", "posts.id", "post_items.post_id")
    .leftJoin("users", "users.id", "post_items.link_used_by")
    .selectAll("post_items")
    .select(["posts.channel", "posts.message", "posts.audience"])
    .select("users.name as used_by_name");
}

type Came = NonNullable<Awaited<ReturnType<ReturnType<typeof items>["executeTakeFirst"]>>>;

/** One answer to a link that is forged, another request's, or was sent to somebody else: it says nothing of any of them. */
async function foundBy({ store, caller }: ReadContext, approval: string, link: string): Promise<Came> {
  const row = LINK.test(link)
    ? await items(store.query)
        .where("post_items.link", "=", linkDigest(link))
        .where("post_items.approval_id", "=", approval)
        .executeTakeFirst()
    : undefined;
  if (row !== undefined && isTheirs(row, caller.user)) return row;
  throw new Fault(
    "link_unknown",
    "this link is not one that Doorward made for this request and for you",
    "Open the request from the console's list: `doorward approvals list`. Nothing was decided.",
  );
}

/** What was sent for one person is theirs, wherever it stands; a group's is whoever's may see the request. */
function isTheirs({ audience }: Came, user: string): boolean {
  return !audience.startsWith("user:") || audience === `user:${user}`;
}

async function arrivedNow(context: OperationContext, row: ApprovalRow, came: Came): Promise<Arrived> {
  if (came.link_used_at !== null) return answer(context, row, came);
  if (!isOpen(context, row)) return answer(context, row, came);
  const { ambient, caller, store } = context;
  const used: Pick<Schema["post_items"], "link_used_at" | "link_used_by" | "link_used_with"> = {
    link_used_at: ambient.now(),
    link_used_by: caller.user,
    link_used_with: caller.credential,
  };
  const use = store.query
    .updateTable("post_items")
    .set(used)
    .where("post_id", "=", came.post_id)
    .where("approval_id", "=", row.id)
    .where("link_used_at", "is", null);
  const body = { approval: row.id, channel: came.channel, post: came.post_id, message: messageIn(came) };
  try {
    await commitBatch(context, {
      writes: [stateWrite(use, 1)],
      entries: [entry(context, "approval.arrived", row.action_id, body)],
    });
  } catch (cause) {
    // Opened twice in one moment: it is somebody's, once.
    const first = await firstUse(context, came, cause);
    return answer(context, row, first);
  }
  return answer(context, row, { ...came, ...used, used_by_name: caller.name });
}

async function firstUse({ store }: OperationContext, came: Came, cause: unknown): Promise<Came> {
  const now = await items(store.query)
    .where("post_items.post_id", "=", came.post_id)
    .where("post_items.approval_id", "=", came.approval_id)
    .executeTakeFirst();
  const isLate = cause instanceof Fault && cause.code === "changed_meanwhile";
  if (isLate && now !== undefined && now.link_used_at !== null) return now;
  throw cause;
}

function answer(context: ReadContext, row: ApprovalRow, came: Came): Arrived {
  const { channel, post_id: post, link_used_by: by, link_used_with: held, link_used_at: at } = came;
  const isOurs = by === context.caller.user && held === context.caller.credential;
  const state = isOurs ? "counted" : "used";
  return {
    approval: row.id,
    state: at === null || (isOurs && !isOpen(context, row)) ? "over" : state,
    channel,
    post,
    message: messageIn(came),
    usedBy: came.used_by_name,
    usedAt: isoTime(at),
  };
}

/** The link ends with the request. */
function isOpen({ ambient }: Pick<ReadContext, "ambient">, row: ApprovalRow): boolean {
  return row.status === "requested" && row.expires_at > ambient.now();
}

const messageShape = z.object({ id: z.string() });

function messageIn({ message }: Pick<Came, "message">): string | null {
  return message === null ? null : messageShape.parse(JSON.parse(message)).id;
}
