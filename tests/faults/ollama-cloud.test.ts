import { afterEach, beforeEach, expect, test } from "vitest";
import { type InferenceHouse, openInferenceHouse } from "../samples/inference.ts";

// An Ollama on loopback that passes a model on to ollama.com: what is sent there leaves the house, whatever it is called.

let house: InferenceHouse;
beforeEach(async () => {
  house = await openInferenceHouse();
});
afterEach(async () => house.close());

/** `ListResponse` (ollama/ollama fb30760996871fa9460115c753afd2c60d4ab0f7, api/types.go); `mine` was made with `ollama cp`. */
const TAGS = {
  models: [
    { name: "llama3.2:latest", modified_at: "2026-01-01T00:00:00Z" },
    // A proxy in front of it may leave the fields of the next one out.
    { name: "gpt-oss:20b-cloud", modified_at: "2026-01-01T00:00:00Z" },
    {
      name: "mine:latest",
      modified_at: "2026-01-01T00:00:00Z",
      remote_model: "gpt-oss:120b",
      remote_host: "https://ollama.com:443",
    },
  ],
};

test("is known before the first request is decided, and shown in the list", async () => {
  const port = await house.serve((_request, response) => response.end(JSON.stringify(TAGS)));
  await house.add("up", { url: `http://127.0.0.1:${port}`, kind: "ollama", allowPrivate: true });
  const models = await house.open();
  const localOf = async (model: string) => (await models.candidates(model)).map(({ isLocal }) => isLocal);
  // By the upstream's name, which needs no list.
  expect(await localOf("up/mine")).toEqual([false]);
  expect(await localOf("up/llama3.2")).toEqual([true]);
  expect(await localOf("mine")).toEqual([false]);
  expect(await localOf("up/gpt-oss:20b-cloud")).toEqual([false]);
  // What it does not list is not asked for at all.
  expect(await localOf("up/unheard-of")).toEqual([]);
  const listed = Object.fromEntries(models.models().map(({ name, isLocal }) => [name, isLocal]));
  expect(listed).toEqual({
    "llama3.2:latest": true,
    "gpt-oss:20b-cloud": false,
    "mine:latest": false,
  });
});
