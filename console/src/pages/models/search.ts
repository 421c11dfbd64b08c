/** The name that is tried, in the address. */
export interface ModelsSearch {
  readonly name?: string;
}

const NAME_CHARACTERS_MAX = 256;

/** Reads an address; what it does not know it leaves out. */
export function modelsSearch(given: Record<string, unknown>): ModelsSearch {
  const { name } = { name: undefined as unknown, ...given };
  const text = typeof name === "number" ? String(name) : name;
  return typeof text === "string" && text !== "" ? { name: text.slice(0, NAME_CHARACTERS_MAX) } : {};
}
