import type { JsonObject } from "#base";
import type { FlowEffect } from "#vocabulary";
import { argumentValues } from "./arguments.ts";
import { wordsOf } from "./fold.ts";
import type { ToolManifest } from "./manifest.ts";
import { nameWords } from "./records.ts";
import { isTelling, saysWhole, type Words } from "./words.ts";
import { DEED_WORDS } from "./words.table.ts";

/**
 * Whether the user's words ask for this kind of deed: they hold a word of its group, or the verb that the tool itself is
 * named by. Deeds without a group are asked for by naming what they act on.
 */
export function asksFor(words: readonly Words[], effect: FlowEffect, tool: string): boolean {
  const said = new Set(
    words.filter((one) => one.standing === "attested").flatMap((one) => wordsOf(one.text)),
  );
  const group = DEED_WORDS[effect];
  if (group === undefined) return said.size > 0;
  const [verb = ""] = nameWords(tool.slice(tool.indexOf("/") + 1));
  return said.has(verb) || group.some((word) => said.has(word));
}

/** Whether all that a lookup was asked for are the user's own words. One that asks for nothing lists everything. */
export function isLookupAskedFor(
  words: readonly Words[],
  manifest: ToolManifest,
  given: JsonObject,
): boolean {
  const attested = words.filter((one) => one.standing === "attested");
  const asked = argumentValues(manifest, given).filter(({ role }) => role !== "control");
  return (
    asked.length > 0 &&
    asked.every(({ value }) => isTelling(value) && attested.some((one) => saysWhole(one, value)))
  );
}
