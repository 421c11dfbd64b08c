/** What a scripted model answers, whatever the protocol: chosen by the words of the last message, and nothing else. */
export type Reply =
  | { readonly kind: "turn"; readonly parts: readonly ReplyPart[] }
  /** An error in the protocol's own words. */
  | { readonly kind: "fail"; readonly status: number; readonly retryAfter: string | null }
  /** 200, and a page of some proxy in between. */
  | { readonly kind: "html" }
  /** The connection is cut when half of the answer has left. */
  | { readonly kind: "broken"; readonly parts: readonly ReplyPart[] }
  /** Text for as long as somebody reads. */
  | { readonly kind: "endless" };

export type ReplyPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reasoning"; readonly text: string }
  | { readonly kind: "refusal"; readonly text: string }
  | { readonly kind: "call"; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

/** The conversation as far as the script cares. */
export interface Asked {
  /** Text of the last message of a user. */
  readonly text: string;
  /** What tools answered after it, in order. */
  readonly results: readonly string[];
  /** A structured answer was asked for by giving the model one tool that it must call. */
  readonly mustCall: string | null;
}

export const WEATHER = { city: "Tromsø" };
/** A number beyond 2^53 would be refused; this one is exact in every reader. */
export const FORECAST = { person: "Ada Lovelace", age: 36 };

const SCRIPT: readonly (readonly [string, (asked: Asked) => Reply])[] = [
  ["fail 429 later", () => fail(429, "2")],
  ["fail 429", () => fail(429)],
  ["fail 500", () => fail(500)],
  ["fail 400", () => fail(400)],
  ["html", () => ({ kind: "html" })],
  ["break off", () => ({ kind: "broken", parts: [text("one two three four five six seven eight")] })],
  ["never end", () => ({ kind: "endless" })],
  ["refuse", () => turn({ kind: "refusal", text: "I can't help with that." })],
  ["think first", () => turn({ kind: "reasoning", text: "Let me see, carefully." }, text("42"))],
  [
    "json please",
    ({ mustCall }) => turn(mustCall === null ? text(JSON.stringify(FORECAST)) : call(mustCall, FORECAST)),
  ],
  [
    "call two tools",
    () => turn(text("Both at once."), call("weather", WEATHER), call("clock", { zone: "Europe/Oslo" })),
  ],
  ["call weather", () => turn(call("weather", WEATHER))],
  ["call nothing", () => turn(call("clock", {}))],
];

/** Hello in several scripts: characters of two, three and four bytes, a combining mark, and white space at the ends. */
export const HELLO = " Hello, wörld! 你好 👋🏽 e\u0301 \n";

export function replyTo(asked: Asked): Reply {
  if (asked.results.length > 0) return turn(text(`It says: ${asked.results.join(" / ")}.`));
  const line = SCRIPT.find(([words]) => asked.text.includes(words));
  return line?.[1](asked) ?? turn(text(HELLO));
}

/** A text as a model streams it: a few characters at a time, never part of one. */
export function slices(whole: string, count = 5): string[] {
  const characters = Array.from(new Intl.Segmenter("en").segment(whole), ({ segment }) => segment);
  const each = Math.max(1, Math.ceil(characters.length / count));
  return Array.from({ length: Math.ceil(characters.length / each) }, (_, n) =>
    characters.slice(n * each, (n + 1) * each).join(""),
  );
}

/** Numbers that float32 and float64 both hold exactly: equal after base64 and after JSON. */
export function embeddingOf(input: string): number[] {
  return [input.length / 8, 0.5, -0.25];
}

function turn(...parts: ReplyPart[]): Reply {
  return { kind: "turn", parts };
}

function text(words: string): ReplyPart {
  return { kind: "text", text: words };
}

function call(name: string, input: Readonly<Record<string, unknown>>): ReplyPart {
  return { kind: "call", name, input };
}

function fail(status: number, retryAfter: string | null = null): Reply {
  return { kind: "fail", status, retryAfter };
}
