import type { JsonObject } from "#base";

// Plain object types, not interfaces: a turn is kept as JSON, and only so does the compiler know it.

/** A tool that the model asks its client to run. */
export type ToolCall = {
  /** The upstream's own id; made by Doorward where the protocol has none. */
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: JSON text for a function, free text for a `custom` tool. */
  readonly arguments: string;
  /** `legacy`: OpenAI's `function_call`. `text`: found in the model's text (T5). */
  readonly kind: "function" | "custom" | "legacy" | "text";
  /** What the upstream put beside the call and wants back with its result: Gemini's thought signature. Absent: nothing. */
  readonly extra?: JsonObject;
  /** The answer ended at its limit within this call, or may have: nobody can say what the model would have asked for. */
  readonly isCut?: true;
};

/** Why the model stopped, in one word for all protocols. */
export type Finish = "stop" | "length" | "calls" | "filter";

/** Whether the model was stopped, and had not come to its end. */
export function isAtLimit(finish: Finish | null): boolean {
  return finish === "length" || finish === "filter";
}

export type Usage = {
  /** Cached input included; null where the upstream did not say. */
  readonly inputTokens: number | null;
  /** Reasoning included. */
  readonly outputTokens: number | null;
};

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reasoning"; readonly text: string; readonly signature: string | null }
  | { readonly kind: "call"; readonly call: ToolCall }
  /** A part of the client's own protocol that is passed on as it came and never translated. */
  | { readonly kind: "opaque"; readonly json: JsonObject };

/** One answer of a model, whole. */
export type Turn = {
  readonly id: string | null;
  readonly model: string | null;
  /** In the order in which the model gave them. */
  readonly parts: readonly Part[];
  readonly finish: Finish;
  readonly usage: Usage | null;
};

/** The calls of a turn in their order: what a ruling's indexes count. */
export function callsOf(turn: Turn): readonly ToolCall[] {
  return turn.parts.flatMap((part) => (part.kind === "call" ? [part.call] : []));
}

export function textOf(turn: Turn): string {
  return turn.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}
