import { expect, test } from "vitest";
import { factsOf, joinLines, sizeText, stateOf } from "./words.ts";

test.each([
  ["heard", true, "heard", "good"],
  ["heard", false, "telling", "wait"],
  ["waiting", false, "not joined yet", "wait"],
  ["silent", true, "silent", "bad"],
  ["removed", true, "removed", "plain"],
] as const)("%s, complete %s: %s", (state, complete, word, tone) => {
  expect(stateOf({ state, complete })).toEqual({ word, tone });
});

test("facts are words, sizes and lists", () => {
  const facts = {
    bytes: 2_147_483_648,
    files: 3,
    store: "ollama",
    layers: ["model", "license"],
    disabled: true,
  };
  expect(factsOf({ facts })).toEqual([
    ["bytes", "2.0 GiB"],
    ["files", "3"],
    ["store", "ollama"],
    ["layers", "model, license"],
    ["disabled", "true"],
  ]);
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [5e15, "4547.5 TiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test("a machine is joined by the address of the doors, not by the path of reports", () => {
  expect(joinLines("https://doorward.example.com")).toBe(
    "doorward sensor join https://doorward.example.com\ndoorward sensor",
  );
});
