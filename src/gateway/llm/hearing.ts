import { type Heard, heardIn, type ModelRequest } from "#llm";
import type { Identity } from "#vocabulary";
import type { Flows } from "../flows/flows.ts";
import { READ_CHARS_MAX } from "../flows/limits.ts";
import { asOne, type CallOf, type ReleasedCall } from "../flows/released.ts";
import type { SessionFlow } from "../flows/session-flow.ts";
import type { ManifestOf } from "../manifest-rows.ts";
import type { Claims } from "./claims.ts";
import { apart } from "./included.ts";

/** What the models of agents get to read, taken in before they do. */
export interface LlmHearing {
  /**
   * Takes in what is new in a request, whatever its history claims was there before. Throws what the journal throws, where
   * words that count as the user's could not be put on record.
   */
  readonly request: (identity: Identity, request: ModelRequest) => Promise<void>;
  /** A call that goes on to the agent, decided here or at the mcp door: its result will come back by this id. */
  readonly released: (identity: Identity, callId: string, call: ReleasedCall, of: CallOf) => void;
}

export interface LlmHearingOutside {
  readonly flows: Flows;
  readonly manifestOf: ManifestOf;
  readonly claims: Claims;
  /** Whether the agent's owner declared that its client passes on the user's own words (T7). */
  readonly isRelay: (identity: Identity) => boolean;
}

export function createLlmHearing(outside: LlmHearingOutside): LlmHearing {
  return {
    released: (identity, callId, call, of) => outside.flows.of(identity).released(callId, call, of),
    request: async (identity, request) => {
      const isAside = request.tools.length === 0;
      // Asked for anew each time: while words are put on record, it may have been written down and opened again.
      for (const heard of heardIn(request))
        await takeIn(outside, { identity, session: outside.flows.of(identity), isAside }, heard);
    },
  };
}

interface Listening {
  readonly identity: Identity;
  readonly session: SessionFlow;
  /** Without tools: nothing can be called for. */
  readonly isAside: boolean;
}

async function takeIn(outside: LlmHearingOutside, listening: Listening, heard: Heard): Promise<void> {
  const { session } = listening;
  if (lengthOf(heard) > READ_CHARS_MAX) {
    session.overflow();
    return;
  }
  switch (heard.kind) {
    case "instruction":
      // The agent's own program: it grounds nothing, and nobody else speaks in it, as far as its owner sees to that.
      session.hear({ from: "llm/instructions", texts: [heard.text], isTainting: false });
      return;
    case "other":
      session.hear({ from: "llm/attachments", texts: [heard.text ?? NO_TEXT], isTainting: true });
      return;
    case "result":
      return answered(outside, session, heard);
    case "user":
      return said(outside, listening, heard.text);
  }
}

function isWithin(place: string, roots: readonly string[]): boolean {
  const path = place.replaceAll("\\", "/");
  if (path.split("/").includes("..")) return false;
  return roots.some((root) => path === root || path.startsWith(`${root}/`));
}

function lengthOf(heard: Heard): number {
  if (heard.kind !== "result") return heard.text?.length ?? 0;
  return heard.texts.reduce((sum, text) => sum + text.length, 0);
}

/** Of a picture there is nothing to find again; that it was there taints. */
const NO_TEXT = " ";

/** Each result once. What the agent says it is of counts only where Doorward released that call to it. */
function answered(
  { manifestOf }: LlmHearingOutside,
  session: SessionFlow,
  { callId, texts, isError }: Extract<Heard, { kind: "result" }>,
): void {
  if (!session.isNew(["result", callId, ...texts].join("\n"))) return;
  const calls = session.answered(callId) ?? [];
  const isByPlace = calls.some(({ server, name }) => manifestOf(server, name).output.resources !== undefined);
  const call = asOne(calls, isByPlace);
  if (call === null) {
    session.flow.hear({ from: "llm/results", texts, isTainting: true });
    return;
  }
  const manifest = manifestOf(call.server, call.name);
  if (call.server.startsWith("agent:")) {
    const result = texts.length === 1 ? (texts[0] ?? "") : [...texts];
    session.observe({ manifest, arguments: call.arguments, result, isError });
    return;
  }
  // What a server answered was taken in at the mcp door; this is what the agent's client made of it.
  const isTainting = manifest.output.integrity === "untrusted";
  session.flow.hear({ from: manifest.tool, texts, isTainting });
}

async function said(outside: LlmHearingOutside, listening: Listening, text: string): Promise<void> {
  const { session, identity } = listening;
  if (outside.isRelay(identity)) return relayed(outside, listening, text);
  if (session.isAttested(text) || !session.isNew(`user\n${text}`)) return;
  session.flow.hear({ from: "llm/user", texts: [text], isTainting: true });
}

async function relayed(outside: LlmHearingOutside, listening: Listening, text: string): Promise<void> {
  const { session, isAside } = listening;
  // What a declared client asks beside the conversation quotes pages and output as user text. It is nobody's word, and what
  // its answer leads to comes back as a result. And a client runs its sub-agents in conversations of their own, with what
  // the model wrote for them (T7).
  if (isAside || session.isOwnWriting(text)) return;
  if (session.isAttested(text) || !session.isNew(`user\n${text}`)) return;
  const { words, files, program } = apart(text);
  const { roots } = outside.flows.people(session);
  for (const file of files) {
    // A file of the folders that the owner opened, as the declared client says, is what reading it would have been.
    const isOpened = file.places.length > 0 && file.places.every((place) => isWithin(place, roots));
    session.hear({ from: "llm/included files", texts: [file.text], isTainting: !isOpened });
  }
  if (program.length > 0) session.hear({ from: "llm/instructions", texts: program, isTainting: false });
  if (words !== "" && !session.isAttested(words)) await claimed(outside, listening, words);
}

async function claimed(
  { claims, flows }: LlmHearingOutside,
  { identity, session }: Listening,
  words: string,
): Promise<void> {
  let isOnRecord = false;
  try {
    isOnRecord = await claims.claimed(identity, session, words);
  } finally {
    // What is not on record as the user's is others' words, however the request ends.
    if (!isOnRecord) flows.of(identity).hear({ from: "llm/user", texts: [words], isTainting: true });
  }
}
