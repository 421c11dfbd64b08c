/**
 * Where runtimes and libraries keep models. Each place is a template: `~` is the home, `%NAME%` and `$NAME` a variable
 * of the environment; a place whose variable is not set is left out. `source` says where that is written; `unverified`
 * marks what was only known from memory.
 */
export type Platform = "darwin" | "linux" | "win32";

export interface Store {
  readonly name: string;
  readonly title: string;
  /** Variables that say where it is, the first that is set wins; `below` is put after its value. */
  readonly overrides: readonly { readonly variable: string; readonly below: string }[];
  readonly places: Readonly<Record<Platform, readonly string[]>>;
  /**
   * `any`: files are told by their bytes. `named`: only those that end as model files do, since other things of the user lie
   * beside them. `ollama`: manifests name blobs. `hub`: repositories of files.
   */
  readonly layout: "any" | "hub" | "named" | "ollama";
  readonly source: string;
}

const everywhere = (...places: readonly string[]): Store["places"] => ({
  darwin: places,
  linux: places,
  win32: places,
});

export const STORES: readonly Store[] = [
  {
    name: "huggingface",
    title: "Hugging Face hub (also MLX, vLLM, SGLang, TGI and llama.cpp since 2026)",
    overrides: [
      { variable: "HF_HUB_CACHE", below: "" },
      { variable: "HUGGINGFACE_HUB_CACHE", below: "" },
      { variable: "HF_HOME", below: "/hub" },
      { variable: "XDG_CACHE_HOME", below: "/huggingface/hub" },
    ],
    places: everywhere("~/.cache/huggingface/hub"),
    layout: "hub",
    source: "huggingface_hub, constants.py and docs/source/en/guides/manage-cache.md",
  },
  {
    name: "ollama",
    title: "Ollama",
    overrides: [{ variable: "OLLAMA_MODELS", below: "" }],
    places: {
      darwin: ["~/.ollama/models"],
      linux: ["~/.ollama/models", "/usr/share/ollama/.ollama/models"],
      win32: ["~/.ollama/models"],
    },
    layout: "ollama",
    source: "ollama fb3076099, envconfig/config.go and docs/faq.mdx",
  },
  {
    name: "lm-studio",
    title: "LM Studio",
    overrides: [],
    places: everywhere("~/.lmstudio/models", "~/.cache/lm-studio/models"),
    layout: "any",
    source: "lmstudio-ai/docs, app/basics/import-model",
  },
  {
    name: "llama.cpp",
    title: "llama.cpp, its own cache",
    overrides: [{ variable: "LLAMA_CACHE", below: "" }],
    places: {
      darwin: ["~/Library/Caches/llama.cpp"],
      linux: ["$XDG_CACHE_HOME/llama.cpp", "~/.cache/llama.cpp"],
      win32: ["%LOCALAPPDATA%/llama.cpp"],
    },
    layout: "any",
    source: "llama.cpp c392e5094, common/common.cpp fs_get_cache_directory",
  },
  {
    name: "jan",
    title: "Jan",
    overrides: [],
    places: {
      darwin: [
        "~/Library/Application Support/Jan/data/llamacpp",
        "~/Library/Application Support/Jan/data/mlx",
      ],
      linux: ["~/.local/share/Jan/data/llamacpp", "~/.local/share/Jan/data/mlx"],
      win32: ["%APPDATA%/Jan/data/llamacpp"],
    },
    layout: "any",
    source: "janhq/jan, docs/data-folder; models alone, its conversations lie beside",
  },
  {
    name: "gpt4all",
    title: "GPT4All",
    overrides: [],
    places: {
      darwin: ["~/Library/Application Support/nomic.ai/GPT4All"],
      linux: ["~/.local/share/nomic.ai/GPT4All"],
      win32: ["%LOCALAPPDATA%/nomic.ai/GPT4All"],
    },
    layout: "named",
    source: "nomic-ai/gpt4all 2025-02-24, docs/gpt4all_desktop/settings.md; chats lie beside",
  },
  {
    name: "mlx",
    title: "MLX models beside the hub",
    overrides: [],
    places: { darwin: ["~/.cache/mlx", "~/mlx_models"], linux: [], win32: [] },
    layout: "any",
    source: "unverified",
  },
  {
    name: "vllm",
    title: "vLLM, what it downloads itself",
    overrides: [{ variable: "VLLM_ASSETS_CACHE", below: "" }],
    places: everywhere("~/.cache/vllm/assets"),
    layout: "any",
    source: "vllm-project/vllm, vllm/envs.py; its models are in the Hugging Face hub's cache",
  },
  {
    name: "torch-hub",
    title: "torch hub",
    overrides: [
      { variable: "TORCH_HOME", below: "/hub/checkpoints" },
      { variable: "XDG_CACHE_HOME", below: "/torch/hub/checkpoints" },
    ],
    places: everywhere("~/.cache/torch/hub/checkpoints"),
    layout: "any",
    source: 'docs.pytorch.org/docs/stable/hub.html, "Where are my downloaded models saved?"',
  },
  {
    name: "comfyui",
    title: "ComfyUI",
    overrides: [],
    places: {
      darwin: ["~/ComfyUI/models", "~/Documents/ComfyUI/models"],
      linux: ["~/ComfyUI/models"],
      win32: ["~/Documents/ComfyUI/models", "~/ComfyUI/models"],
    },
    layout: "any",
    source: "docs.comfy.org, installation of the desktop application and by hand",
  },
  {
    name: "localai",
    title: "LocalAI",
    overrides: [
      { variable: "LOCALAI_MODELS_PATH", below: "" },
      { variable: "MODELS_PATH", below: "" },
    ],
    places: {
      darwin: ["~/.localai/models"],
      linux: ["/var/lib/local-ai/models", "/usr/share/local-ai/models"],
      win32: [],
    },
    layout: "any",
    source: "mudler/LocalAI, core/cli/run.go for the variables; default places unverified",
  },
  {
    name: "docker-model-runner",
    title: "Docker Model Runner",
    overrides: [{ variable: "MODELS_PATH", below: "" }],
    places: everywhere("~/.docker/models"),
    layout: "any",
    source: "docker/model-runner, README and main.go",
  },
];

/** Folders below a store that hold no models and are not entered. */
export const NOT_ENTERED: readonly string[] = [".git", ".locks", ".no_exist", "node_modules", "xet"];
