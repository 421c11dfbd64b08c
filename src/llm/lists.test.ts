import type { ModelInfo } from "@anthropic-ai/sdk/resources/models";
import type { ListResponse } from "ollama";
import type { Model } from "openai/resources/models";
import { expect, test } from "vitest";
import {
  anthropicModel,
  anthropicModels,
  type ModelEntry,
  openaiModel,
  openaiModels,
  tagsAnswer,
} from "./lists.ts";

// The expectations are typed by the SDKs; a date is a string on the wire, whatever the ollama package's types say.

const QWEN: ModelEntry = { name: "qwen3:8b", createdAt: 1_700_000_000_500, owner: "local" };
const BARE: ModelEntry = { name: "claude", createdAt: null, owner: "far" };

type OnWire<T> = T extends Date ? string : T extends object ? { [K in keyof T]: OnWire<T[K]> } : T;

test("Ollama's tags", () => {
  const details = {
    parent_model: "",
    format: "",
    family: "",
    families: [],
    parameter_size: "",
    quantization_level: "",
  };
  const expected: { models: Omit<OnWire<ListResponse>["models"][number], "expires_at" | "size_vram">[] } = {
    models: [
      {
        name: "qwen3:8b",
        model: "qwen3:8b",
        modified_at: "2023-11-14T22:13:20.500Z",
        size: 0,
        digest: "",
        details,
      },
      {
        name: "claude",
        model: "claude",
        modified_at: "1970-01-01T00:00:00.000Z",
        size: 0,
        digest: "",
        details,
      },
    ],
  };
  expect(tagsAnswer([QWEN, BARE])).toEqual(expected);
});

test("OpenAI's models, and one of them", () => {
  const expected: Model = { id: "qwen3:8b", object: "model", created: 1_700_000_000, owned_by: "local" };
  expect(openaiModel(QWEN)).toEqual(expected);
  expect(openaiModels([QWEN, BARE])).toEqual({ object: "list", data: [expected, openaiModel(BARE)] });
  expect(openaiModels([])).toEqual({ object: "list", data: [] });
});

test("Anthropic's models, and one of them", () => {
  const expected: ModelInfo = {
    type: "model",
    id: "claude",
    display_name: "claude",
    created_at: "1970-01-01T00:00:00.000Z",
    capabilities: null,
    deprecated_at: null,
    lifecycle: "active",
    line: null,
    max_input_tokens: null,
    max_tokens: null,
    retires_at: null,
  };
  expect(anthropicModel(BARE)).toEqual(expected);
  expect(anthropicModels([QWEN, BARE])).toEqual({
    data: [anthropicModel(QWEN), expected],
    has_more: false,
    first_id: "qwen3:8b",
    last_id: "claude",
  });
  expect(anthropicModels([])).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
});
