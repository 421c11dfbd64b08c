import { Buffer } from "node:buffer";
import type { ContentScanner } from "../content.ts";

const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ["elf", "a program of Linux"],
  ["pe", "a program of Windows"],
  ["macho", "a program of macOS"],
  ["script", "a script"],
  ["wasm", "a program of WebAssembly"],
]);
const FIRST_LINE_BYTES = 80;

/** A model needs no program: whatever is one, of `kind` by its content, asks for a person. */
export function executableScanner(kind: string): ContentScanner {
  return (source, path) => {
    const head = Buffer.from(source.read(0, Math.min(source.size, FIRST_LINE_BYTES))).toString("latin1");
    return [
      {
        rule: "executable-file",
        severity: "high",
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

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, ".");
}
