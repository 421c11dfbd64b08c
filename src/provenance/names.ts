/** Of git alone, at the top of a model (spec/v1.0.md, section 6.2). */
export const IGNORED_BY_DEFAULT = [".git", ".gitignore", ".gitattributes", ".github"] as const;

const NAME_CHARACTERS_MAX = 4096;

/** Why a name of a manifest may not be looked for in a folder; null where it may (spec/v1.0.md, section 6.1.2). */
export function unsafeName(name: string): string | null {
  if (name === "" || name.length > NAME_CHARACTERS_MAX) return "it is empty or too long";
  if (name.includes("\0") || name.includes("\\")) return "it has characters that paths do not have";
  if (name.startsWith("/") || /^[A-Za-z]:(?!\d+:\d+$)/.test(name)) return "it is no relative path";
  const parts = name.split("/");
  if (parts.includes("..")) return "it leads out of the model";
  return parts.includes("") || parts.includes(".") ? "it is not written as a path is" : null;
}

/** Whether a path of a model is one of the ignored ones, or lies below one. */
export function isIgnored(path: string, ignored: Iterable<string>): boolean {
  for (const one of ignored) {
    if (path === one || path.startsWith(`${one}/`)) return true;
  }
  return false;
}

/** An ignored path as it stands in a signature: without `./` before it and `/` behind; null for one that is none. */
export function ignoredPath(said: string): string | null {
  const path = said.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
  return unsafeName(path) === null && !/[*?[]/.test(path) ? path : null;
}
