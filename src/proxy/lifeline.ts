import type { Socket } from "node:net";
import type { Fault } from "#base";
import type { Door } from "./door.ts";
import { unauthenticated } from "./faults.ts";

/**
 * A connection that stays while a session lives, and says one line when it ends: `ended CODE REASON`. Whoever runs the
 * session's program ends it then.
 */
export function keepLifeline<Who>({ road, live }: Door<Who>, socket: Socket, key: string): void {
  const who = road.identify({ kind: "lifeline", key }, socket);
  const end = (fault: Fault): void => {
    const reason = fault.message.replaceAll(/[^\x20-\x7e]/g, " ");
    socket.end(`ended ${fault.code} ${reason}\r\n`);
    socket.resume();
  };
  if (who === null) return end(road.barred?.(key) ?? unauthenticated());
  const remove = live.add({ who, end });
  // Nothing is said on it; whoever does say something has taken it for something else.
  socket.on("data", () => socket.destroy()).on("close", remove);
  socket.setKeepAlive(true);
  socket.resume();
}
