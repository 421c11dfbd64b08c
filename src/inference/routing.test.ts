import fc from "fast-check";
import { expect, test } from "vitest";
import type { ServerName } from "#vocabulary";
import { directoryOf, routed } from "./routing.ts";

const name = (text: string): ServerName => text as ServerName;
const directory = directoryOf(
  [
    { model: "fast", targets: [{ upstream: name("b"), model: "x" }] },
    { model: "g*", targets: [{ upstream: name("a"), model: "*" }] },
    {
      model: "gpt-*",
      targets: [
        { upstream: name("b"), model: "*" },
        { upstream: name("gone"), model: "y" },
      ],
    },
  ],
  [
    { name: name("a"), kind: "ollama", models: ["llama3.2:latest", "both", "b/x", "gemma:latest"] },
    { name: name("b"), kind: "openai", models: ["both", "fast", "org/model"] },
    { name: name("org"), kind: "vllm", models: ["other"] },
    { name: name("silent"), kind: "llama.cpp", models: [] },
  ],
);

test.each<[string, string, readonly string[]]>([
  ["fast", "route", ["b:x"]],
  ["gpt-5", "prefix", ["b:gpt-5", "gone:y"]],
  ["gemma:latest", "prefix", ["a:gemma:latest"]],
  ["gemma", "prefix", ["a:gemma:latest"]],
  ["GEMMA", "nothing", []],
  ["g", "prefix", []],
  ["gemma:LATEST", "prefix", []],
  ["both", "listed", ["a:both", "b:both"]],
  ["llama3.2", "listed", ["a:llama3.2:latest"]],
  ["llama3.2:latest", "listed", ["a:llama3.2:latest"]],
  ["a/llama3.2", "upstream", ["a:llama3.2:latest"]],
  ["b/unlisted", "upstream", ["b:unlisted"]],
  // The whole name is listed, and the upstream it begins with does not list the rest.
  ["org/model", "listed", ["b:org/model"]],
  ["org/other", "upstream", ["org:other"]],
  // Runtimes that take their models by other names too: only what they list has a name that policies know.
  ["a/LLAMA3.2:latest", "nothing", []],
  ["a/library/llama3.2", "nothing", []],
  ["a/registry.ollama.ai/library/llama3.2:latest", "nothing", []],
  ["org/gpt-4o", "nothing", []],
  ["silent/any", "upstream", ["silent:any"]],
  ["org/", "nothing", []],
  ["/x", "nothing", []],
  ["unknown", "nothing", []],
  ["", "nothing", []],
  ["both\u0000", "nothing", []],
  ["both\u202E", "nothing", []],
  ["x".repeat(257), "nothing", []],
  ["constructor", "nothing", []],
  ["__proto__", "nothing", []],
])("%j goes by %s to %j", (model, by, places) => {
  const found = routed(directory, model);
  expect([found.by, found.places.map(({ upstream, model: own }) => `${upstream}:${own}`)]).toEqual([
    by,
    places,
  ]);
});

test("whatever is asked for, only upstreams that are known or written are answered", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (model) => {
      const upstreams = routed(directory, model).places.map(({ upstream }) => String(upstream));
      expect(upstreams.every((one) => ["a", "b", "org", "silent", "gone"].includes(one))).toBe(true);
    }),
  );
});
