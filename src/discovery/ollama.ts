import type { Json } from "#base";
import { type Found, known } from "./found.ts";
import { digestIn, type ModelFile, partOf } from "./model-file.ts";
import type { ManifestSeen } from "./observed.ts";
import { at, list, parsed, text } from "./reading.ts";

const MODEL_LAYER = "application/vnd.ollama.image.model";
const LAYERS_MAX = 1000;

interface Layer {
  readonly type: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Ollama's models: a manifest `manifests/<host>/<namespace>/<model>/<tag>` names its layers by digest, and the blobs are
 * `blobs/sha256-<hex>` (ollama fb3076099, manifest/ and types/model/name.go). `taken`: the identities of the files that belong
 * to one.
 */
export function ollamaModels(
  manifests: readonly ManifestSeen[],
  files: readonly ModelFile[],
): { readonly models: Found[]; readonly taken: ReadonlySet<string> } {
  const blobs = new Map(
    files
      .filter(({ file }) => file.store === "ollama")
      .map((one) => [`${one.file.root} ${digestIn(one.file)}`, one]),
  );
  const taken = new Set<string>();
  const models = manifests.flatMap((manifest) => {
    const layers = layersOf(parsed(manifest.text));
    if (layers.length === 0) return [];
    const own = layers.flatMap((layer) => blobs.get(`${manifest.root} ${layer.digest}`) ?? []);
    for (const { file } of own) taken.add(file.identity);
    return [modelOf(manifest, layers, own)];
  });
  return { models, taken };
}

function layersOf(manifest: Json): Layer[] {
  return list(at(manifest, "layers"))
    .slice(0, LAYERS_MAX)
    .flatMap((layer) => {
      const [type, digest, size] = [
        text(at(layer, "mediaType")),
        text(at(layer, "digest")),
        at(layer, "size"),
      ];
      if (type === null || digest === null || !/^sha256:[0-9a-f]{64}$/.test(digest)) return [];
      return [{ type, digest, size: typeof size === "number" && Number.isSafeInteger(size) ? size : 0 }];
    });
}

function modelOf(manifest: ManifestSeen, layers: readonly Layer[], own: readonly ModelFile[]): Found {
  const weights = layers.find(({ type }) => type === MODEL_LAYER);
  const blob = own.find(({ file }) => digestIn(file) === weights?.digest);
  const parts = layers.map(({ type }) => type.slice(type.lastIndexOf(".") + 1));
  const says = "its manifest and the blob it names lie where Ollama keeps models";
  const lone = "its manifest lies where Ollama keeps models";
  return {
    kind: "model",
    what: blob?.format ?? "unknown",
    name: nameOf(manifest),
    where: manifest.path,
    confidence: blob === undefined ? "likely" : blob.confidence,
    grounds: [
      { by: "layout", says: blob === undefined ? lone : says },
      ...(blob === undefined ? [] : [blob.ground]),
    ],
    facts: known({
      bytes: layers.reduce((bytes, { size }) => bytes + size, 0),
      files: own.length,
      store: "ollama",
      declaredDigest: weights?.digest,
      layers: [...new Set(parts)],
    }),
    warnings: warningsOf(weights, blob),
    parts: own.map(partOf),
  };
}

function warningsOf(weights: Layer | undefined, blob: ModelFile | undefined): string[] {
  if (weights === undefined)
    return ["its manifest names no weights: it runs elsewhere, or is another's variant"];
  if (blob === undefined)
    return ["the weights that its manifest names are not there, or were not recognised"];
  return blob.file.size === weights.size ? [] : ["its weights are not of the size that its manifest says"];
}

/** `llama3:8b`, as Ollama prints it: without the default host and namespace. */
function nameOf({ path, root }: ManifestSeen): string {
  const parts = path
    .slice(root.length)
    .split(/[/\\]/)
    .filter((part) => part !== "");
  const [host = "", namespace = "", ...rest] = parts.slice(1);
  const tag = rest.at(-1) ?? "";
  const model = rest.slice(0, -1).join("/");
  const isDefault = host === "registry.ollama.ai";
  const before = isDefault ? (namespace === "library" ? "" : `${namespace}/`) : `${host}/${namespace}/`;
  return `${before}${model}:${tag}`;
}
