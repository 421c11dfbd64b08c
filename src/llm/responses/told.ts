import type { JsonObject } from "#base";
import { textAt } from "../openai/fields.ts";
import type { Part, Turn } from "../turn.ts";
import { isCall, isOpaque, partText } from "./output.ts";
import { objectsAt } from "../openai/fields.ts";
import { typeOf } from "./request.ts";
import { callItem, messageItem, reasoningItem } from "./whole.ts";

/**
 * An item as its client was given it, of which nothing of the model's own is repeated: parts of the turn by their index,
 * and words of Doorward's after them. A plain object type: it is kept as JSON.
 */
export type ToldItem = {
  readonly id: string;
  readonly parts: readonly number[];
  readonly words: string;
};

/**
 * How a client's items come from a turn. `words`: what Doorward said in it, by itself or in place of calls. A message that
 * mixes both within the model's text is told as all of that text, and Doorward's words after it.
 */
export function toldItems(
  items: readonly JsonObject[],
  turn: Turn,
  words: readonly string[],
): readonly ToldItem[] {
  const taken = new Set<number>();
  return items.flatMap((item) => {
    const id = textAt(item, "id") ?? "";
    if (id === "") return [];
    const told = typeOf(item) === "message" ? messageOf(item, turn, taken, words) : partOf(item, turn, taken);
    for (const at of told.parts) taken.add(at);
    return [{ id, ...told }];
  });
}

type Told = Omit<ToldItem, "id">;

function partOf(item: JsonObject, turn: Turn, taken: ReadonlySet<number>): Told {
  const at = turn.parts.findIndex((part, index) => !taken.has(index) && isOf(item, part));
  return { parts: at === -1 ? [] : [at], words: "" };
}

function isOf(item: JsonObject, part: Part): boolean {
  if (isCall(item)) return part.kind === "call" && part.call.id === item["call_id"];
  if (isOpaque(item)) return part.kind === "opaque" && part.json["id"] === item["id"];
  return part.kind === "reasoning" && part.signature === textAt(item, "encrypted_content");
}

function messageOf(item: JsonObject, turn: Turn, taken: ReadonlySet<number>, words: readonly string[]): Told {
  const text = objectsAt(item, "content").map(partText).join("");
  if (isOnly(text, words)) return { parts: [], words: text };
  const left = turn.parts.flatMap((part, at) =>
    part.kind === "text" && !taken.has(at) ? [{ at, part }] : [],
  );
  const parts: number[] = [];
  let said = "";
  for (const { at, part } of left) {
    if (!text.startsWith(said + part.text)) break;
    said += part.text;
    parts.push(at);
  }
  const rest = text.slice(said.length);
  if (parts.length > 0 && isOnly(rest, words)) return { parts, words: rest };
  return { parts: left.map(({ at }) => at), words: words.map((one) => `\n\n${one}`).join("") };
}

/** Whether a text is made of these words, and of nothing else but space. */
function isOnly(text: string, words: readonly string[]): boolean {
  return words.reduce((rest, one) => rest.replace(one, ""), text).trim() === "";
}

/** The items again; one of which nothing is known any more is left out. */
export function itemsTold(told: readonly ToldItem[], turn: Turn): readonly (JsonObject | null)[] {
  return told.map(({ id, parts, words }) => {
    const found = parts.flatMap((at) => turn.parts[at] ?? []);
    const [first] = found;
    const text = found.map((part) => (part.kind === "text" ? part.text : "")).join("") + words;
    if (first === undefined || first.kind === "text")
      return text === "" ? null : { ...messageItem("", text), id };
    if (first.kind === "reasoning") return { ...reasoningItem("", first.text, first.signature), id };
    return first.kind === "call" ? { ...callItem("", first.call), id } : first.json;
  });
}
