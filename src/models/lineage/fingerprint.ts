import { createHash } from "node:crypto";
import type { Digest } from "#base";
import type { ModelFacts } from "../identify/facts.ts";
import { normsOf } from "./norms.ts";
import type { Dimensions, Fingerprint } from "./print.ts";
import { embeddingOf, matrixRows } from "./rows.ts";
import type { TokenizerPrint } from "./tokenizer.ts";
import type { Weights, WeightTensor } from "./weights/tensors.ts";

export interface FingerprintSource {
  readonly weights: Weights;
  readonly facts: ModelFacts;
  readonly tokenizer: TokenizerPrint | null;
  /** SHA-256 of the model's one file, where it was hashed. */
  readonly digest: Digest | null;
}

const UNREAD_MAX = 20;
const LAYERS_MAX = 4_096;
const NAME_CHARACTERS_MAX = 256;

/**
 * What is kept of a model to compare it with others: some 25 KB for 32 layers. It reads all norms (about 1 MB of a model of 8 billion
 * parameters), one row of two matrices in each layer and at most 64 rows of the embedding. Nothing that can't be read is guessed: it is
 * named in `unread`. Throws nothing of its own; what the source throws goes through.
 */
export function fingerprintOf({ weights, facts, tokenizer, digest }: FingerprintSource): Fingerprint {
  const unread = new Set<string>();
  const note = (what: string): void => {
    if (unread.size < UNREAD_MAX) unread.add(what);
  };
  const sound = weights.tensors.filter(({ layer }) => layer === null || layer < LAYERS_MAX);
  const tensors = onceEach(sound);
  const embedding = tensors.find(({ role }) => role === "embedding");
  const dimensions = dimensionsOf(weights, tensors, embedding);
  const width = dimensions.width ?? 0;
  const embedded =
    embedding === undefined || embedding.columns !== width ? null : embeddingOf(embedding, note);
  if (facts.part !== null) note("further parts of the model");
  if (embedding === undefined) note("no embedding is known by its name");
  const matrices = matrixRows(tensors, width, note);
  return {
    container: weights.container,
    kind: facts.kind,
    architecture: cut(facts.architecture),
    type: facts.quantisation.dominant,
    dimensions,
    digest,
    shape: shapeOf(tensors),
    tokenizer,
    declared: declaredIn(facts),
    norms: normsOf(tensors, width, note),
    rows: [...(embedded?.rows ?? []), ...matrices],
    cosines: embedded?.cosines ?? { tokens: [], values: [] },
    unread: [...unread],
  };
}

const cut = (text: string | null): string | null => text?.slice(0, NAME_CHARACTERS_MAX) ?? null;

function declaredIn({ declared, adapterOf }: ModelFacts): Fingerprint["declared"] {
  const bases = declared.baseModels.flatMap(({ name, repository }) => [repository ?? name]);
  const all = [adapterOf?.base ?? null, ...bases].filter((base) => base !== null);
  return { name: cut(declared.name), bases: all.map((base) => base.slice(0, NAME_CHARACTERS_MAX)) };
}

const order = (layer: number | null): number => layer ?? LAYERS_MAX;

/** The first of each role and layer: a file that names one twice can't show another model besides. */
function onceEach(tensors: readonly WeightTensor[]): readonly WeightTensor[] {
  const seen = new Map(
    tensors.toReversed().map((tensor) => [`${tensor.role} ${tensor.layer ?? ""}`, tensor]),
  );
  return [...seen.values()].toSorted(
    (one, other) => order(one.layer) - order(other.layer) || (one.role < other.role ? -1 : 1),
  );
}

function dimensionsOf(
  weights: Weights,
  tensors: readonly WeightTensor[],
  embedding: WeightTensor | undefined,
): Dimensions {
  const first = (role: string): WeightTensor | undefined => tensors.find((tensor) => tensor.role === role);
  const layers = new Set(tensors.flatMap(({ layer }) => (layer === null ? [] : [layer]))).size;
  const adapter = adapterShape(weights);
  return {
    width: first("final_norm")?.columns ?? embedding?.columns ?? adapter.width,
    layers: layers === 0 ? adapter.layers : layers,
    vocabulary: embedding?.rows ?? null,
    feedForward: first("ffn_up")?.rows ?? null,
    keyValue: first("attn_v")?.rows ?? null,
  };
}

const LORA_A =
  /\.(?<layer>\d{1,5})\..*(?:(?:q_proj|v_proj|up_proj)\.lora_A|(?:attn_q|attn_v|ffn_up)\.weight\.lora_a)/;

/** Of what an adapter is by its shapes: its first matrices have rows as long as the residual stream is wide. */
function adapterShape({ all }: Weights): Pick<Dimensions, "width" | "layers"> {
  const found = all.flatMap(({ name, shape }) => {
    const layer = LORA_A.exec(name)?.groups?.["layer"];
    return layer === undefined ? [] : [{ layer: Number(layer), width: shape.at(-1) ?? 0 }];
  });
  const last = found.reduce((most, { layer }) => Math.max(most, layer), -1);
  return { width: found[0]?.width ?? null, layers: last === -1 ? null : last + 1 };
}

/** SHA-256 over a line `role layer rows columns` for each tensor, sorted: the same from GGUF and safetensors. */
function shapeOf(tensors: readonly WeightTensor[]): Digest | null {
  if (tensors.length === 0) return null;
  const lines = tensors.map(
    ({ role, layer, rows, columns }) => `${role} ${layer ?? "-"} ${rows} ${columns}\n`,
  );
  return `sha256:${createHash("sha256").update(lines.toSorted().join("")).digest("hex")}`;
}
