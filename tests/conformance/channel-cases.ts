import type { Rig, Traits } from "./channel-rig.ts";
import { FAULT_CASES } from "./channel-cases-faults.ts";
import { INBOUND_CASES } from "./channel-cases-inbound.ts";
import { SHOWN_CASES } from "./channel-cases-shown.ts";

export interface Case {
  readonly title: string;
  readonly when: (traits: Traits) => boolean;
  /** Throws where the channel does not do what it must. */
  readonly run: (rig: Rig, traits: Traits) => Promise<void>;
}

/** In one list of data, so that `channel-fence.test.ts` can hand each case a channel that it must fail. */
export const CASES: readonly Case[] = [...SHOWN_CASES, ...INBOUND_CASES, ...FAULT_CASES];
