/**
 * How local model runtimes are known: by what they say, never by their port. Sources: Ollama's routes.go (`GET /`,
 * `/api/version`, `/api/tags`), LM Studio's REST reference and its client SDK (`/lmstudio-greeting`, `/api/v0/models`),
 * llama.cpp's tools/server/README.md (`/props`, header `Server: llama.cpp`), vLLM's openai api_server (`/version`,
 * `/v1/models` with `owned_by`, `/metrics`); Text Generation Inference's router/src/lib.rs (`Info`, served at `/info`) and
 * router/src/server.rs, at db931fcf42da018a3657580c64bf2720f167f9ab; NVIDIA NIM's API reference (`GET /v1/metadata`: docs.nvidia.com/nim,
 * "Management Endpoints" of 2.0.1 and the metadata handler's response in 1.10.1).
 */
import type { Json } from "#base";
import { at, strings } from "./reading.ts";

export type RuntimeKind = "ollama" | "lm-studio" | "llama.cpp" | "nim" | "vllm" | "tgi";

export interface Answer {
  readonly status: number;
  /** The header `Server`, or an empty string. */
  readonly server: string;
  readonly text: string;
  /** `null` when the body is not JSON. */
  readonly json: Json;
}

/** One question, and whether the answer gives the runtime away. */
export interface Mark {
  readonly path: string;
  readonly fits: (answer: Answer) => boolean;
}

interface Fingerprint {
  readonly kind: RuntimeKind;
  /** Where it listens unless told otherwise. */
  readonly port: number;
  readonly marks: readonly Mark[];
  readonly version: { readonly path: string; readonly field: string } | null;
  /** Where its models are listed, and the path to their names: `list` then `name` in each. */
  readonly models: { readonly path: string; readonly list: string; readonly name: string };
}

export const FINGERPRINTS: readonly Fingerprint[] = [
  {
    kind: "ollama",
    port: 11_434,
    marks: [{ path: "/", fits: (answer) => answer.text.trim() === "Ollama is running" }],
    version: { path: "/api/version", field: "version" },
    models: { path: "/api/tags", list: "models", name: "name" },
  },
  {
    kind: "lm-studio",
    port: 1234,
    marks: [
      { path: "/lmstudio-greeting", fits: (answer) => at(answer.json, "lmstudio") === true },
      { path: "/api/v0/models", fits: (answer) => listsWith(answer.json, "compatibility_type").length > 0 },
    ],
    version: null,
    models: { path: "/api/v0/models", list: "data", name: "id" },
  },
  {
    kind: "llama.cpp",
    port: 8080,
    // With an API key it refuses `/props`, but not without naming itself.
    marks: [{ path: "/props", fits: (answer) => answer.server === "llama.cpp" || isProps(answer.json) }],
    version: { path: "/props", field: "build_info" },
    models: { path: "/v1/models", list: "data", name: "id" },
  },
  {
    // Before vLLM, which it has inside and lets answer at `/v1/models`.
    kind: "nim",
    port: 8000,
    marks: [{ path: "/v1/metadata", fits: (answer) => isNimMetadata(answer.json) }],
    version: { path: "/v1/metadata", field: "version" },
    models: { path: "/v1/models", list: "data", name: "id" },
  },
  {
    kind: "vllm",
    port: 8000,
    marks: [
      { path: "/v1/models", fits: (answer) => listsWith(answer.json, "owned_by").includes("vllm") },
      // With an API key only `/v1` is closed.
      { path: "/metrics", fits: (answer) => /^vllm:[a-z_]+\{/m.test(answer.text) },
    ],
    version: { path: "/version", field: "version" },
    models: { path: "/v1/models", list: "data", name: "id" },
  },
  {
    kind: "tgi",
    port: 3000,
    marks: [{ path: "/info", fits: (answer) => isTgiInfo(answer.json) }],
    version: { path: "/info", field: "version" },
    models: { path: "/v1/models", list: "data", name: "id" },
  },
];

function listsWith(json: Json, field: string): string[] {
  return strings(at(json, "data"), field);
}

function isProps(json: Json): boolean {
  return typeof at(json, "build_info") === "string" && typeof at(json, "total_slots") === "number";
}

function isNimMetadata(json: Json): boolean {
  const license = at(json, "licenseInfo");
  const isLicensed = typeof license === "object" && license !== null;
  return isLicensed && Array.isArray(at(json, "modelInfo")) && typeof at(json, "version") === "string";
}

/** Text Embeddings Inference has an `/info` too, and neither of the two numbers. */
function isTgiInfo(json: Json): boolean {
  const numbers = [at(json, "max_total_tokens"), at(json, "max_best_of")];
  return typeof at(json, "model_id") === "string" && numbers.every((value) => typeof value === "number");
}
