import type { Socket } from "node:net";
import type { ProxyLimits } from "./limits.ts";

/** All connections at once (T21): whoever opens many of them leaves room for others. */
export interface Crowd {
  /** False: there is no room for it. Those that have not said who they are give way, the oldest first. */
  readonly take: (socket: Socket) => boolean;
  /** It said who it is. False: that one has its share of connections already. */
  readonly known: (socket: Socket, name: string) => boolean;
  readonly close: () => void;
}

type Sizes = Pick<ProxyLimits, "connectionsMax" | "strangersMax" | "connectionsPerAgentMax">;

export function createCrowd(limits: Sizes): Crowd {
  const all = new Set<Socket>();
  /** In the order in which they came. */
  const strangers = new Set<Socket>();
  const names = new Map<Socket, string>();
  const counts = new Map<string, number>();
  const leave = (socket: Socket): void => {
    all.delete(socket);
    strangers.delete(socket);
    const name = names.get(socket);
    if (name === undefined) return;
    names.delete(socket);
    const left = (counts.get(name) ?? 1) - 1;
    if (left > 0) counts.set(name, left);
    else counts.delete(name);
  };
  const isFull = (): boolean => all.size >= limits.connectionsMax || strangers.size >= limits.strangersMax;
  return {
    take: (socket) => {
      const [oldest] = strangers;
      if (isFull() && oldest !== undefined) {
        leave(oldest);
        oldest.destroy();
      }
      if (isFull()) return false;
      all.add(socket);
      strangers.add(socket);
      socket.once("close", () => leave(socket));
      return true;
    },
    known: (socket, name) => {
      if (!all.has(socket) || names.get(socket) === name) return true;
      const count = counts.get(name) ?? 0;
      if (count >= limits.connectionsPerAgentMax) return false;
      const before = names.get(socket);
      // Another's requests on the same connection: it counts for whoever was first.
      if (before !== undefined) return true;
      strangers.delete(socket);
      names.set(socket, name);
      counts.set(name, count + 1);
      return true;
    },
    close: () => {
      for (const socket of all) socket.destroy();
    },
  };
}
