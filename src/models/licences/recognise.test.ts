import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readExpression } from "./expression.ts";
import { readCard } from "./front-matter.ts";
import { LICENCES, licenceOfBase, licenceOfId, licenceOfLink, licenceOfTag } from "./known.ts";
import { KNOWN_BASES } from "./bases.table.ts";
import { recogniseText } from "./recognise.ts";
import { SKETCHES } from "./sketches.table.ts";

/** The MIT text as SPDX has it (https://spdx.org/licenses/MIT.html). */
const MIT = `MIT License

Copyright (c) 2026 Somebody Else

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

describe("a licence by its text", () => {
  it("is known by its words, whatever the layout and whoever holds the copyright", () => {
    const laidOut = MIT.replaceAll("\n", "\r\n  * ").replace("MIT License", "# MIT License");
    expect(recogniseText(MIT)).toMatchObject({ licence: { id: "MIT" }, by: "words", isSettled: true });
    expect(recogniseText(laidOut)).toMatchObject({ licence: { id: "MIT" }, isSettled: true });
  });

  it("is known, and not word for word, where a word was changed", () => {
    const changed = recogniseText(MIT.replace("without limitation", "with no limitation"));
    expect(changed).toMatchObject({ licence: { id: "MIT" }, by: "similarity", isSettled: true });
  });

  it("is not settled where somebody added clauses of their own", () => {
    const clause = `Our only modification part is that if the Software or any derivative works are used for commercial products
      of more than 100 million monthly active users the name shall be shown prominently on the user interface of each product.`;
    const read = recogniseText(`${MIT}\n${clause}`);
    expect(read).toMatchObject({ licence: { id: "MIT" }, isSettled: false });
    expect(read.wordsMore).toBeGreaterThan(25);
  });

  it("is known by its title alone where that asks much, and never as a free one", () => {
    const gemma =
      "Gemma Terms of Use\n\nLast modified: April 1, 2026\n\nBy using, reproducing, modifying ...";
    expect(recogniseText(gemma)).toMatchObject({ licence: { id: "gemma" }, by: "title" });
    expect(recogniseText("MIT License\n\nAll your model are belong to us.")).toMatchObject({
      licence: null,
      isSettled: false,
    });
  });

  it("is unknown where there is nothing like it", () => {
    for (const text of ["", "license", "You may use this model if you are nice. ".repeat(100)])
      expect(recogniseText(text)).toMatchObject({ licence: null, isSettled: false });
  });

  it("takes any text at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        expect(recogniseText(text).isSettled).toBe(false);
      }),
    );
  });
});

const ids = (text: string) => readExpression(text).licences.map(({ id }) => id);

describe("a licence by a tag", () => {
  it.each([
    ["apache-2.0", "Apache-2.0"],
    ["Apache License 2.0", "Apache-2.0"],
    ["mit", "MIT"],
    ["llama3.1", "llama3.1"],
    ["gemma", "gemma"],
    ["cc-by-nc-4.0", "CC-BY-NC-4.0"],
    ["openrail++", "openrail++"],
    ["mrl", "mrl-0.1"],
  ])("%s is %s", (tag, id) => {
    expect(licenceOfTag(tag)?.id).toBe(id);
  });

  it.each(["other", "unknown", "cc", "gpl", "", "llama", "proprietary"])("%s is unknown", (tag) => {
    expect(licenceOfTag(tag)).toBeNull();
  });

  it("reads expressions: all that are joined bind, of alternatives the freest known", () => {
    expect(ids("MIT AND CC-BY-NC-4.0")).toEqual(["MIT", "CC-BY-NC-4.0"]);
    expect(ids("GPL-3.0-only OR (MIT AND Apache-2.0)")).toEqual(["MIT", "Apache-2.0"]);
    expect(ids("GPL-2.0-only WITH Classpath-exception-2.0")).toEqual(["GPL-2.0-only"]);
    expect(readExpression("MIT AND LicenseRef-ours").unknown).toEqual(["LicenseRef-ours"]);
    expect(ids("LicenseRef-ours OR MIT")).toEqual(["MIT"]);
  });

  it.each([
    "(MIT",
    "MIT)",
    "AND MIT",
    "MIT OR",
    "()",
    "(".repeat(500),
    `${"(".repeat(40)}MIT${")".repeat(40)}`,
  ])("%s is no expression, and unknown", (text) => {
    const { licences, unknown } = readExpression(text);
    expect([licences.length, unknown.length > 0]).toEqual([0, true]);
  });

  it("knows the address of a text, and no other address", () => {
    expect(licenceOfLink("https://mistral.ai/licenses/MRL-0.1.md")?.id).toBe("mrl-0.1");
    expect(licenceOfLink("https://mistral.ai/licenses/MRL-0.1.md.evil.example")).toBeNull();
  });
});

describe("the head of a model card", () => {
  it("gives its licence and its bases, as a value or as a list", () => {
    const card = `---
license: other # as ever
license_name: "mrl"
license_link: https://mistral.ai/licenses/MRL-0.1.md
base_model:
- mistralai/Mistral-Large-Instruct-2411
- "google/gemma-2-9b"
tags: [a, b]
---
license: mit
`;
    expect(readCard(card)).toEqual({
      licence: ["other"],
      licenceName: "mrl",
      licenceLink: "https://mistral.ai/licenses/MRL-0.1.md",
      baseModels: ["mistralai/Mistral-Large-Instruct-2411", "google/gemma-2-9b"],
    });
    expect(readCard("---\nlicense: [mit, 'apache-2.0']\n---\n").licence).toEqual(["mit", "apache-2.0"]);
  });

  it.each(["", "license: mit", "---\nlicense: mit", "# ---\nlicense: mit\n---", "---\n  license: mit\n---"])(
    "claims nothing where it is no such head: %j",
    (text) => {
      expect(readCard(text).licence).toEqual([]);
    },
  );
});

describe("the tables", () => {
  it("name each licence once, each base's licence is there, each tag leads to one", () => {
    expect(new Set(LICENCES.map(({ id }) => id)).size).toBe(LICENCES.length);
    for (const { licence } of KNOWN_BASES) expect(licenceOfId(licence)).not.toBeNull();
    const tags = LICENCES.flatMap(({ id, tags: others }) => [id.toLowerCase(), ...others]);
    expect(new Set(tags).size).toBe(tags.length);
    for (const id of SKETCHES.keys()) expect(licenceOfId(id)).not.toBeNull();
  });

  it("name a source with every duty, and what is not open has duties", () => {
    const bare = LICENCES.filter(({ duties, standing }) => standing !== "open" && duties.length === 0);
    expect(bare).toEqual([]);
    for (const { source } of LICENCES.flatMap(({ duties }) => duties))
      expect(source.url).toMatch(/^https:\/\/\S+$/);
  });

  it.each([
    ["meta-llama/Llama-3.1-8B-Instruct", "llama3.1"],
    ["Meta-Llama-3-8B", "llama3"],
    ["meta-llama/Llama-2-7b-hf", "llama2"],
    ["meta-llama/Llama-4-Scout-17B-16E", "llama4"],
    ["deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "llama3.1"],
    ["deepseek-ai/DeepSeek-R1", "MIT"],
    ["deepseek-ai/DeepSeek-V3", "deepseek"],
    ["Meta Llama 3.1 8B Instruct", "llama3.1"],
    ["Qwen/Qwen2.5-7B-Instruct", "Apache-2.0"],
    ["Qwen/Qwen2.5-3B", "qwen-research"],
    ["Qwen/Qwen2.5-72B-Instruct", "qwen"],
    ["google/gemma-3-12b-it", "gemma"],
    ["google/gemma-4-9b", "Apache-2.0"],
    ["mistralai/Pixtral-Large-Instruct-2411", "mrl-0.1"],
    ["mistralai/Mistral-7B-v0.1", "Apache-2.0"],
  ])("%s was published under %s", (name, id) => {
    expect(licenceOfBase(name)?.id).toBe(id);
  });

  it.each(["openlm-research/open_llama_3b", "TinyLlama/TinyLlama-1.1B", "acme/model", "llava-hf/llava"])(
    "%s is the name of none of them",
    (name) => {
      expect(licenceOfBase(name)).toBeNull();
    },
  );
});
