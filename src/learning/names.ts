/** A part of a policy's id: small letters, digits and hyphens, whatever was in the text. */
export function slugOf(text: string, charactersMax: number): string {
  const slug = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "")
    .slice(0, charactersMax)
    .replaceAll(/-+$/gu, "");
  return slug === "" ? "x" : slug;
}
