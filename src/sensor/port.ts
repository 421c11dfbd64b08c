import type { Ambient } from "#base";
import type { Found } from "#discovery";
import type { Memory, Report } from "#fleet";

/** What became of a report. */
export type Sent =
  | { readonly kind: "taken" }
  /** The server counts otherwise: it was restored, or another machine has this key too. */
  | { readonly kind: "out-of-step" }
  /** It will not take any: the key is revoked, or was never one. */
  | { readonly kind: "refused"; readonly why: string }
  /** It reads what was sent, and takes no such thing. */
  | { readonly kind: "unfit"; readonly why: string }
  | { readonly kind: "unreachable"; readonly why: string };

/** Everything that a sensor needs of its machine. */
export interface SensorPorts {
  /** What is on the machine now. */
  readonly look: () => Promise<readonly Found[]>;
  /** Never rejects. */
  readonly send: (report: Report) => Promise<Sent>;
  /** Keeps it over the end of the process. Throws `sensor_not_kept` where it can't. */
  readonly keep: (memory: Memory) => void;
  /** Until something may have changed on the machine, but no longer than so many milliseconds, or until the signal. */
  readonly wait: (atMostMs: number, signal: AbortSignal) => Promise<void>;
  readonly say: (sentence: string) => void;
  readonly ambient: Ambient;
}
