import type { Ambient } from "#base";
import type { Egress } from "#egress";
import type { Weighing } from "./port.ts";

/** Bounds that a test may tighten; each is named and explained in `limits.ts`. */
export interface Bounds {
  readonly answerBytesMax: number;
  readonly answerMsMax: number;
  readonly streamBytesMax: number;
  readonly streamIdleMsMax: number;
  readonly listMsMax: number;
  readonly discoverMsMax: number;
}

/** What every part of this module stands on. */
export interface Ground {
  readonly egress: Pick<Egress, "request">;
  readonly ambient: Ambient;
  /** Google's token endpoint, or a test's own. */
  readonly tokenUrl: string;
  readonly bounds: Bounds;
  /** Absent: no file is hashed here. */
  readonly weighing?: Weighing;
  readonly report: (event: string, detail: unknown) => void;
}
