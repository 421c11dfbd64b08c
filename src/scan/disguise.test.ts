import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesIn } from "#models";
import { type FileScan, scanFile } from "./file.ts";

const scan = (text: string, name: string): FileScan => scanFile(bytesIn(Buffer.from(text, "latin1")), name);
const CALL = "cos\nsystem\n(S'id'\ntR.";

describe("a pickle of text under another name", () => {
  const prefixes = ["", "I0x1\n0", "Finf\n0", "Fnan\n0", `V${"a".repeat(10_000)}\n0`, "I01\n0".repeat(60)];
  for (const name of ["model.txt", "model.th", "model_best.pth.tar", "README.md", "config.json", "x"])
    test(`is found in ${name}`, () => {
      for (const prefix of prefixes)
        expect([prefix.slice(0, 9), scan(prefix + CALL, name).verdict]).toEqual([
          prefix.slice(0, 9),
          "malicious",
        ]);
    });

  test("is found once", () => {
    for (const name of ["model.txt", "model.pkl"]) {
      const rules = scan(CALL, name).findings.map(({ rule, offset }) => `${rule} ${offset}`);
      expect(new Set(rules).size).toBe(rules.length);
    }
  });
});

test("texts that begin like a pickle are none", () => {
  const texts = [
    "cats\nand dogs\n(both) are animals. R.",
    "(c) 2026 the authors.\nAll rights reserved.",
    "I am a model card.\n\nI was trained on text.",
    ".gitignore\n",
    "Very small models\nare small.\n",
    "From Python, load it so:\n\n    import os\n    os.system('id')\n",
    "c\nos\n",
    "import os\nsystem\n",
    "License\n\nL1\n",
    "}\n{}\n",
    "N/A",
    "Some 'quotes'\n",
    "S'quoted'\np0\n.",
  ];
  for (const text of texts) expect([text, scan(text, "README.md").verdict]).toEqual([text, "clean"]);
  fc.assert(
    fc.property(
      fc.constantFrom(...Array.from("cI(.VFSLNgip]})ltd0")),
      fc.lorem({ maxCount: 40 }),
      (first, text) => {
        expect(scan(`${first}${text.replaceAll(" ", "\n")}`, "notes.txt").verdict).toBe("clean");
      },
    ),
  );
});
