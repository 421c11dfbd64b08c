import type { ByteSource } from "#models";
import type { Finding } from "./finding.ts";

/**
 * Looks at content of one kind, whole, within bounds of its own; what it could not follow is a finding too (`unscannable`).
 * `path` leads from the file inwards, to these bytes. Throws `model_unreadable` as `source` does.
 */
export type ContentScanner = (source: ByteSource, path: readonly string[]) => readonly Finding[];
