import type { JsonObject } from "#base";

// What every chat protocol says, in words of its own: what a request is read into before it is written in another.

export type Item =
  | { readonly kind: "text"; readonly text: string }
  /** A picture's bytes in base64. */
  | { readonly kind: "image"; readonly mediaType: string; readonly data: string }
  | { readonly kind: "image-url"; readonly url: string }
  | { readonly kind: "reasoning"; readonly text: string }
  | { readonly kind: "call"; readonly id: string; readonly name: string; readonly arguments: JsonObject }
  | {
      readonly kind: "result";
      readonly callId: string;
      /** The tool's name; null: the call it answers is not in the conversation. */
      readonly name: string | null;
      readonly isError: boolean;
      readonly items: readonly Item[];
    };

/** `tool` holds results only. */
export type Role = "system" | "user" | "assistant" | "tool";

export interface Message {
  readonly role: Role;
  readonly items: readonly Item[];
  /** Where it stands in the client's body. */
  readonly path: string;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
  readonly isStrict: boolean;
}

export type Format =
  | { readonly kind: "json" }
  | {
      readonly kind: "schema";
      readonly name: string;
      readonly schema: JsonObject;
      readonly isStrict: boolean;
    };

export type ToolChoice = "none" | "required" | { readonly name: string };

/** What a client asks for beside the conversation; what is not there was not asked for. */
export interface Wishes {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly repeatPenalty?: number;
  readonly stop?: readonly string[];
  readonly format?: Format;
  readonly toolChoice?: ToolChoice;
  readonly serialCalls?: true;
  readonly thinking?: boolean;
  readonly effort?: string;
}

export interface Conversation {
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly wishes: Wishes;
  readonly isStream: boolean;
  /** Text that the answer leads up to (fill in the middle); null: none. */
  readonly suffix: string | null;
}

export function textOf(items: readonly Item[]): string {
  return items.flatMap((item) => (item.kind === "text" ? [item.text] : [])).join("\n");
}
