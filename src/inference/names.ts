import { MODEL_CHARS_MAX } from "./limits.ts";

/** No controls, no invisible or direction-changing characters: such a name is shown to people, and decided by policy. */
const PLAIN = /^[\p{L}\p{N}\p{P}\p{S} ]+$/u;

export function isModelName(name: string): boolean {
  return name !== "" && name.length <= MODEL_CHARS_MAX && PLAIN.test(name);
}
