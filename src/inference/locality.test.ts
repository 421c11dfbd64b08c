import { describe, expect, test } from "vitest";
import { runsHere } from "./locality.ts";

const said = (name: string, isRemote = false) => ({ name, createdAt: null, isRemote });
const OLLAMA = {
  kind: "ollama",
  isPrivate: true,
  models: [said("llama3.2:latest"), said("gemma3:27b"), said("acme/tuned:q4"), said("renamed:latest", true)],
} as const;

describe("an Ollama in the house", () => {
  test.each([
    "llama3.2",
    "llama3.2:latest",
    "Llama3.2:LATEST",
    "library/llama3.2",
    "registry.ollama.ai/library/gemma3:27b",
    "gemma3:27b:local",
    "acme/tuned:q4",
  ])("runs %s itself", (model) => {
    expect(runsHere(model, OLLAMA)).toBe(true);
  });

  // The first seven as its modelref_test.go has them, or in other case.
  test.each([
    "gpt-oss:20b-cloud",
    "gpt-oss:cloud",
    "gpt-oss:20b:cloud",
    "GPT-OSS:CLOUD",
    "gpt-oss:20b-Cloud",
    "library/gpt-oss:cloud",
    "gpt-oss:20b-cloud ",
    "renamed",
    "renamed:latest",
    "Renamed",
    "registry.ollama.ai/library/renamed",
    "renamed:local",
    "never-listed",
    "llama3.2:other",
  ])("is not known to run %s itself", (model) => {
    expect(runsHere(model, OLLAMA)).toBe(false);
  });

  test("which has not said what it has is believed nothing", () => {
    expect(runsHere("llama3.2", { ...OLLAMA, models: null })).toBe(false);
  });
});

test("elsewhere a cloud name does not stay here, and another does where the address does", () => {
  const vllm = { kind: "vllm", isPrivate: true, models: null } as const;
  expect(runsHere("meta/llama", vllm)).toBe(true);
  expect(runsHere("my-cloud/model", vllm)).toBe(true);
  expect(runsHere("gpt-oss:120b-cloud", vllm)).toBe(false);
  expect(runsHere("meta/llama", { ...vllm, isPrivate: false })).toBe(false);
});
