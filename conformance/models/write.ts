import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { configs } from "./configs.ts";
import { containers } from "./containers.ts";
import { gadgets } from "./gadgets.ts";
import { graphs } from "./graphs.ts";
import { headers } from "./headers.ts";
import type { Made } from "./made.ts";
import { templates } from "./templates.ts";

/** Every sample of ours, made anew each time and equal each time. */
export function adversarial(): readonly Made[] {
  return [...gadgets(), ...containers(), ...headers(), ...templates(), ...configs(), ...graphs()];
}

/** Writes them into a folder, with a manifest of the format in `../shared/data/models`. */
export function writeAdversarial(folder: string): void {
  const all = adversarial();
  for (const { file, bytes } of all) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  const items = all.map(({ file, label, technique, bytes }) => ({
    file,
    label,
    technique,
    size: bytes.length,
  }));
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ items }, null, 1));
}
