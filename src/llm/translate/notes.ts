import { Fault, type Json, type JsonObject } from "#base";
import { about } from "../strict.ts";

/** What got lost on the way, by the paths of the client's own body. */
export interface Notes {
  readonly lose: (path: string, words?: string) => void;
  readonly lost: () => readonly string[];
}

export function createNotes(): Notes {
  const lost = new Set<string>();
  return {
    lose: (path, words) => void lost.add(words === undefined ? path : `${path}: ${words}`),
    lost: () => [...lost],
  };
}

/** What matters and has no place in the upstream's protocol is refused, never dropped. `words` completes "`path` ...". */
export function translationRefused(path: string, words: string): Fault {
  const fault = new Fault(
    "translation_refused",
    `\`${path}\` ${words}`,
    "Leave it out, or ask for a model whose upstream speaks the protocol that you do (`doorward models routes`).",
  );
  return about(path, fault);
}

/** Fields of one nested object: those that are read, and those that may be lost. Anything else that is set is refused. */
export function sift(
  object: JsonObject,
  path: string,
  known: { readonly carried: readonly string[]; readonly lost?: readonly string[] },
  notes: Notes,
): void {
  for (const [name, value] of Object.entries(object)) {
    if (value === null || known.carried.includes(name)) continue;
    if (known.lost?.includes(name) !== true) throw noPlace(`${path}.${name}`);
    notes.lose(withoutIndexes(`${path}.${name}`));
  }
}

export function noPlace(path: string): Fault {
  return translationRefused(path, "has no place in what the model's upstream is spoken to in");
}

/** One line for all messages: `messages[].content[].cache_control`. */
export function withoutIndexes(path: string): string {
  return path.replaceAll(/\[\d+\]/g, "[]");
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
