import type { JsonObject } from "#base";
import type { Protocol } from "./protocol.ts";

/** A tool that the client itself runs when the model asks for it. */
export interface DeclaredTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments; null for a `custom` (free text) tool. */
  readonly inputSchema: JsonObject | null;
}

/** A tool that the upstream would run itself: declaring it is the action, for there is no boundary to hold at. */
export interface HostedTool {
  /** As the protocol types it: `web_search`, `mcp`, `code_interpreter`, `web_search_20250305` … */
  readonly type: string;
  readonly definition: JsonObject;
}

/** One request of a client, read strictly: every field is on the protocol's allow-list (T9). */
export interface ModelRequest {
  readonly protocol: Protocol;
  readonly model: string;
  readonly isStream: boolean;
  /** The whole body; what is forwarded is made from it and from nothing else. */
  readonly body: JsonObject;
  readonly tools: readonly DeclaredTool[];
  readonly hosted: readonly HostedTool[];
  /** URLs that the upstream would fetch itself; data: URLs are content and not among them. */
  readonly fetches: readonly string[];
  /** Id of an earlier response that this one goes on from; null: none. */
  readonly previous: string | null;
  /** Largest answer that the client asked for; null: the upstream's default. */
  readonly outputTokensMax: number | null;
  /** Whether the client itself asked for usage in its stream. Always true where the protocol always sends it. */
  readonly isUsageWanted: boolean;
  /** Characters of everything the model is given to read (messages, prompts, tool definitions): what input is guessed from. */
  readonly inputCharacters: number;
  /** Text of the last assistant message of the conversation; empty where there is none. */
  readonly lastAssistantText: string;
}
