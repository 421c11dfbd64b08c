import { type Ambient, Fault } from "#base";

/** Per agent (T21): one that exceeds its quota stops itself and nobody else. */
export interface QuotaLimits {
  readonly callsPerSecond: number;
  readonly burst: number;
  readonly concurrentMax: number;
  /** Bytes of arguments per minute. */
  readonly bytesPerMinute: number;
  /** Agents tracked at once; the least recently active are forgotten, which only ever refills a quota. */
  readonly agentsMax: number;
}

export const QUOTA_LIMITS: QuotaLimits = {
  callsPerSecond: 200,
  burst: 1_000,
  concurrentMax: 64,
  bytesPerMinute: 64 * 1024 * 1024,
  agentsMax: 10_000,
};

/** What one server may ask of one agent's client (T15): each question is a ledger entry, and maybe a person's time. */
export const SERVER_REQUEST_LIMITS: QuotaLimits = {
  callsPerSecond: 5,
  burst: 100,
  concurrentMax: 32,
  bytesPerMinute: 4 * 1024 * 1024,
  agentsMax: 10_000,
};

/** Definitions of one server that are new or changed: each is a ledger entry and a row for people to review (T14). */
export const SEEN_LIMITS: QuotaLimits = {
  callsPerSecond: 10,
  burst: 2_500,
  concurrentMax: 1_000,
  bytesPerMinute: 64 * 1024 * 1024,
  agentsMax: 10_000,
};

export interface Quota {
  /** Takes one call of `bytes` for the agent; the returned function gives its concurrency slot back. Throws `rate_limited`. */
  readonly take: (agentId: string, bytes: number) => () => void;
}

interface Usage {
  tokens: number;
  bytes: number;
  running: number;
  refilledAt: number;
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

export function createQuota(ambient: Pick<Ambient, "monotonic">, limits: QuotaLimits = QUOTA_LIMITS): Quota {
  const usages = new Map<string, Usage>();
  const usageOf = (agentId: string): Usage => {
    const now = ambient.monotonic();
    const usage = usages.get(agentId) ?? {
      tokens: limits.burst,
      bytes: limits.bytesPerMinute,
      running: 0,
      refilledAt: now,
    };
    const elapsedMs = now - usage.refilledAt;
    usage.tokens = Math.min(limits.burst, usage.tokens + (elapsedMs * limits.callsPerSecond) / SECOND_MS);
    usage.bytes = Math.min(
      limits.bytesPerMinute,
      usage.bytes + (elapsedMs * limits.bytesPerMinute) / MINUTE_MS,
    );
    usage.refilledAt = now;
    // Re-inserted at the end, so that the first key is always the least recently active agent.
    usages.delete(agentId);
    usages.set(agentId, usage);
    if (usages.size > limits.agentsMax) forgetIdle(usages);
    return usage;
  };
  return {
    take: (agentId, bytes) => {
      const usage = usageOf(agentId);
      if (usage.running >= limits.concurrentMax)
        throw exceeded(`${limits.concurrentMax} calls at once`, SECOND_MS);
      if (usage.tokens < 1)
        throw exceeded(`${limits.callsPerSecond} calls a second`, SECOND_MS / limits.callsPerSecond);
      if (usage.bytes < bytes)
        throw exceeded(`${limits.bytesPerMinute} bytes of arguments a minute`, MINUTE_MS);
      usage.tokens -= 1;
      usage.bytes -= bytes;
      usage.running += 1;
      let isTaken = true;
      return () => {
        if (isTaken) usage.running -= 1;
        isTaken = false;
      };
    },
  };
}

function forgetIdle(usages: Map<string, Usage>): void {
  for (const [agentId, usage] of usages) {
    if (usage.running > 0) continue;
    usages.delete(agentId);
    return;
  }
}

function exceeded(limit: string, retryMs: number): Fault {
  return new Fault(
    "rate_limited",
    `this agent, or a server that it uses, is over its limit of ${limit}`,
    `Wait ${Math.max(1, Math.ceil(retryMs / SECOND_MS))} s and try again, or ask an admin to raise \`limits\` in doorward.yaml.`,
  );
}
