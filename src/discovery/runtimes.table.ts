/**
 * Model runtimes: what gives each away. Ports are where to ask first and prove nothing. A `mark` is one question (GET) and whether the
 * answer is this runtime's alone. Sources: ollama fb3076099 (server/routes.go), lmstudio-ai/docs and lms, llama.cpp 03eb25f
 * (tools/server), mlx-lm (mlx_lm/server.py), vllm docs (OpenAI-compatible server, metrics), TGI db931fcf (router/src/server.rs),
 * NVIDIA NIM's API reference (`GET /v1/metadata`: docs.nvidia.com/nim, "Management Endpoints" of 2.0.1 and the metadata handler's response
 * in 1.10.1), docker/model-runner (README), LocalAI (core/http), lemonade (docs/server); marked `unverified` where only known from memory.
 */
import type { Json } from "#base";
import type { Answer } from "./observed.ts";
import { at, list, text } from "./reading.ts";

export interface Mark {
  readonly path: string;
  /** In words, for `--explain` and the ground. */
  readonly says: string;
  readonly fits: (answer: Answer) => boolean;
  /** Others could answer so as well: then it is likely, not certain. */
  readonly weak?: true;
}

export interface RuntimeKind {
  readonly name: string;
  readonly title: string;
  readonly ports: readonly number[];
  readonly marks: readonly Mark[];
  readonly version: { readonly path: string; readonly field: string } | null;
  readonly models: { readonly path: string; readonly list: string; readonly name: string } | null;
  /** Base names of its programs, without `.exe`. */
  readonly programs: readonly string[];
  /** Words among the arguments of an interpreter or of a program with many uses, all of which must be there. */
  readonly words: readonly (readonly string[])[];
}

const OPENAI_MODELS = { path: "/v1/models", list: "data", name: "id" };
const isOk = ({ status }: Answer): boolean => status >= 200 && status < 300;
const owners = (json: Json): (string | null)[] =>
  list(at(json, "data")).map((one) => text(at(one, "owned_by")));
const isNumber = (json: Json): boolean => typeof json === "number";

export const RUNTIMES: readonly RuntimeKind[] = [
  {
    name: "ollama",
    title: "Ollama",
    ports: [11_434],
    marks: [
      {
        path: "/",
        says: 'says "Ollama is running"',
        fits: (one) => isOk(one) && one.text.trim() === "Ollama is running",
      },
    ],
    version: { path: "/api/version", field: "version" },
    models: { path: "/api/tags", list: "models", name: "name" },
    programs: ["ollama", "ollama app", "Ollama", "ollama_llama_server"],
    words: [],
  },
  {
    name: "lm-studio",
    title: "LM Studio",
    ports: [1234],
    marks: [
      {
        path: "/lmstudio-greeting",
        says: "greets as LM Studio",
        fits: ({ json }) => at(json, "lmstudio") === true,
      },
      {
        path: "/api/v0/models",
        says: "lists models as LM Studio does",
        fits: ({ json }) => list(at(json, "data")).some((one) => at(one, "compatibility_type") !== null),
      },
    ],
    version: null,
    models: { path: "/api/v0/models", list: "data", name: "id" },
    programs: ["LM Studio", "lm-studio", "lms", "llmster"],
    words: [],
  },
  {
    // Before whoever is asked for `/v1/models`, where vLLM, which it has inside, answers in its place.
    name: "nim",
    title: "NVIDIA NIM",
    ports: [8000],
    marks: [
      {
        path: "/v1/metadata",
        says: "tells its licence and models",
        fits: ({ json }) =>
          at(json, "licenseInfo") !== null &&
          typeof at(json, "licenseInfo") === "object" &&
          Array.isArray(at(json, "modelInfo")) &&
          text(at(json, "version")) !== null,
      },
    ],
    version: { path: "/v1/metadata", field: "version" },
    models: OPENAI_MODELS,
    programs: [],
    words: [],
  },
  {
    name: "llama.cpp",
    title: "llama.cpp's server",
    ports: [8080, 9931],
    marks: [
      {
        path: "/",
        says: "names itself llama.cpp in its header",
        fits: ({ server }) => server === "llama.cpp",
      },
      {
        path: "/props",
        says: "tells its build and slots",
        fits: ({ json, server }) =>
          server === "llama.cpp" ||
          (text(at(json, "build_info")) !== null && isNumber(at(json, "total_slots"))),
      },
      {
        path: "/v1/models",
        says: "owns its models as llamacpp",
        fits: ({ json }) => owners(json).includes("llamacpp"),
      },
    ],
    version: { path: "/props", field: "build_info" },
    models: OPENAI_MODELS,
    programs: ["llama-server", "llama-cli", "llama-run", "llama-server-impl"],
    words: [],
  },
  {
    name: "vllm",
    title: "vLLM",
    ports: [8000],
    marks: [
      {
        path: "/v1/models",
        says: "owns its models as vllm",
        fits: ({ json }) => owners(json).includes("vllm"),
      },
      {
        path: "/metrics",
        says: "counts as vLLM does",
        fits: (one) => isOk(one) && /^vllm:[a-z_]+\{/m.test(one.text),
      },
    ],
    version: { path: "/version", field: "version" },
    models: OPENAI_MODELS,
    programs: ["vllm", "VLLM::EngineCore"],
    words: [["vllm.entrypoints.openai.api_server"], ["vllm", "serve"]],
  },
  {
    name: "tgi",
    title: "Text Generation Inference",
    ports: [3000, 80],
    marks: [
      {
        path: "/info",
        says: "tells its model and limits",
        // Text Embeddings Inference has an `/info` too, and neither of the two numbers.
        fits: ({ json }) =>
          text(at(json, "model_id")) !== null &&
          isNumber(at(json, "max_total_tokens")) &&
          isNumber(at(json, "max_best_of")),
      },
    ],
    version: { path: "/info", field: "version" },
    models: OPENAI_MODELS,
    programs: ["text-generation-launcher", "text-generation-router"],
    words: [["text_generation_server.cli"]],
  },
  {
    name: "sglang",
    title: "SGLang",
    ports: [30_000],
    marks: [
      {
        path: "/get_model_info",
        says: "tells its model's path (unverified)",
        fits: ({ json }) =>
          text(at(json, "model_path")) !== null && text(at(json, "tokenizer_path")) !== null,
      },
    ],
    version: null,
    models: OPENAI_MODELS,
    programs: [],
    words: [["sglang.launch_server"]],
  },
  {
    name: "koboldcpp",
    title: "KoboldCpp",
    ports: [5001],
    marks: [
      {
        path: "/api/extra/version",
        says: "says KoboldCpp (unverified)",
        fits: ({ json }) => text(at(json, "result")) === "KoboldCpp",
      },
    ],
    version: { path: "/api/extra/version", field: "version" },
    models: OPENAI_MODELS,
    programs: ["koboldcpp", "koboldcpp-linux-x64"],
    words: [["koboldcpp.py"]],
  },
  {
    name: "docker-model-runner",
    title: "Docker Model Runner",
    ports: [12_434],
    marks: [
      {
        path: "/engines/llama.cpp/v1/models",
        says: "lists models of an engine",
        fits: (one) => isOk(one) && at(one.json, "object") === "list" && Array.isArray(at(one.json, "data")),
      },
    ],
    version: null,
    models: { path: "/engines/llama.cpp/v1/models", list: "data", name: "id" },
    programs: ["com.docker.llama-server", "model-runner"],
    words: [],
  },
  {
    name: "localai",
    title: "LocalAI",
    ports: [8080],
    marks: [
      {
        path: "/system",
        says: "lists its backends and loaded models",
        fits: ({ json }) => Array.isArray(at(json, "backends")) && at(json, "loaded_models") !== null,
        weak: true,
      },
    ],
    version: { path: "/version", field: "version" },
    models: OPENAI_MODELS,
    programs: ["local-ai"],
    words: [],
  },
  {
    name: "mlx-lm",
    title: "mlx_lm's server",
    ports: [8080],
    marks: [
      {
        path: "/v1/models",
        says: "lists models that nobody owns, from a server of Python's",
        fits: ({ json, server }) =>
          server.startsWith("BaseHTTP/") &&
          owners(json).length > 0 &&
          owners(json).every((owner) => owner === null),
        weak: true,
      },
    ],
    version: null,
    models: OPENAI_MODELS,
    programs: ["mlx_lm.server", "mlx_lm"],
    words: [["mlx_lm.server"], ["mlx_lm", "server"]],
  },
  {
    name: "jan",
    title: "Jan",
    ports: [1337],
    marks: [],
    version: null,
    models: null,
    programs: ["Jan", "jan"],
    words: [],
  },
  {
    name: "gpt4all",
    title: "GPT4All",
    ports: [4891],
    marks: [],
    version: null,
    models: null,
    programs: ["gpt4all", "gpt4all-chat"],
    words: [],
  },
  {
    name: "comfyui",
    title: "ComfyUI",
    ports: [8188],
    marks: [
      {
        path: "/system_stats",
        says: "tells its version and devices",
        fits: ({ json }) => text(at(json, "system", "comfyui_version")) !== null,
      },
    ],
    version: null,
    models: null,
    programs: [],
    words: [],
  },
  {
    name: "lemonade",
    title: "Lemonade",
    ports: [13_305],
    marks: [],
    version: null,
    models: null,
    programs: ["lemond", "lemonade", "lemonade-server"],
    words: [],
  },
];
