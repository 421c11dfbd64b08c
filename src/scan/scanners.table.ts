import type { ContentScanner } from "./content.ts";
import { scanGgufHeader, scanSafetensorsHeader, scanShardIndex } from "./archives/headers.ts";
import { executableScanner, scanCode, scanRunByName } from "./executables/scan.ts";
import { scanCoreMl } from "./coreml/scan.ts";
import { scanHdf5 } from "./keras/hdf5.ts";
import { scanKerasArchive, scanKerasJson, scanKerasMetadata } from "./keras/scan.ts";
import { scanOnnx } from "./onnx/scan.ts";
import { opaqueScanner } from "./opaque/scan.ts";
import { scanPickle, scanPickleAnyway } from "./pickle/scan.ts";
import { scanSlack } from "./slack/scan.ts";
import { scanJsonConfig, scanYamlConfig } from "./config/scan.ts";
import {
  scanAddedTokens,
  scanGgufMetadata,
  scanSafetensorsMetadata,
  scanTextSecrets,
} from "./metadata/scan.ts";
import { scanModelfile, scanOllamaBlob } from "./ollama/scan.ts";
import { scanAnyTemplate, scanGgufTemplates, scanJinja, scanJsonTemplates } from "./templates/scan.ts";
import { scanProtobufFile, tensorflowScanner } from "./tensorflow/scan.ts";
import { scanTflite } from "./tflite/scan.ts";
import { scanExportedProgram, scanTorchScript } from "./torchscript/scan.ts";

/** Content by what it is, or is called. */
export interface Fitting {
  /** As `recognise` of #models names them; a file may be of several. */
  readonly kinds?: readonly string[];
  /** The innermost name, without its folders, in lower case; for what its content alone does not tell. */
  readonly names?: RegExp;
}

/** Which content a scanner is for; everything, where neither kinds nor names are given. */
export interface ScannerRow extends Fitting {
  /** Not run where this fits. */
  readonly unless?: Fitting;
  /** Run where either fits, once. */
  readonly scan: ContentScanner;
}

/** What Python's and PyTorch's loaders unpickle by the name alone. */
const UNPICKLED =
  /\.(?:pkl|pickle|p|joblib|dill|cloudpickle|pt|pth|pth\.tar|th|pt2|t7|ckpt|ckp|params|bin|dat|data|model|sav)$/u;

/** What is weights for the greatest part, so that a program in it would not be seen. */
const WEIGHTS = [
  "gguf",
  "ggml",
  "safetensors",
  "onnx",
  "savedmodel",
  "graphdef",
  "metagraph",
  "hdf5",
  "npy",
  "coreml",
  "tflite",
];
/** Graphs of TensorFlow by their name: a `.pb` file that is none of those that stand beside a SavedModel. */
const GRAPH = /^(?!saved_model\.|keras_metadata\.|fingerprint\.).*\.pb$/u;

const CODE = /\.(?:py|pyc|pyo|pyw|ipynb|rb|pl|lua|r|jl|php|java|class|jar)$/u;
const RUN_BY_NAME =
  /\.(?:exe|dll|sys|scr|com|msi|bat|cmd|ps1|vbs|vbe|wsf|hta|lnk|reg|sh|bash|zsh|command|desktop|so|dylib|pyd|app)$/u;

const PICKLES: Fitting = { kinds: ["pickle", "torch-legacy"], names: UNPICKLED };

/** One line for each scanner; it is exported from its own folder and says in its own file what it looks for. */
export const SCANNERS: readonly ScannerRow[] = [
  { ...PICKLES, scan: (source, path) => scanPickle(source, path).findings },
  { unless: PICKLES, scan: scanPickleAnyway },
  { kinds: ["gguf"], names: /\.gguf$/u, scan: scanGgufHeader },
  { kinds: ["safetensors"], names: /\.safetensors$/u, scan: scanSafetensorsHeader },
  { names: /\.(?:safetensors|bin)\.index\.json$/u, scan: scanShardIndex },
  { kinds: ["onnx"], names: /\.onnx$/u, scan: scanOnnx },
  { kinds: ["savedmodel"], names: /^saved_model\.pb$/u, scan: tensorflowScanner("saved-model") },
  { kinds: ["graphdef"], names: GRAPH, scan: scanProtobufFile },
  { kinds: ["metagraph"], scan: tensorflowScanner("meta-graph") },
  { kinds: ["coreml"], names: /\.mlmodel$/u, scan: scanCoreMl },
  { kinds: ["tflite"], names: /\.tflite$/u, scan: scanTflite },
  ...["tensorrt", "executorch", "ort", "ggml"].map((kind) => ({ kinds: [kind], scan: opaqueScanner(kind) })),
  { kinds: ["hdf5"], names: /\.(?:h5|hdf5)$/u, scan: scanHdf5 },
  { names: /^(?:.*(?:config|model|keras|arch).*)\.json$/u, scan: scanKerasJson },
  { names: /\.py$/u, scan: scanTorchScript },
  { names: /^(?:serialized_exported_program.*|model)\.json$/u, scan: scanExportedProgram },
  { kinds: WEIGHTS, names: /\.(?:gguf|safetensors)$/u, scan: scanSlack },
  { names: /\.keras$/u, scan: scanKerasArchive },
  { names: /^keras_metadata\.pb$/u, scan: scanKerasMetadata },
  { kinds: ["gguf"], names: /\.gguf$/u, scan: scanGgufTemplates },
  { names: /\.(?:jinja2?|j2)$/u, scan: scanJinja },
  { names: /\.(?:template|tmpl|gotmpl)$/u, scan: scanAnyTemplate },
  { kinds: ["json"], scan: scanJsonTemplates },
  {
    names: /^(?:.*config.*|model_index|modules|special_tokens_map|processor|params|recipe)\.json$/u,
    scan: scanJsonConfig,
  },
  { names: /\.ya?ml$/u, scan: scanYamlConfig },
  { kinds: ["gguf"], names: /\.gguf$/u, scan: scanGgufMetadata },
  { kinds: ["safetensors"], names: /\.safetensors$/u, scan: scanSafetensorsMetadata },
  { kinds: ["text"], scan: scanTextSecrets },
  { names: /^(?:tokenizer|tokenizer_config|added_tokens|special_tokens_map)\.json$/u, scan: scanAddedTokens },
  { names: /^sha256-[0-9a-f]{64}$/u, scan: scanOllamaBlob },
  { names: /^modelfile(?:[.-].*)?$/u, scan: scanModelfile },
  { names: CODE, scan: scanCode },
  { names: RUN_BY_NAME, scan: scanRunByName },
  ...["elf", "pe", "macho", "script", "wasm"].map((kind) => ({
    kinds: [kind],
    scan: executableScanner(kind),
  })),
];
