import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { bytesIn, type Fingerprint, fingerprintFrom } from "#models";

/**
 * Labelled models and pairs. Two forms are read: the features of Cisco's model provenance kit (`*_features.json` of
 * cisco-ai-defense/model-provenance-kit 9991417, whose `family_id` is the label: every two models of a family are a pair), and a `pairs.json`
 * of our own: `{"pairs": [{"child": PATH, "base": PATH, "related": true, "relation": "quantisation"}]}`, each the id of such a model or a
 * path beside it.
 */
export interface Known {
  readonly name: string;
  readonly family: string;
  readonly print: Fingerprint;
}

export interface LabelledPair {
  readonly names: readonly [string, string];
  readonly prints: readonly [Fingerprint, Fingerprint];
  readonly related: boolean;
  /** Where the label says which. */
  readonly relation: string | null;
}

const FILES_MAX = 10_000;
type Fields = Readonly<Record<string, unknown>>;

export async function labelledPairs(folder: string): Promise<readonly LabelledPair[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith(".json")).slice(0, FILES_MAX);
  const models: Known[] = [];
  const listed: Fields[] = [];
  for (const name of files) {
    const value = fieldsOf(parsed(await readFile(join(folder, name), "utf8")));
    if (value !== null && basename(name) === "pairs.json") listed.push(value);
    const known = value === null ? null : modelIn(value);
    const isKnown = models.some((one) => isDeepStrictEqual(one, known));
    if (known !== null && !isKnown) models.push(known);
  }
  const pairs: LabelledPair[] = [];
  for (const value of listed) pairs.push(...(await ownPairs(folder, value, models)));
  const crossed = models.flatMap((one, n) =>
    models.slice(n + 1).map((other): LabelledPair => {
      const related = one.family === other.family;
      return { names: [one.name, other.name], prints: [one.print, other.print], related, relation: null };
    }),
  );
  return [...pairs, ...crossed];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fieldsOf(value: unknown): Fields | null {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value)) : null;
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
const countOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;

function modelIn(value: Fields): Known | null {
  const [family, name] = [textOf(value["family_id"]), textOf(value["model_id"])];
  const [shape, tokens] = [fieldsOf(value["mfi"]), fieldsOf(value["tfv"])];
  if (family === null || name === null || shape === null) return null;
  const at = (key: string): number | null => countOf(shape[key]);
  const [heads, each] = [at("num_key_value_heads"), at("head_dim")];
  return {
    name,
    family,
    print: {
      container: "reference",
      kind: "model",
      architecture: textOf(shape["model_type"]),
      type: null,
      dimensions: {
        width: at("hidden_size"),
        layers: at("num_hidden_layers"),
        vocabulary: at("vocab_size"),
        feedForward: at("intermediate_size"),
        keyValue: heads === null || each === null ? null : heads * each,
      },
      digest: null,
      shape: null,
      tokenizer: tokenizerIn(shape, tokens),
      declared: { name, bases: [] },
      norms: [],
      rows: [],
      cosines: { tokens: [], values: [] },
      unread: ["the reference holds no weights"],
    },
  };
}

/** Their digests are over other bytes than ours, and are compared only with each other. */
function tokenizerIn(shape: Fields, tokens: Fields | null): Fingerprint["tokenizer"] {
  const [hash, merges] = [textOf(shape["tokenizer_hash"]), textOf(tokens?.["merge_rule_hash"])];
  if (hash === null || !/^[0-9a-f]{64}$/.test(hash)) return null;
  return {
    tokens: countOf(tokens?.["vocab_size"]) ?? countOf(shape["vocab_size"]) ?? 0,
    digest: `sha256:${hash}`,
    merges: merges !== null && /^[0-9a-f]{64}$/.test(merges) ? `sha256:${merges}` : null,
    prefixes: [],
    sketch: [],
  };
}

async function ownPairs(
  folder: string,
  value: Fields,
  models: readonly Known[],
): Promise<readonly LabelledPair[]> {
  const listed: unknown[] = Array.isArray(value["pairs"]) ? value["pairs"] : [];
  const pairs: LabelledPair[] = [];
  for (const one of listed) {
    const pair = fieldsOf(one);
    const [child, base] = [textOf(pair?.["child"]), textOf(pair?.["base"])];
    if (pair === null || child === null || base === null) throw new Error("a pair names no child or no base");
    const prints = [await printOf(folder, child, models), await printOf(folder, base, models)] as const;
    const related = pair["related"] === true;
    pairs.push({ names: [child, base], prints, related, relation: textOf(pair["relation"]) });
  }
  return pairs;
}

async function printOf(folder: string, name: string, models: readonly Known[]): Promise<Fingerprint> {
  return models.find((model) => model.name === name)?.print ?? printAt(join(folder, name));
}

async function printAt(path: string): Promise<Fingerprint> {
  const names = await readdir(path).catch(() => null);
  const files = names === null ? [path] : names.map((name) => join(path, name));
  const read = [];
  for (const file of files) read.push({ name: file, source: bytesIn(await readFile(file)) });
  const outcome = fingerprintFrom(read);
  if (!outcome.ok) throw new Error(`${path}: ${outcome.malformed.what}`);
  return outcome.print;
}
