import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import type { ChatOutside } from "#chat";
import { createEgress, type Egress } from "#egress";

/** A platform that hangs is given up after this, so that no test waits as long as people would. */
const HASTE_MS = 500;
const CONNECTION_MS = 2_000;
const CALL_MS_MAX = 60_000;

/**
 * What a channel reaches the world through in tests: the real client, the real clock, less patience. `isStanding`: of the ports of
 * connections that are to last.
 */
export function openOutside(
  isStanding: (port: number) => boolean = () => false,
): ChatOutside & { readonly close: () => Promise<void> } {
  const egress = createEgress({ ownAddresses: () => [] });
  let made = 0;
  return {
    ambient: {
      now: Date.now,
      monotonic: () => performance.now(),
      id: (prefix) => {
        made += 1;
        return `${prefix}_${String(made).padStart(26, "0")}`;
      },
      random: (bytes) => randomBytes(bytes),
    },
    egress: hasty(egress, isStanding),
    directory: tmpdir(),
    report: () => {},
    close: async () => egress.close(),
  };
}

function hasty(egress: Egress, isStanding: (port: number) => boolean): Egress {
  return {
    ...egress,
    connect: async (rules, to) => {
      const socket = await egress.connect(rules, to);
      if (isStanding(to.port)) return socket;
      const limit = setTimeout(() => socket.destroy(new Error("no answer in time")), CONNECTION_MS);
      socket.once("close", () => clearTimeout(limit));
      return socket;
    },
    request: async (rules, request) => {
      if (rules.timeoutMs > CALL_MS_MAX) throw new Error(`a call that may last ${rules.timeoutMs} ms`);
      const limit = AbortSignal.timeout(HASTE_MS);
      const signal = request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]);
      return egress.request(rules, { ...request, signal });
    },
  };
}
