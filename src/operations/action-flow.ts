import { z } from "zod";
import { NO_ORIGINS } from "#policy";
import type { FlowFacts } from "#vocabulary";
import { type ActionEntries, DECISIONS } from "./action-view.ts";
import { objectIn, objectOf } from "./columns.ts";

const origins = z.record(z.string(), z.array(z.string()));

const factsShape = z.object({
  labelled: z.boolean().describe("A manifest is in force for the tool"),
  effect: z.string(),
  mandate: z.string().describe("attested, claimed or none: whether the user's words are known"),
  tainted: z.boolean().describe("The session had seen what others wrote"),
  overflowed: z.boolean().describe("More was seen than is kept: only the user's own words counted"),
  asked: z.boolean().describe("The user's words ask for this kind of deed"),
  readers: z.string().describe("beyond: its content would reach somebody who may not read it"),
  carries: z.array(z.string()).describe("What others wrote and the content passes on"),
  origins: origins.describe("Where the values of each role came from"),
});

const doubtShape = z.object({
  argument: z.string(),
  role: z.string(),
  value: z.string().describe("Its beginning, where it is long"),
  origin: z.string().describe("untrusted: seen in what others wrote; model: seen nowhere"),
  seenIn: z.array(z.string()).describe("Tools, and other places, in whose text it was seen"),
});

/** Where the values of an action came from, as it was decided on. */
export const flowShape = z.object({
  flow: factsShape.nullable().describe("What was known of its values; null where they were not traced"),
  doubts: z
    .array(doubtShape.extend({ words: z.string().describe("The same as a sentence") }))
    .describe("Each value that nothing reliable names; empty where they are not yours to see or not kept"),
});

/** From the newest of its decisions. */
export function flowIn({ rows }: Pick<ActionEntries, "rows">): z.output<typeof factsShape> | null {
  const decided = rows.findLast((row) => DECISIONS.includes(row.kind));
  const body = decided === undefined ? {} : objectIn(objectOf(decided.record), "body");
  return factsShape.safeParse(body["flow"]).data ?? null;
}

/** The doubts that lie beside a decision, as `doubts`. */
export function doubtsIn(kept: unknown): z.output<typeof flowShape>["doubts"] {
  const doubts = z.array(doubtShape).safeParse(kept).data ?? [];
  return doubts.map((doubt) => ({ ...doubt, words: sentence(doubt) }));
}

function sentence({ role, value, origin, seenIn, argument }: z.output<typeof doubtShape>): string {
  const what = `${role} ${JSON.stringify(value)} (${argument})`;
  if (origin === "model")
    return `${what} was seen nowhere: the agent made it up, and the user did not name it.`;
  const where = seenIn.length === 0 ? "what others wrote" : `the words of ${seenIn.join(", ")}`;
  return `${what} was seen in ${where}, and neither the user nor anything reliable names it.`;
}

/** For policy: as it was recorded, without what only people are told. */
export function recordedFlow(entries: Pick<ActionEntries, "rows">): FlowFacts | null {
  const found = flowIn(entries);
  if (found === null) return null;
  const read = recorded.parse(found);
  return { ...read, origins: { ...NO_ORIGINS, ...read.origins }, doubts: [] };
}

/** Doorward wrote it. */
const recorded = z.custom<Omit<FlowFacts, "doubts">>(
  (value) => typeof value === "object" && value !== null && "origins" in value,
);
