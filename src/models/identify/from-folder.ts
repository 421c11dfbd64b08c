import { digestOfBytes, type Json, type JsonObject } from "#base";
import { isObject, jsonText } from "../json-text.ts";
import { type Oddity, oddityList, type OddityList, shown } from "../oddity.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import type { SafetensorsRead } from "../safetensors/read.ts";
import { type ModelFacts, NOTHING_DECLARED, type Quantisation, type TemplateFacts } from "./facts.ts";
import { mergeIn } from "./merge.ts";
import { typesOf } from "./quantisation.ts";
import { tokenizerFacts } from "./tokenizer-json.ts";

/** The files of a folder as Hugging Face lays it out, those that are there; each at most `READ_BYTES_MAX`, but the tokenizer. */
export interface FolderFiles {
  readonly weights: readonly SafetensorsRead[];
  readonly "config.json"?: Uint8Array;
  readonly "generation_config.json"?: Uint8Array;
  readonly "tokenizer.json"?: Uint8Array;
  readonly "tokenizer_config.json"?: Uint8Array;
  readonly "adapter_config.json"?: Uint8Array;
  readonly "chat_template.jinja"?: Uint8Array;
  readonly "mergekit_config.yml"?: Uint8Array;
}

type JsonName = Exclude<keyof FolderFiles, "weights" | "chat_template.jinja" | "mergekit_config.yml">;

/** Types in which quantisers pack several parameters into one element. */
const PACKED = new Set(["I32", "U32", "U8", "I8"]);

/** What a folder of safetensors and its configuration is. Malformed where one of the configurations is no JSON. */
export function folderModel(
  files: FolderFiles,
): Outcome<{ readonly facts: ModelFacts; readonly oddities: readonly Oddity[] }> {
  return outcomeOf(() => {
    const oddities = oddityList();
    const config = objectIn(files, "config.json", oddities);
    const inner = isObject(config["text_config"]) ? config["text_config"] : {};
    const said = (key: string): Json | undefined => config[key] ?? inner[key];
    const adapter = objectIn(files, "adapter_config.json", oddities);
    const quantisation = quantisationOf(files.weights, said);
    const isAdapter = files["adapter_config.json"] !== undefined;
    const tokenizer =
      files["tokenizer.json"] === undefined ? null : objectIn(files, "tokenizer.json", oddities);
    const facts: ModelFacts = {
      format: "safetensors",
      kind: isAdapter ? "adapter" : "model",
      architecture: textOf(config["model_type"]) ?? textOf(listOf(config["architectures"])[0]),
      parameters: parametersOf(files.weights, quantisation),
      contextLength: countOf(said("max_position_embeddings") ?? said("n_positions")),
      quantisation,
      tokenizer: tokenizer === null ? null : tokenizerFacts(tokenizer, countOf(said("vocab_size"))),
      templates: templatesOf(files, oddities),
      declared: { ...NOTHING_DECLARED, name: textOf(config["_name_or_path"]) },
      adapterOf: isAdapter
        ? { method: textOf(adapter["peft_type"]), base: textOf(adapter["base_model_name_or_path"]) }
        : null,
      mergeOf: mergeIn(files["mergekit_config.yml"]),
      part: null,
    };
    objectIn(files, "generation_config.json", oddities);
    return { facts, oddities: oddities.all() };
  });
}

function objectIn(files: FolderFiles, name: JsonName, oddities: OddityList): JsonObject {
  const bytes = files[name];
  if (bytes === undefined) return {};
  const { value, twice } = jsonText(bytes);
  for (const { name: key, at } of twice)
    oddities.add("config-name-twice", `${name} holds ${shown(key)} twice`, at);
  if (isObject(value)) return value;
  oddities.add("config-shape", `${name} is no object`, 0);
  return {};
}

const textOf = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

function countOf(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** `quantization_config` is that of transformers, `quantization` that of MLX. */
function quantisationOf(
  weights: readonly SafetensorsRead[],
  said: (key: string) => Json | undefined,
): Quantisation {
  const tensors = weights.flatMap((read) => read.tensors);
  const types = typesOf(tensors.map(({ dtype, elements }) => ({ type: dtype, elements })));
  const dominant = types[0]?.type ?? null;
  const claimed = quantiserOf(said);
  const plain = textOf(said("torch_dtype") ?? said("dtype"));
  const expected = { bfloat16: "BF16", float16: "F16", float32: "F32" }[plain ?? ""];
  const isContradicted =
    claimed === null && expected !== undefined && dominant !== null && expected !== dominant;
  return { dominant, types, declared: claimed ?? plain, isContradicted };
}

function quantiserOf(said: (key: string) => Json | undefined): string | null {
  const [quantised, mlx] = [said("quantization_config"), said("quantization")];
  const method = isObject(quantised) ? textOf(quantised["quant_method"]) : null;
  const bits = isObject(mlx) ? countOf(mlx["bits"]) : null;
  return method ?? (bits === null ? null : `mlx ${bits} bits`);
}

function parametersOf(weights: readonly SafetensorsRead[], { dominant }: Quantisation): number | null {
  if (dominant !== null && PACKED.has(dominant)) return null;
  return weights.flatMap(({ tensors }) => tensors).reduce((sum, { elements }) => sum + elements, 0);
}

/** The template of a file of its own outranks those of the tokenizer's configuration, as in transformers since 4.43; both are told. */
function templatesOf(files: FolderFiles, oddities: OddityList): readonly TemplateFacts[] {
  const config = objectIn(files, "tokenizer_config.json", oddities)["chat_template"];
  const named = listOf(config).flatMap((entry): TemplateFacts[] => {
    const [name, text] = isObject(entry) ? [textOf(entry["name"]), textOf(entry["template"])] : [null, null];
    return name === null || text === null ? [] : [templateOf(name, text)];
  });
  const inConfig = typeof config === "string" ? [templateOf("default", config)] : named;
  const file = files["chat_template.jinja"];
  if (file === undefined) return inConfig;
  const own = { name: "default", digest: digestOfBytes(file), text: Buffer.from(file).toString("utf8") };
  const other = inConfig.find(({ name }) => name === "default");
  if (other !== undefined && other.digest !== own.digest)
    oddities.add("template-disagrees", "chat_template.jinja is not the template of tokenizer_config.json", 0);
  return [own, ...inConfig.filter(({ digest }) => digest !== own.digest)];
}

function templateOf(name: string, text: string): TemplateFacts {
  return { name, digest: digestOfBytes(text), text };
}
