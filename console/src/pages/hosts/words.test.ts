import { expect, test } from "vitest";
import { besides } from "./words.ts";

const none = {
  private: false,
  passThrough: false,
  largeUploads: false,
  ownCredentials: false,
  trusted: false,
};

test.each([
  ["nothing", {}, []],
  ["one thing", { private: true }, ["private addresses"]],
  ["in the form's order", { trusted: true, passThrough: true }, ["passed through", "trusted answers"]],
])("what a grant gives besides: %s", (_what, over, words) => {
  expect(besides({ ...none, ...over })).toEqual(words);
});
