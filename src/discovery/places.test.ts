import { describe, expect, test } from "vitest";
import { pathOf, placesOf, type Surroundings } from "./places.ts";
import { type Platform, STORES } from "./stores.table.ts";

const on = (platform: Platform, environment: Surroundings["environment"] = {}): Surroundings => ({
  platform,
  home: platform === "win32" ? "C:\\Users\\ada" : "/home/ada",
  environment,
});
const pathsOf = (surroundings: Surroundings, store: string): string[] =>
  placesOf(surroundings)
    .filter((place) => place.store.name === store)
    .map(({ path }) => path);

describe("places", () => {
  test("are where each store is on each system", () => {
    expect(pathsOf(on("linux"), "huggingface")).toEqual(["/home/ada/.cache/huggingface/hub"]);
    expect(pathsOf(on("linux"), "ollama")).toEqual([
      "/home/ada/.ollama/models",
      "/usr/share/ollama/.ollama/models",
    ]);
    expect(pathsOf(on("darwin"), "llama.cpp")).toEqual(["/home/ada/Library/Caches/llama.cpp"]);
    expect(pathsOf(on("win32", { LOCALAPPDATA: "C:\\L" }), "gpt4all")).toEqual(["C:\\L\\nomic.ai\\GPT4All"]);
    expect(pathsOf(on("win32"), "gpt4all")).toEqual([]);
  });

  test("are moved by the variables that move them, the strongest first, and the default is looked at too", () => {
    const environment = { HF_HOME: "/big/hf", HF_HUB_CACHE: "/big/hub/", XDG_CACHE_HOME: "/big/cache" };
    expect(pathsOf(on("linux", environment), "huggingface")).toEqual([
      "/big/hub",
      "/home/ada/.cache/huggingface/hub",
    ]);
    const { HF_HUB_CACHE: _, ...weaker } = environment;
    expect(pathsOf(on("linux", weaker), "huggingface")[0]).toBe("/big/hf/hub");
    expect(pathsOf(on("linux", { HF_HOME: "~/hf" }), "huggingface")[0]).toBe("/home/ada/hf/hub");
  });

  test("that are relative, or empty, are none", () => {
    expect(pathsOf(on("linux", { OLLAMA_MODELS: "models" }), "ollama")[0]).toBe("/home/ada/.ollama/models");
    expect(pathsOf(on("linux", { OLLAMA_MODELS: " " }), "ollama")[0]).toBe("/home/ada/.ollama/models");
    expect(pathOf("$NOWHERE/x", on("linux"))).toBeNull();
  });

  test("are each named once, whoever shares them", () => {
    const all = placesOf(on("linux", { MODELS_PATH: "/m", LOCALAI_MODELS_PATH: "/m" })).map(
      ({ path }) => path,
    );
    expect(all.filter((path) => path === "/m")).toHaveLength(1);
  });

  test("have a source each, and no place is the home or the root itself", () => {
    expect(STORES.filter(({ source }) => source === "")).toEqual([]);
    for (const platform of ["darwin", "linux", "win32"] as const) {
      const all = STORES.flatMap(({ places }) => places[platform]);
      expect(all.filter((place) => place.split("/").length < 2 || place.endsWith("/"))).toEqual([]);
    }
  });
});
