import { sha256 } from "#base";
import { type Flow, type FlowCall, type FlowResult, type FlowSnapshot, type HeardText } from "#flow";
import type { FlowFacts } from "#vocabulary";
import { HEARD_MAX } from "./limits.ts";

/** Everything of a session that outlives the process, as JSON. */
export interface KeptFlow {
  readonly snapshot: FlowSnapshot;
  /** Ledger indexes of the mandates that it knows. */
  readonly said: readonly number[];
  /** Digests of what was heard. */
  readonly heard: readonly string[];
}

/** The flow of one session, and what the gateway must know to keep it. Not a thing of one door: all doors share it. */
export interface SessionFlow {
  readonly key: string;
  readonly flow: Flow;
  readonly judge: (call: FlowCall) => FlowFacts;
  /** Takes in a result. Loses nothing by being called twice, but room. */
  readonly observe: (result: FlowResult) => void;
  /** Takes in texts, once each; answers whether any was new. */
  readonly hear: (heard: HeardText) => boolean;
  /** Whether this is met for the first time in this session. */
  readonly isNew: (what: string) => boolean;
  readonly kept: () => KeptFlow;
  readonly said: Set<number>;
  /** How much was taken in, in no unit: it only grows. */
  readonly changes: () => number;
}

export function createSessionFlow(key: string, flow: Flow, before: KeptFlow | null): SessionFlow {
  const heard = new Set(before?.heard ?? []);
  const said = new Set(before?.said ?? []);
  let changes = 0;
  const isNew = (what: string): boolean => {
    const digest = sha256(what).toString("base64url").slice(0, 22);
    if (heard.has(digest)) return false;
    if (heard.size >= HEARD_MAX) heard.clear();
    heard.add(digest);
    changes += 1;
    return true;
  };
  return {
    key,
    flow,
    said,
    isNew,
    judge: flow.judge,
    observe: (result) => {
      changes += 1;
      flow.observe(result);
    },
    hear: ({ from, texts, isTainting }) => {
      const fresh = texts.filter((text) => isNew(`${from}\n${text}`));
      if (fresh.length > 0) flow.hear({ from, texts: fresh, isTainting });
      return fresh.length > 0;
    },
    kept: () => ({ snapshot: flow.snapshot(), said: [...said], heard: [...heard] }),
    changes: () => changes,
  };
}
