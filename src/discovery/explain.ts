import { MODEL_ENDINGS } from "./content.ts";
import { MANIFEST_BYTES_MAX, UNNAMED_BYTES_MIN } from "./looking.ts";
import { HEAD_BYTES } from "./observed.ts";
import type { ScanPlan, WalkPlace } from "./plan.ts";
import { NOT_ENTERED, STORES, type Store } from "./stores.table.ts";

/** One section of `doorward scan --explain`. */
export interface Explained {
  readonly title: string;
  readonly lines: readonly string[];
}

const HEAD = `the first ${HEAD_BYTES} bytes`;
const NAMED = `files whose names end as those of models do (${MODEL_ENDINGS.join(" ")})`;

const LAYOUTS: Readonly<Record<Store["layout"], string>> = {
  any: `${HEAD} of files of ${UNNAMED_BYTES_MIN} bytes and more, and of ${NAMED}`,
  hub: `in models--*/blobs and models--*/snapshots alone: ${HEAD} of files of ${UNNAMED_BYTES_MIN} bytes and more, and of such names`,
  named: `${HEAD} of ${NAMED}, and of nothing else that lies there`,
  ollama: `in manifests: files of up to ${MANIFEST_BYTES_MAX} bytes, whole; in blobs: ${HEAD} of files of ${UNNAMED_BYTES_MIN} bytes and more`,
};

/** Exactly what a plan looks at, in words; from the same tables by which it is carried out. */
export function explained(plan: ScanPlan): Explained[] {
  return [{ title: "Files", lines: [...plan.places.map(placeLine), ...FILE_RULES] }];
}

function placeLine({ path, store, layout }: WalkPlace): string {
  const title = STORES.find(({ name }) => name === store)?.title ?? "given";
  return `${path} (${title}): ${LAYOUTS[layout]}`;
}

const FILE_RULES = [
  `Not entered: ${NOT_ENTERED.join(", ")}; other file systems; links that lead out of the place.`,
  "Never read: the rest of any file, prompts, chats, documents; a given path is judged by first bytes, and no more is kept of them than the format.",
];
