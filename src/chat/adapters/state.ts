/** Most things remembered; the oldest goes first. */
const ENTRIES_MAX = 2_000;

const nothing = async (): Promise<void> => {};

/**
 * The state an adapter keeps, as `chat` asks for it (StateAdapter): in memory, bounded, gone with the process. What came
 * in twice is handed on twice: the courier alone knows what it has already taken.
 */
export function memoryState(): object {
  const kept = new Map<string, unknown>();

  const lock = { token: "one process, one lock", expiresAt: Number.MAX_SAFE_INTEGER };
  return {
    connect: nothing,
    disconnect: nothing,
    get: async (key: string) => (isDelivery(key) ? null : (kept.get(key) ?? null)),
    set: async (key: string, value: unknown) => {
      kept.delete(key);
      kept.set(key, value);
      for (const oldest of kept.keys()) {
        if (kept.size <= ENTRIES_MAX) break;
        kept.delete(oldest);
      }
    },
    delete: async (key: string) => void kept.delete(key),
    setIfNotExists: async () => true,
    acquireLock: async (threadId: string) => ({ ...lock, threadId }),
    extendLock: async () => true,
    releaseLock: nothing,
    forceReleaseLock: nothing,
    appendToList: nothing,
    getList: async () => [],
    enqueue: async () => 0,
    dequeue: async () => null,
    queueDepth: async () => 0,
    subscribe: nothing,
    unsubscribe: nothing,
    isSubscribed: async () => false,
  };
}

/** What adapters remember of events already delivered. */
function isDelivery(key: string): boolean {
  return key.includes("event-delivered") || key.startsWith("dedupe:");
}
