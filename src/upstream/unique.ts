import { canonicalJson, Fault, type JsonObject } from "#base";

/**
 * Definitions of one list, each name once: repeated as it is, it is left out. Throws `upstream_list_refused` where a name
 * stands for two different things: whichever a person reviewed, the other could be meant (T14).
 */
export function uniqueByName(definitions: readonly JsonObject[]): readonly JsonObject[] {
  const known = new Map<unknown, JsonObject>();
  for (const definition of definitions) {
    const { name } = definition;
    const other = known.get(name);
    if (other !== undefined && canonicalJson(other) !== canonicalJson(definition)) throw twice(name);
    known.set(name, other ?? definition);
  }
  return known.size === definitions.length ? definitions : [...known.values()];
}

function twice(name: unknown): Fault {
  return new Fault(
    "upstream_list_refused",
    `the server lists ${JSON.stringify(name).slice(0, 200)} twice, differently`,
    "Tell the server's author; until it is mended nothing of this list is used.",
  );
}
