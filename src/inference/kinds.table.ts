/**
 * What each kind of upstream speaks where nothing else is said (`--protocols` says otherwise), where it lists its models
 * and how a key is given to it. Sources:
 * - ollama: ollama/ollama fb30760996871fa9460115c753afd2c60d4ab0f7, server/routes.go (routes), openai/openai.go, api/types.go
 *   (`ListModelResponse`); `/v1/responses` since 0.13.3, `/v1/messages` since 0.14 (docs.ollama.com).
 * - llama.cpp: ggml-org/llama.cpp tools/server/server.cpp (routes `/v1/chat/completions`, `/v1/completions`,
 *   `/v1/embeddings`, `/v1/responses`, `/v1/messages`: the last since pull request 17570), tools/server/README.md.
 * - vllm: docs.vllm.ai "Online Serving" v0.22.1 (OpenAI completions, responses, chat, embeddings; Anthropic messages).
 * - lm-studio: lmstudio.ai/docs/developer/openai-compat and /anthropic-compat.
 * - nim: docs.nvidia.com/nim/large-language-models 1.0.0 and 2.0.1 "API Reference": only what both have.
 * - tgi: huggingface/text-generation-inference db931fcf42da018a3657580c64bf2720f167f9ab, router/src/server.rs (routes).
 * - vertex: cloud.google.com "Using OpenAI libraries with Vertex AI": chat completions; it lists no models.
 * - openai, anthropic: types of the packages `openai` 7.57.0 and `@anthropic-ai/sdk` 1.12.0.
 */
import type { Protocol } from "#llm";
import type { UpstreamKind } from "./candidate.ts";

/** How a list of models is read: objects under `list`, each with its name and when it was made. */
export interface Listing {
  readonly path: string;
  readonly list: string;
  readonly name: string;
  /** Seconds since the Unix epoch, or RFC 3339. */
  readonly made: string;
  /** Fields that, where they are filled, say that another place does the work. */
  readonly remote: readonly string[];
}

interface Kind {
  readonly protocols: readonly Protocol[];
  /** `root`: protocols' paths follow the URL whole. `versioned`: the URL holds what stands before `/chat/completions`. */
  readonly base: "root" | "versioned";
  /** Where it is unless told otherwise; null: it must be told. */
  readonly url: string | null;
  /** Header that takes the key itself; null: `Authorization: Bearer`. */
  readonly keyHeader: string | null;
  /** Null: it lists none. */
  readonly listing: Listing | null;
}

const OPENAI_LISTING: Listing = {
  path: "/v1/models",
  list: "data",
  name: "id",
  made: "created",
  remote: [],
};
const OPENAI_ALL = ["openai-chat", "openai-completions", "openai-embeddings", "openai-responses"] as const;
const LOCAL = { base: "root", keyHeader: null, listing: OPENAI_LISTING } as const;

export const KINDS: Readonly<Record<UpstreamKind, Kind>> = {
  ollama: {
    ...LOCAL,
    protocols: [...OPENAI_ALL, "anthropic-messages", "ollama-chat", "ollama-generate", "ollama-embed"],
    url: "http://127.0.0.1:11434",
    listing: {
      path: "/api/tags",
      list: "models",
      name: "name",
      made: "modified_at",
      remote: ["remote_host", "remote_model"],
    },
  },
  "llama.cpp": {
    ...LOCAL,
    protocols: [...OPENAI_ALL, "anthropic-messages"],
    url: "http://127.0.0.1:8080",
  },
  vllm: { ...LOCAL, protocols: [...OPENAI_ALL, "anthropic-messages"], url: "http://127.0.0.1:8000" },
  "lm-studio": { ...LOCAL, protocols: [...OPENAI_ALL, "anthropic-messages"], url: "http://127.0.0.1:1234" },
  nim: {
    ...LOCAL,
    protocols: ["openai-chat", "openai-completions", "openai-embeddings"],
    url: "http://127.0.0.1:8000",
  },
  tgi: { ...LOCAL, protocols: ["openai-chat", "openai-completions"], url: "http://127.0.0.1:3000" },
  vertex: { protocols: ["openai-chat"], base: "versioned", url: null, keyHeader: null, listing: null },
  openai: {
    protocols: OPENAI_ALL,
    base: "versioned",
    url: "https://api.openai.com/v1",
    keyHeader: null,
    listing: OPENAI_LISTING,
  },
  anthropic: {
    protocols: ["anthropic-messages"],
    base: "root",
    url: "https://api.anthropic.com",
    keyHeader: "x-api-key",
    // 1,000 is the most it gives at once (`ModelListParams.limit`).
    listing: {
      path: "/v1/models?limit=1000",
      list: "data",
      name: "id",
      made: "created_at",
      remote: [],
    },
  },
};
