import { type Digest, digestOfBytes, type Json } from "#base";
import { malformed } from "../bytes.ts";
import { isObject, jsonText } from "../json-text.ts";
import { type Oddity, oddityList, type OddityList, shown } from "../oddity.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";

const LAYERS_MAX = 10_000;
const DIGEST = /^sha256[:-](?<hex>[0-9a-fA-F]{64})$/;
const LAYER = /^application\/vnd\.ollama\.image\.(?<kind>[a-z]+)$/;
/** After ollama/ollama fb30760 (2026-08-21): the media types of a manifest's layers. */
const KINDS = [
  "model",
  "projector",
  "adapter",
  "template",
  "system",
  "params",
  "messages",
  "license",
] as const;
const OTHER_KINDS = ["tensor", "json", "draft", "embed", "prompt"] as const;
export type OllamaLayerKind = (typeof KINDS)[number] | (typeof OTHER_KINDS)[number];

export interface OllamaLayer {
  /** Null for a media type that Ollama does not have. */
  readonly kind: OllamaLayerKind | null;
  /** Of the blob, whose name it is: `blobs/sha256-<hex>`. */
  readonly digest: Digest;
  readonly bytes: number;
}

export interface OllamaManifest {
  /** Of the manifest's own bytes: what `ollama list` and its API show. */
  readonly digest: Digest;
  /** Null where the manifest has none. */
  readonly config: Digest | null;
  readonly layers: readonly OllamaLayer[];
  readonly oddities: readonly Oddity[];
}

/**
 * Reads an Ollama manifest: the blobs that make a model. A digest that is none would become a path to elsewhere, so such a manifest is
 * malformed. After manifest/manifest.go and manifest/layer.go of ollama/ollama fb30760 (2026-08-21).
 */
export function readOllamaManifest(bytes: Uint8Array): Outcome<OllamaManifest> {
  return outcomeOf(() => {
    const oddities = oddityList();
    const { value, twice } = jsonText(bytes);
    for (const { name, at } of twice)
      oddities.add("manifest-name-twice", `the manifest holds ${shown(name)} twice`, at);
    const layers = isObject(value) ? value["layers"] : undefined;
    if (!isObject(value) || !Array.isArray(layers) || layers.length > LAYERS_MAX)
      throw malformed("the manifest has no list of layers that is short enough", 0);
    const config = value["config"];
    const isBare = !isObject(config) || config["digest"] === "" || config["digest"] === undefined;
    return {
      digest: digestOfBytes(bytes),
      config: isBare ? null : digestIn(config["digest"]),
      layers: layers.map((layer) => layerOf(layer, oddities)),
      oddities: oddities.all(),
    };
  });
}

function layerOf(layer: Json, oddities: OddityList): OllamaLayer {
  const { mediaType, digest, size } = isObject(layer) ? layer : {};
  const found = LAYER.exec(typeof mediaType === "string" ? mediaType : "")?.groups?.["kind"];
  const kind = [...KINDS, ...OTHER_KINDS].find((known) => known === found) ?? null;
  if (kind === null) {
    const said = typeof mediaType === "string" ? shown(mediaType) : "no text";
    oddities.add("manifest-layer", `a layer has the media type ${said}, which Ollama does not have`, 0);
  }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
    throw malformed("a layer of the manifest has no sound size", 0);
  return { kind, digest: digestIn(digest), bytes: size };
}

function digestIn(said: Json | undefined): Digest {
  const hex = typeof said === "string" ? DIGEST.exec(said)?.groups?.["hex"] : undefined;
  if (hex !== undefined) return `sha256:${hex.toLowerCase()}`;
  throw malformed(
    `the manifest points to ${typeof said === "string" ? shown(said) : "no text"}, which is no blob`,
    0,
  );
}

export interface OllamaConfig {
  readonly format: string | null;
  readonly family: string | null;
  /** As claimed: `8.0B`. */
  readonly size: string | null;
  /** As claimed: `Q4_K_M`. */
  readonly quantisation: string | null;
  /** A model in somebody's cloud, of which nothing lies on this machine. */
  readonly remote: { readonly host: string; readonly model: string | null } | null;
}

/** Reads the configuration that a manifest names (types/model/config.go of the same commit). All of it is declared. */
export function readOllamaConfig(bytes: Uint8Array): Outcome<OllamaConfig> {
  return outcomeOf(() => {
    const { value } = jsonText(bytes);
    if (!isObject(value)) throw malformed("the configuration is no object", 0);
    const at = (key: string): string | null => {
      const said = value[key];
      return typeof said === "string" && said !== "" ? said : null;
    };
    const host = at("remote_host");
    return {
      format: at("model_format"),
      family: at("model_family"),
      size: at("model_type"),
      quantisation: at("file_type"),
      remote: host === null ? null : { host, model: at("remote_model") },
    };
  });
}
