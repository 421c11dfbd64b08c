import { z } from "zod";
import type { CardFacts } from "#cards";
import type { ActionEntries } from "./action-view.ts";
import { type Kept, recordedAs } from "./actions.ts";
import { objectIn, objectOf } from "./columns.ts";

/** As much as anybody would read; cards cut it further. */
const CLAIM_CHARS_MAX = 4_000;

/** What the llm door keeps of a model's answer (`KeptResult` there), as far as it is needed here. */
const keptTurn = z.object({
  turn: z.object({ parts: z.array(z.object({ kind: z.string(), text: z.string().optional() })) }),
});

/**
 * What the model wrote beside the call, where the llm door saw it ask: its own words for what it is about to do, and nobody else's. Null where it
 * wrote nothing, it is not kept, or the action came in at another door, where no protocol has a place for it.
 */
export async function claimOf(
  context: Kept,
  { rows }: Pick<ActionEntries, "rows">,
  who: string,
): Promise<CardFacts["claim"]> {
  const decided = rows.findLast(({ kind }) => kind === "intent" || kind === "verdict");
  const turn = decided === undefined ? null : objectIn(objectOf(decided.record), "body")["turn"];
  if (typeof turn !== "string") return null;
  const outcome = (await recordedAs(context, turn))?.rows.findLast(({ kind }) => kind === "outcome");
  const bytes = outcome === undefined ? null : context.journal.payload(outcome.idx, "result");
  const read =
    bytes === null ? null : keptTurn.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8"))).data;
  const texts = (read?.turn.parts ?? []).flatMap((part) => (part.kind === "text" ? [part.text ?? ""] : []));
  const text = texts.join("\n").trim().slice(0, CLAIM_CHARS_MAX).toWellFormed();
  return text === "" ? null : { who, text };
}
