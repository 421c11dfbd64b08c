import type { JsonObject } from "#base";
import { isJsonObject, META, RPC, type RequestId, type RpcError } from "#wire";
import { type ChannelTable, filterOf, narrow } from "./channels.ts";
import type { DoorContext } from "./context.ts";
import { errorOf } from "./exchange.ts";
import type { ModernAnswer } from "./modern-answer.ts";
import { callText, refusalError } from "./replies.ts";
import { takesTasks, tasksUndeclared } from "../tasks/told.ts";
import type { Exchange } from "./road.ts";

interface Subscription {
  readonly exchange: Exchange;
  readonly id: RequestId;
  readonly params: JsonObject;
  readonly answer: ModernAnswer;
}

/**
 * `subscriptions/listen` (2026-07-28): acknowledges what the road agreed to, then delivers the channel's notifications
 * under the subscription's id until the client leaves or the signal aborts, which is answered as a graceful end.
 */
export async function subscribe(
  context: DoorContext,
  channels: ChannelTable,
  subscription: Subscription,
): Promise<void> {
  const { exchange, id, params, answer } = subscription;
  const asked = filterOf(params);
  if (asked === null) return answer.error(badFilter());
  // Nothing is told of tasks here, which the acknowledgement says by not naming any; they are polled.
  if (namesTasks(params) && !takesTasks(exchange)) return answer.error(tasksUndeclared());
  let filter: JsonObject;
  try {
    const agreed = await context.road.handle(exchange, "subscriptions/listen", { notifications: asked });
    filter = narrow(asked, agreed["notifications"]);
  } catch (thrown) {
    return answer.error(errorOf(context, thrown));
  }
  const deliver = (method: string, told: JsonObject): void => answer.send(callText(method, tagged(told, id)));
  deliver("notifications/subscriptions/acknowledged", { notifications: filter });
  const stop = channels.listen(exchange.channel, { filter, deliver });
  await ended(exchange.signal);
  stop();
  answer.result({ resultType: "complete", _meta: { [META.subscriptionId]: id } });
}

function namesTasks({ notifications = null }: JsonObject): boolean {
  return isJsonObject(notifications) && notifications["taskIds"] !== undefined;
}

function tagged(params: JsonObject, id: RequestId): JsonObject {
  const meta = params["_meta"];
  return { ...params, _meta: { ...(isJsonObject(meta) ? meta : {}), [META.subscriptionId]: id } };
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

function badFilter(): RpcError {
  return refusalError(RPC.invalidParams, {
    code: "subscription_filter",
    reason: "subscriptions/listen needs params.notifications, with at most 1024 resource URIs",
    remedy: "Name the notifications to listen for as revision 2026-07-28 describes.",
  });
}
