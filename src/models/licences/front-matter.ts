/** What the head of a model card says of licences and bases; lists, since cards give one or several. */
export interface CardClaims {
  readonly licence: readonly string[];
  readonly licenceName: string | null;
  readonly licenceLink: string | null;
  readonly baseModels: readonly string[];
}

const LINES_MAX = 2000;
const VALUES_MAX = 64;
const CHARACTERS_MAX = 500;
const KEY = /^(?<key>license|license_name|license_link|base_model):(?:\s+(?<value>.*))?$/;
const ITEM = /^\s*-\s+(?<value>.+)$/;

/**
 * The YAML between the first two lines of `---` of a README.md, as Hugging Face reads it (huggingface/hub-docs, modelcard.md): only these
 * four keys at the margin, with a plain or quoted value, or a list. Other forms of YAML are not read, and then nothing is claimed.
 */
export function readCard(text: string): CardClaims {
  const claims = claimsOf(headOf(text));
  const valuesAt = (key: string): readonly string[] => claims.get(key) ?? [];
  return {
    licence: valuesAt("license"),
    licenceName: valuesAt("license_name")[0] ?? null,
    licenceLink: valuesAt("license_link")[0] ?? null,
    baseModels: valuesAt("base_model"),
  };
}

function headOf(text: string): readonly string[] {
  const lines = text.slice(0, LINES_MAX * CHARACTERS_MAX).split(/\r?\n/, LINES_MAX);
  const end = lines[0]?.trim() === "---" ? lines.indexOf("---", 1) : -1;
  return lines.slice(1, Math.max(1, end));
}

function claimsOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const claims = new Map<string, string[]>();
  let list: string[] | null = null;
  for (const line of lines) {
    const item = list === null ? undefined : ITEM.exec(line)?.groups?.["value"];
    if (item !== undefined) addTo(list, item);
    else list = begun(line, claims);
  }
  return claims;
}

function addTo(list: string[] | null, item: string): void {
  if (list !== null && list.length < VALUES_MAX) list.push(plain(item));
}

/** The values of a key that is read, to which a list may add more; null where another key begins. */
function begun(line: string, claims: Map<string, string[]>): string[] | null {
  const { key, value } = KEY.exec(line)?.groups ?? {};
  if (key === undefined) return null;
  const values = valuesOf(value ?? "");
  claims.set(key, values);
  return values;
}

function valuesOf(value: string): string[] {
  const inner = /^\[(?<items>.*)\]\s*$/.exec(value)?.groups?.["items"];
  if (inner !== undefined)
    return inner
      .split(",", VALUES_MAX)
      .map(plain)
      .filter((one) => one !== "");
  const one = plain(value);
  return one === "" || one === "|" || one === ">" ? [] : [one];
}

function plain(value: string): string {
  const trimmed = value.replace(/\s+#.*$/, "").trim();
  const quoted = /^(?<quote>["'])(?<inner>.*)\k<quote>$/.exec(trimmed)?.groups?.["inner"];
  return (quoted ?? trimmed).slice(0, CHARACTERS_MAX);
}
