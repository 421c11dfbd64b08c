import type { Ambient } from "#base";
import type { Caller } from "#identity";
import type { JournalHandle } from "#journal";
import type { Keys } from "#keys";
import type { OperationContext } from "#operations";
import type { RelaxedStore } from "#store";
import type { Switchboard } from "./switchboard.ts";

/** What the courier works with. */
export interface CourierOutside {
  readonly ambient: Ambient;
  /** What people decide goes through operations, and so through the journal; the courier's own notes need no sync each. */
  readonly store: RelaxedStore;
  readonly journal: Pick<
    JournalHandle,
    "append" | "size" | "onCommitted" | "payload" | "entries" | "receipt" | "status"
  >;
  readonly keys: Pick<Keys, "seal" | "unseal">;
  readonly board: Switchboard;
  /** An operation is performed as somebody, as by any other face. */
  readonly contextOf: (caller: Caller) => OperationContext;
  /** Where the console is, without a trailing slash. */
  readonly console: () => string;
  readonly report: (event: string, detail: unknown) => void;
}
