import type { Exchange } from "./door/road.ts";

/** Revocation now: whatever an agent, session or credential has under way is cut, not left to finish. */
export interface Cuts {
  /** `signal` aborts with the exchange, or when its agent, session or credential is cut. Call `close` when done. */
  readonly open: (exchange: Exchange) => { readonly signal: AbortSignal; readonly close: () => void };
  readonly cut: (id: string) => void;
}

export function createCuts(): Cuts {
  const live = new Map<string, Set<AbortController>>();
  const join = (id: string, controller: AbortController): void => {
    const mine = live.get(id) ?? new Set();
    mine.add(controller);
    live.set(id, mine);
  };
  const leave = (id: string, controller: AbortController): void => {
    const mine = live.get(id);
    mine?.delete(controller);
    if (mine?.size === 0) live.delete(id);
  };
  return {
    open: (exchange) => {
      const controller = new AbortController();
      const stop = (): void => controller.abort(exchange.signal.reason);
      const { identity } = exchange;
      const ids = [...identity.chain.agents, identity.session, identity.credential];
      for (const id of ids) join(id, controller);
      if (exchange.signal.aborted) stop();
      else exchange.signal.addEventListener("abort", stop, { once: true });
      const close = (): void => {
        exchange.signal.removeEventListener("abort", stop);
        for (const id of ids) leave(id, controller);
      };
      return { signal: controller.signal, close };
    },
    cut: (id) => {
      for (const controller of live.get(id) ?? []) controller.abort(new Error(`${id} was revoked`));
    },
  };
}
