import { expect, test } from "vitest";
import { callsText, coverText, placesIn } from "./words.ts";

test("what is typed is servers, and tools where there is a slash, each once", () => {
  expect(placesIn(" mail, fs/read_file\nmail  ollama/llama3.2 ")).toEqual({
    servers: ["mail"],
    tools: ["fs/read_file", "ollama/llama3.2"],
  });
  expect(placesIn(" ,\n")).toEqual({ servers: [], tools: [] });
});

test("what is covered is said in one line", () => {
  expect(coverText({ servers: ["mail"], tools: ["fs/read_file"] })).toBe("mail, fs/read_file");
  expect(coverText({ servers: ["*"], tools: [] })).toBe("anything");
  expect(coverText({ servers: [], tools: [] })).toBe("nothing");
});

test("how many actions have left, and how many may", () => {
  expect(callsText({ calls: null, callsUsed: 3 })).toBe("3, any number");
  expect(callsText({ calls: 50, callsUsed: 3 })).toBe("3 of 50");
});
