// The process that looks at samples for conformance:scan, one after the other; whoever started it ends it when it takes too long.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { scanFile } from "#scan";
import type { Ask, Reply } from "./pool.ts";

function scanned(path: string, name: string): Reply {
  const handle = openSync(path, "r");
  try {
    const { size } = fstatSync(handle);
    const read = (at: number, length: number): Uint8Array => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)));
      return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, at));
    };
    const began = performance.now();
    const { verdict, findings } = scanFile({ size, read }, name);
    const ms = performance.now() - began;
    return { verdict, rules: [...new Set(findings.map(({ rule }) => rule))], ms, kib: residentKib() };
  } finally {
    closeSync(handle);
  }
}

/** The most that this process ever had in memory. */
function residentKib(): number {
  return process.resourceUsage().maxRSS;
}

process.on("message", ({ path, name }: Ask) => {
  process.send?.(scanned(path, name));
});
