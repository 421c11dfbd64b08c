import { Fault, type JsonObject } from "#base";
import type { AnswerHead, Face } from "#llm";

// What the tests of these faces share. Requests and answers in them are typed by the npm package `ollama` 0.6.4, and
// after the examples in docs/api.md of ollama/ollama at fb30760996871fa9460115c753afd2c60d4ab0f7; what only the Go types
// have says so.

export const MODEL = "llama3.2";
export const USER = [{ role: "user", content: "why is the sky blue?" }];
export const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Get the weather in a given city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
export const HEAD: AnswerHead = {
  id: "a1",
  model: "asked",
  createdAt: 1_700_000_000,
  isUsageWanted: true,
  mark: {},
};

export function wire(value: object): JsonObject {
  const onTheWire: JsonObject = JSON.parse(JSON.stringify(value));
  return onTheWire;
}

export function faultOf(run: () => unknown): Fault {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const at = (n: number): string => `2025-07-07T20:22:19.18478${n}Z`;
export const LINES = [
  {
    model: MODEL,
    created_at: at(0),
    message: { role: "assistant", content: "", thinking: "Hm" },
    done: false,
  },
  { model: MODEL, created_at: at(1), message: { role: "assistant", content: "Ich prüfe " }, done: false },
  { model: MODEL, created_at: at(2), message: { role: "assistant", content: "das 🌤" }, done: false },
  {
    model: MODEL,
    created_at: at(3),
    message: {
      role: "assistant",
      content: "",
      tool_calls: [{ function: { name: "get_weather", arguments: { city: "Tokyo" } } }],
    },
    done: false,
  },
  {
    model: MODEL,
    created_at: at(4),
    message: { role: "assistant", content: "" },
    done_reason: "stop",
    done: true,
    total_duration: 1,
    prompt_eval_count: 169,
    eval_count: 15,
  },
];
export const STREAM: Uint8Array = new TextEncoder().encode(
  `${LINES.map((line) => JSON.stringify(line)).join("\n")}\n`,
);

export function readAll(face: Face, chunks: readonly Uint8Array[]) {
  const asked = face.protocol === "ollama-chat" ? { messages: USER } : { prompt: "x" };
  const reader = face.createReader(face.readRequest(wire({ model: MODEL, ...asked })));
  const pieces = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
  return { pieces, turn: reader.turn(), deltas: pieces.flatMap((piece) => piece.deltas) };
}
