import { Buffer } from "node:buffer";
import { recognise } from "#models";
import type { ContentScanner } from "../content.ts";

const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ["elf", "a program of Linux"],
  ["pe", "a program of Windows"],
  ["macho", "a program of macOS"],
  ["script", "a script"],
  ["wasm", "a program of WebAssembly"],
]);
const FIRST_LINE_BYTES = 80;
/** Text that somebody has to run by themselves; honest repositories of models have some. */
const SCRIPT = /\.(?:bat|cmd|ps1|sh|bash|zsh|command)$/iu;

/** A model needs no program: whatever is one, of `kind` by its content, asks for a person. */
export function executableScanner(kind: string): ContentScanner {
  return (source, path) => {
    const head = Buffer.from(source.read(0, Math.min(source.size, FIRST_LINE_BYTES))).toString("latin1");
    return [
      {
        rule: "executable-file",
        severity: kind === "script" ? "medium" : "high",
        verdict: "suspicious",
        says: `It is ${PROGRAMS.get(kind) ?? "a program"}, which no model needs.`,
        techniques: ["AML.T0018.002", "AML.T0011.000"],
        path,
        offset: 0,
        evidence: kind === "script" ? [printable(head.split("\n")[0] ?? "")] : [],
        advisories: [],
      },
    ];
  };
}

/** Source or bytecode beside a model: a loader that is told to trust a model's own code runs it, and nothing else needs it. */
export const scanCode: ContentScanner = (_source, path) => {
  // TorchScript's code is part of its archive, and read by a scanner of its own.
  if (path.length > 1 && /(?:^|[\\/])code[\\/]/u.test(path.at(-1) ?? "")) return [];
  return [
    {
      rule: "code-file",
      severity: "medium",
      verdict: "suspicious",
      says: "It is code beside a model: it runs where a loader trusts a model's own code.",
      techniques: ["AML.T0011.000", "AML.T0010.003"],
      path,
      offset: null,
      evidence: [],
      advisories: [],
    },
  ];
};

/** What a system runs by its name alone; what shows by its content that it is a program, `executableScanner` tells. */
export const scanRunByName: ContentScanner = (source, path) => {
  if (recognise(source).kinds.some((kind) => PROGRAMS.has(kind))) return [];
  return [
    {
      rule: "executable-file",
      severity: SCRIPT.test(path.at(-1) ?? "") ? "medium" : "high",
      verdict: "suspicious",
      says: "By its name it is something that a system runs, which no model needs.",
      techniques: ["AML.T0018.002", "AML.T0011.000"],
      path,
      offset: null,
      evidence: [],
      advisories: [],
    },
  ];
};

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, ".");
}
