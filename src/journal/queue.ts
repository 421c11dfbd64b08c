import type { Fault } from "#base";
import type { Appended } from "#ledger";
import { journalFull } from "./faults.ts";
import type { JournalLimits } from "./limits.ts";
import type { Work } from "./work.ts";

export interface Pending {
  readonly work: Work;
  readonly resolve: (result: Appended) => void;
  readonly reject: (fault: Fault) => void;
}

export interface Queue {
  /** Throws Fault `journal_full`. */
  readonly push: (pending: Pending) => void;
  readonly take: (max: number) => Pending[];
  readonly length: () => number;
}

/** First in, first out, bounded in batches and bytes; the tail of both is for reserved work only. */
export function boundedQueue(limits: JournalLimits): Queue {
  let items: Pending[] = [];
  let bytes = 0;
  return {
    length: () => items.length,
    push: (pending) => {
      const batchesMax = limits.queueBatchesMax - (pending.work.isReserved ? 0 : limits.queueReserveBatches);
      const bytesMax = limits.queueBytesMax - (pending.work.isReserved ? 0 : limits.queueReserveBytes);
      if (items.length >= batchesMax) throw journalFull(`${items.length} batches are waiting`);
      if (bytes + pending.work.bytes > bytesMax) throw journalFull(`${bytes} bytes are waiting`);
      items.push(pending);
      bytes += pending.work.bytes;
    },
    take: (max) => {
      const taken = items.slice(0, max);
      items = items.slice(max);
      for (const pending of taken) bytes -= pending.work.bytes;
      return taken;
    },
  };
}
