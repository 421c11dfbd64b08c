import type { JsonObject } from "#base";

// Lists of models as each protocol's clients read them: Ollama's ListResponse (ollama/ollama at
// fb30760996871fa9460115c753afd2c60d4ab0f7, api/types.go; npm `ollama` 0.6.4), the npm package `openai`'s Model and its
// page, `@anthropic-ai/sdk`'s ModelInfo and PageResponse. lists.test.ts holds the shapes to those types.

/** A name a client may ask for. */
export interface ModelEntry {
  readonly name: string;
  /** Milliseconds since the Unix epoch; null: unknown. */
  readonly createdAt: number | null;
  /** Who serves it: the upstream's name. */
  readonly owner: string;
}

/** GET /api/tags. What Doorward does not know of another's file is empty, for the clients read every field. */
export function tagsAnswer(models: readonly ModelEntry[]): JsonObject {
  return { models: models.map(tag) };
}

/** GET /v1/models as OpenAI answers it. */
export function openaiModels(models: readonly ModelEntry[]): JsonObject {
  return { object: "list", data: models.map(openaiModel) };
}

/** GET /v1/models/<id> as OpenAI answers it. */
export function openaiModel(model: ModelEntry): JsonObject {
  return {
    id: model.name,
    object: "model",
    created: Math.floor((model.createdAt ?? 0) / 1000),
    owned_by: model.owner,
  };
}

/** GET /v1/models as Anthropic answers it: one page. */
export function anthropicModels(models: readonly ModelEntry[]): JsonObject {
  return {
    data: models.map(anthropicModel),
    has_more: false,
    first_id: models.at(0)?.name ?? null,
    last_id: models.at(-1)?.name ?? null,
  };
}

/** GET /v1/models/<id> as Anthropic answers it. The API itself gives the epoch where a release date is unknown. */
export function anthropicModel(model: ModelEntry): JsonObject {
  return {
    type: "model",
    id: model.name,
    display_name: model.name,
    created_at: timeOf(model),
    capabilities: null,
    deprecated_at: null,
    lifecycle: "active",
    line: null,
    max_input_tokens: null,
    max_tokens: null,
    retires_at: null,
  };
}

function tag(model: ModelEntry): JsonObject {
  return {
    name: model.name,
    model: model.name,
    modified_at: timeOf(model),
    size: 0,
    digest: "",
    details: {
      parent_model: "",
      format: "",
      family: "",
      families: [],
      parameter_size: "",
      quantization_level: "",
    },
  };
}

function timeOf(model: ModelEntry): string {
  return new Date(model.createdAt ?? 0).toISOString();
}
