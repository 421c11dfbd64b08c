import { Fault } from "#base";
import type { HttpLimits } from "./limits.ts";

/** Memory for bodies that are read whole (T21): of one agent, and of all together. */
export interface Rooms {
  readonly of: (agent: string) => Room;
}

/** What one request holds. */
export interface Room {
  /** Throws `too_many_bytes`. */
  readonly take: (bytes: number) => void;
  /** Gives all of it back; nothing is taken afterwards. */
  readonly release: () => void;
}

export function createRooms(limits: Pick<HttpLimits, "heldBytesMax" | "heldBytesPerAgentMax">): Rooms {
  const held = new Map<string, number>();
  let inAll = 0;
  const change = (agent: string, bytes: number): void => {
    inAll += bytes;
    const now = (held.get(agent) ?? 0) + bytes;
    if (now > 0) held.set(agent, now);
    else held.delete(agent);
  };
  return {
    of: (agent) => {
      let [own, isOver] = [0, false];
      return {
        take: (bytes) => {
          if (isOver) return;
          if ((held.get(agent) ?? 0) + bytes > limits.heldBytesPerAgentMax)
            throw tooMany(`this agent's requests hold ${limits.heldBytesPerAgentMax} bytes`);
          if (inAll + bytes > limits.heldBytesMax)
            throw tooMany(`all agents' requests hold ${limits.heldBytesMax} bytes`);
          own += bytes;
          change(agent, bytes);
        },
        release: () => {
          isOver = true;
          change(agent, -own);
          own = 0;
        },
      };
    },
  };
}

function tooMany(why: string): Fault {
  return new Fault(
    "too_many_bytes",
    `${why} in their bodies, which is the most that is kept at once`,
    "Wait for some of them to finish, send fewer at once, or smaller ones.",
  );
}
