import type { Protocol } from "../protocol.ts";
import type { Wishes } from "./conversation.ts";

/** What an upstream can be spoken to in, when the client speaks something else. */
export type Target = Extract<
  Protocol,
  "openai-chat" | "anthropic-messages" | "ollama-chat" | "openai-completions" | "ollama-generate"
>;

/** Parts of a conversation that some protocol cannot say. */
export type Content =
  | "images"
  | "image-urls"
  | "tools"
  | "strict-tools"
  | "result-images"
  | "result-errors"
  | "reasoning"
  | "suffix"
  | "history";

/** `lost`: harmless, and reported. `refused`: it matters, so nothing is sent. `partly`: some values; `write-*.ts` say which. */
export type Fate = "carried" | "lost" | "refused" | "partly";

export const TARGETS: readonly Target[] = [
  "openai-chat",
  "anthropic-messages",
  "ollama-chat",
  "openai-completions",
  "ollama-generate",
];

/**
 * Where a conversation ends with the assistant's own words, the model goes on with them in these, and answers them in the
 * others: between the two kinds such a conversation is refused.
 */
export const GOES_ON: ReadonlySet<Protocol> = new Set(["anthropic-messages", "ollama-chat"]);

type Fates = readonly [chat: Fate, messages: Fate, ollama: Fate, completions: Fate, generate: Fate];

const ROWS: Readonly<Record<keyof Wishes | Content, Fates>> = {
  maxTokens: ["carried", "carried", "carried", "carried", "carried"],
  // Anthropic's newest models take none of the three: @anthropic-ai/sdk 1.12.0 has no such parameters any more.
  temperature: ["carried", "lost", "carried", "carried", "carried"],
  topP: ["carried", "lost", "carried", "carried", "carried"],
  topK: ["lost", "lost", "carried", "lost", "carried"],
  minP: ["lost", "lost", "carried", "lost", "carried"],
  seed: ["carried", "lost", "carried", "carried", "carried"],
  presencePenalty: ["carried", "lost", "carried", "carried", "carried"],
  frequencyPenalty: ["carried", "lost", "carried", "carried", "carried"],
  repeatPenalty: ["lost", "lost", "carried", "lost", "carried"],
  // OpenAI takes four; Anthropic none that is only white space.
  stop: ["partly", "partly", "carried", "partly", "carried"],
  // Anthropic has schemas, but no "any JSON".
  format: ["carried", "partly", "carried", "refused", "carried"],
  // Ollama cannot be made to call; "none" leaves the tools out.
  toolChoice: ["carried", "carried", "partly", "refused", "refused"],
  serialCalls: ["carried", "carried", "refused", "refused", "refused"],
  thinking: ["lost", "lost", "carried", "lost", "carried"],
  effort: ["carried", "lost", "carried", "lost", "carried"],
  images: ["carried", "carried", "carried", "refused", "carried"],
  // Ollama fetches nothing.
  "image-urls": ["carried", "carried", "refused", "refused", "refused"],
  tools: ["carried", "carried", "carried", "refused", "refused"],
  "strict-tools": ["carried", "carried", "lost", "refused", "refused"],
  "result-images": ["refused", "carried", "refused", "refused", "refused"],
  "result-errors": ["lost", "carried", "lost", "refused", "refused"],
  // Anthropic takes only thinking that it signed itself.
  reasoning: ["lost", "lost", "carried", "lost", "lost"],
  suffix: ["refused", "refused", "refused", "carried", "carried"],
  history: ["carried", "carried", "carried", "refused", "refused"],
};

export function fateOf(what: keyof Wishes | Content, to: Target): Fate {
  return ROWS[what][TARGETS.indexOf(to)] ?? "refused";
}
