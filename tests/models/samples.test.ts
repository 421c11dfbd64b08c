import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bytesIn, ggufModel, readGguf, readSafetensors } from "#models";

// Samples of other projects, data only: nothing of them is executed or rendered.
const DATA = new URL("../../../shared/data/models/", import.meta.url).pathname;
const HAS_DATA = existsSync(DATA);
const filesOf = (group: string): readonly string[] =>
  HAS_DATA
    ? readdirSync(join(DATA, group), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()
    : [];

describe.skipIf(!HAS_DATA)(
  `samples of other projects${HAS_DATA ? "" : " (skipped: no ../shared/data)"}`,
  () => {
    test("every published vocabulary of llama.cpp reads whole, as a tokenizer without tensors", () => {
      const read = filesOf("gguf").map((path) => readGguf(bytesIn(readFileSync(path))));
      expect(read.length).toBeGreaterThan(0);
      for (const one of read) {
        const facts = one.ok ? ggufModel(one.facts) : null;
        expect([facts?.kind, one.ok && one.oddities]).toEqual(["vocabulary", []]);
        expect(facts?.tokenizer?.tokens).toBeGreaterThan(30_000);
      }
    });

    test("every safetensors sample is answered for, and what it holds in its metadata is told", () => {
      const read = filesOf("safetensors").map((path) => readSafetensors(bytesIn(readFileSync(path))));
      expect(read.length).toBeGreaterThan(0);
      for (const one of read) expect(one.ok || one.malformed.what).toBe(true);
    });
  },
);
