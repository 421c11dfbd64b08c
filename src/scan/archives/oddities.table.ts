import type { Finding } from "../finding.ts";

/** What an oddity of a container or of a format means to whoever loads the file. */
export interface OddityMeaning {
  readonly severity: Finding["severity"];
  /** Null where honest writers do it too: it is told, and is no finding. */
  readonly verdict: Finding["verdict"] | null;
  readonly techniques: readonly string[];
  /** Goes on "…: ": why that is dangerous. */
  readonly because: string;
  readonly advisories: readonly string[];
}

// AML.T0011.000 Unsafe AI Artifacts, T0018.002 Embed Malware, T0074 Masquerading, T0076 Corrupt AI Model, T0029 Denial of AI Service.
const UNPACKED = "whoever unpacks it writes, or reads, outside of the folder";
const APART = "scanners and loaders read different things in it";
const HIDDEN = "bytes are hidden there that a scanner of its members never sees";
const BROKEN = "loaders read it on, some scanners stop";
const BEYOND = "a loader that trusts it reads memory that is not the file's";
const UNKNOWN = "loaders take it differently, or refuse it";

const row = (
  rules: string,
  [severity, verdict]: readonly [Finding["severity"], OddityMeaning["verdict"]],
  [because, ...techniques]: readonly [string, ...string[]],
  ...advisories: string[]
): (readonly [string, OddityMeaning])[] =>
  rules.split(" ").map((rule) => [rule, { severity, verdict, techniques, because, advisories }]);

/**
 * By the rules of docs/formats/models.md and of src/models/containers. What stands in no row is suspicious: a new oddity of a
 * reader never passes for nothing. Sources: the advisories, and models.md 1.1 (picklescan) and 7 (the checklist).
 */
export const ODDITIES: ReadonlyMap<string, OddityMeaning> = new Map([
  ...row("path-traversal", ["critical", "malicious"], [UNPACKED, "AML.T0011.000"]),
  ...row("path-absolute path-drive", ["high", "suspicious"], [UNPACKED, "AML.T0011.000"]),
  ...row("path-backslash", ["low", "suspicious"], [UNPACKED, "AML.T0011.000"]),
  ...row("path-control path-empty", ["medium", "suspicious"], ["its name hides what it is", "AML.T0074"]),
  ...row("path-nul", ["high", "unscannable"], [APART, "AML.T0074"]),
  ...row("oddities-cut", ["high", "unscannable"], ["the worst may be among them", "AML.T0076"]),
  ...row("tar-link zip-link", ["medium", "suspicious"], [UNPACKED, "AML.T0011.000"]),
  ...row("tar-kind", ["medium", "suspicious"], [UNPACKED, "AML.T0011.000"]),
  ...row("tar-two-sizes", ["high", "suspicious"], [APART, "AML.T0074"], "CVE-2025-62518"),
  ...row(
    "tar-behind gzip-trailing zip-trailing zip-prefix",
    ["medium", "suspicious"],
    [HIDDEN, "AML.T0018.002"],
  ),
  // A reader of streams takes the next frame as more of the same; here one is read.
  ...row("zlib-trailing zstd-trailing", ["high", "unscannable"], [HIDDEN, "AML.T0018.002"]),
  ...row("tar-pax gzip-crc", ["medium", "suspicious"], [BROKEN, "AML.T0076"]),
  ...row("gzip-parts zip-comment", ["info", null], ["honest writers do it"]),
  ...row("zip-name-differs", ["high", "suspicious"], [APART, "AML.T0074"], "CVE-2025-1944"),
  ...row("zip-crc", ["medium", "suspicious"], [BROKEN, "AML.T0076"], "CVE-2025-10156"),
  ...row(
    "zip-flag-lies zip-flags zip-flags-differ",
    ["high", "suspicious"],
    [BROKEN, "AML.T0076"],
    "CVE-2025-1945",
  ),
  ...row("zip-encrypted", ["medium", "suspicious"], ["nobody can look into it", "AML.T0074"]),
  ...row("zip-duplicate zip-overlap zip-unlisted", ["high", "suspicious"], [APART, "AML.T0074"]),
  ...row(
    "zip-several-ends zip-two-directories zip-headers-differ",
    ["high", "suspicious"],
    [APART, "AML.T0074"],
  ),
  ...row(
    "zip-count zip-directory-size zip-base zip-disks zip-size",
    ["medium", "suspicious"],
    [APART, "AML.T0074"],
  ),
  ...row("zip-no-directory zip-no-local", ["medium", "suspicious"], [BROKEN, "AML.T0076"]),
  ...row("polyglot", ["high", "suspicious"], [APART, "AML.T0074"]),
  ...row("npy-extent", ["low", "suspicious"], [UNKNOWN, "AML.T0076"]),
  ...row("gguf-extent", ["critical", "malicious"], [BEYOND, "AML.T0011.000"], "CVE-2026-7482"),
  ...row(
    "gguf-overlap gguf-offset gguf-block gguf-alignment",
    ["medium", "suspicious"],
    [UNKNOWN, "AML.T0076"],
  ),
  ...row("gguf-key-twice gguf-tensor-twice", ["medium", "suspicious"], [APART, "AML.T0074"]),
  ...row("gguf-gap gguf-trailing", ["medium", "suspicious"], [HIDDEN, "AML.T0018.002"]),
  ...row("gguf-type gguf-key gguf-name gguf-bool gguf-text", ["low", "suspicious"], [UNKNOWN, "AML.T0076"]),
  ...row("gguf-nested-list gguf-split", ["low", "suspicious"], [UNKNOWN, "AML.T0076"]),
  ...row("gguf-required", ["info", null], ["old writers left it out"]),
  ...row("safetensors-extent", ["high", "malicious"], [BEYOND, "AML.T0011.000"]),
  ...row("safetensors-overlap safetensors-shape", ["medium", "suspicious"], [UNKNOWN, "AML.T0076"]),
  ...row("safetensors-name-twice index-name-twice", ["high", "suspicious"], [APART, "AML.T0074"]),
  ...row("safetensors-gap safetensors-trailing", ["medium", "suspicious"], [HIDDEN, "AML.T0018.002"]),
  ...row("safetensors-dtype safetensors-metadata", ["low", "suspicious"], [UNKNOWN, "AML.T0076"]),
]);

export const UNLISTED_ODDITY: OddityMeaning = {
  severity: "medium",
  verdict: "suspicious",
  techniques: ["AML.T0076"],
  because: UNKNOWN,
  advisories: [],
};
