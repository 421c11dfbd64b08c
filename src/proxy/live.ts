import type { Fault } from "#base";

/** Something under way for somebody: a request, a tunnel, a WebSocket, a lifeline, a connection. */
export interface Live<Who> {
  readonly who: Who;
  readonly end: (fault: Fault) => void;
}

/** Everything under way, so that a stop reaches it at once. */
export interface LiveOnes<Who> {
  /** Returns what takes it off again. */
  readonly add: (live: Live<Who>) => () => void;
  /** Ends all of those whose `who` is meant; says how many. */
  readonly cut: (isMeant: (who: Who) => boolean, fault: Fault) => number;
}

export function createLiveOnes<Who>(): LiveOnes<Who> {
  const all = new Set<Live<Who>>();
  return {
    add: (live) => {
      all.add(live);
      return () => void all.delete(live);
    },
    cut: (isMeant, fault) => {
      const meant = [...all].filter(({ who }) => isMeant(who));
      for (const live of meant) {
        all.delete(live);
        live.end(fault);
      }
      return meant.length;
    },
  };
}
