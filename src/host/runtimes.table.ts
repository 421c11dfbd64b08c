/**
 * How local model runtimes are known: by what they say, never by their port. Sources: Ollama's routes.go (`GET /`,
 * `/api/version`, `/api/tags`), LM Studio's REST reference and its client SDK (`/lmstudio-greeting`, `/api/v0/models`),
 * llama.cpp's tools/server/README.md (`/props`, header `Server: llama.cpp`), vLLM's openai api_server (`/version`,
 * `/v1/models` with `owned_by`, `/metrics`).
 */
import type { Json } from "#base";
import { at, strings } from "./reading.ts";

export type RuntimeKind = "ollama" | "lm-studio" | "llama.cpp" | "vllm";

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
];

function listsWith(json: Json, field: string): string[] {
  return strings(at(json, "data"), field);
}

function isProps(json: Json): boolean {
  return typeof at(json, "build_info") === "string" && typeof at(json, "total_slots") === "number";
}
