import { sha256 } from "#base";
import { type Flow, type FlowCall, type FlowResult, type FlowSnapshot, type HeardText } from "#flow";
import type { FlowFacts } from "#vocabulary";
import type { Mandate } from "../mandates.ts";
import { HEARD_MAX } from "./limits.ts";
import { type CallOf, createReleased, type KeptCalls, type ReleasedCall } from "./released.ts";

/** Everything of a session that outlives the process, as JSON. */
export interface KeptFlow {
  readonly snapshot: FlowSnapshot;
  /** Ledger indexes of the mandates that it knows. */
  readonly said: readonly number[];
  /** Digests of what was heard. */
  readonly heard: readonly string[];
  /** By call id: what was released to the agent to run itself, and whose result has not come back. */
  readonly calls: readonly KeptCalls[];
}

/** The flow of one session, and what the gateway must know to keep it. Not a thing of one door: all doors share it. */
export interface SessionFlow {
  readonly key: string;
  readonly flow: Flow;
  readonly judge: (call: FlowCall) => FlowFacts;
  /** Takes in a result. Loses nothing by being called twice, but room. */
  readonly observe: (result: FlowResult) => void;
  readonly overflow: () => void;
  /** Takes in texts, once each; answers whether any was new. */
  readonly hear: (heard: HeardText) => boolean;
  readonly released: (callId: string, call: ReleasedCall, of: CallOf) => void;
  /** See `Released`. */
  readonly answered: (callId: string) => readonly ReleasedCall[] | null;
  readonly say: (mandate: Mandate) => void;
  /** Whether this whole text is a mandate that came through a channel the agent cannot write. */
  readonly isAttested: (text: string) => boolean;
  /** Whether the model itself wrote this text into a call. */
  readonly isOwnWriting: (text: string) => boolean;
  /** Whether this is met for the first time in this session. */
  readonly isNew: (what: string) => boolean;
  /** As it is now, for whoever writes it down or opens it anew at once. */
  readonly kept: () => KeptFlow;
  readonly said: Set<number>;
  /** How much was taken in, in no unit: it only grows. */
  readonly changes: () => number;
}

interface Opened {
  readonly flow: Flow;
  readonly before: KeptFlow | null;
  /** What it was given of earlier sessions: kept once for all, and not with each. */
  readonly inherited: readonly string[];
}

export function createSessionFlow(key: string, { flow, before, inherited }: Opened): SessionFlow {
  const heard = new Set(before?.heard ?? []);
  const said = new Set(before?.said ?? []);
  const calls = createReleased(before?.calls ?? []);
  const attested = createAttested(before?.snapshot.mandates ?? []);
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
    overflow: () => {
      changes += 1;
      flow.overflow();
    },
    hear: ({ from, texts, isTainting }) => {
      const fresh = texts.filter((text) => isNew(`${from}\n${text}`));
      if (fresh.length > 0) flow.hear({ from, texts: fresh, isTainting });
      return fresh.length > 0;
    },
    released: (callId, call, of) => {
      changes += 1;
      calls.note(callId, call, of);
    },
    answered: (callId) => {
      changes += 1;
      return calls.answered(callId);
    },
    say: (mandate) => {
      changes += 1;
      attested.note(mandate);
      flow.say(mandate);
    },
    isOwnWriting: calls.isWrittenIn,
    isAttested: attested.has,
    kept: () => ({
      snapshot: withoutInherited(flow.view(), inherited),
      said: [...said],
      heard: [...heard],
      calls: calls.kept(),
    }),
    changes: () => changes,
  };
}

/** The same flow; `relabelled` is told when it is tainted, or outgrows a limit, within the call that did it. */
export function watched(flow: Flow, relabelled: () => void): Flow {
  const labels = (): string => JSON.stringify(flow.state());
  let known = labels();
  const noticing = <Taken extends readonly unknown[]>(take: (...taken: Taken) => void) => {
    return (...taken: Taken): void => {
      take(...taken);
      const now = labels();
      if (now === known) return;
      known = now;
      relabelled();
    };
  };
  return {
    ...flow,
    hear: noticing(flow.hear),
    observe: noticing(flow.observe),
    overflow: noticing(flow.overflow),
    say: noticing(flow.say),
  };
}

interface Attested {
  readonly note: (mandate: Mandate) => void;
  readonly has: (text: string) => boolean;
}

function plain(text: string): string {
  return text.normalize("NFC").trim();
}

function createAttested(before: readonly Mandate[]): Attested {
  const texts = new Set<string>();
  const note = ({ standing, text }: Mandate): void => {
    if (standing === "attested") texts.add(plain(text));
  };
  for (const mandate of before) note(mandate);
  return { note, has: (text) => texts.has(plain(text)) };
}

function withoutInherited({ memory, mandates }: FlowSnapshot, inherited: readonly string[]): FlowSnapshot {
  const given = new Set(inherited);
  return { memory: { ...memory, written: memory.written.filter((text) => !given.has(text)) }, mandates };
}
