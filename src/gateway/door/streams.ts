import { agentOf, type DoorContext, exchangeEnded } from "./context.ts";
import { refuse, sessionOf, type Visit } from "./legacy.ts";
import { openStream } from "./open-stream.ts";
import { unknownEvent } from "./refusals.ts";
import { sendEmpty } from "./replies.ts";
import { RpcError } from "#wire";
import type { SessionTable } from "./sessions.ts";

/** GET of a session: its standalone stream, or with `Last-Event-ID` the stream that broke. */
export function openGet(context: DoorContext, sessions: SessionTable, visit: Visit): void {
  const session = sessionOf(sessions, visit);
  if (session instanceof RpcError) return refuse(visit, session);
  const last = visit.request.headers["last-event-id"];
  const found = last === undefined ? null : session.replay.find(String(last));
  if (last !== undefined && found === null) return refuse(visit, unknownEvent());
  const outlet = openStream(context, visit.response, agentOf(visit.identity));
  if (outlet === null) return;
  if (found === null) session.replay.standalone.attach(outlet, null);
  else found.stream.attach(outlet, found.after);
}

/** DELETE of a session: the client is done with it. What is under way in it is cancelled. */
export function endSession(sessions: SessionTable, visit: Visit): void {
  const session = sessionOf(sessions, visit);
  if (session instanceof RpcError) return refuse(visit, session);
  session.close(exchangeEnded("its session was closed by the client"));
  sendEmpty(visit.response, 204);
}
