import { Fault } from "#base";
import { decodeBase64 } from "./base64.ts";
import { parseCount } from "./checkpoint.ts";
import { HASH_BYTES } from "./hash.ts";

/** C2SP tlog-proof: an entry's place in a signed checkpoint, as portable text. */
export interface TlogProof {
  readonly index: number;
  /** The leaf's sibling first. */
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** Opaque and not authenticated. Ours has none. */
  readonly extra?: Buffer;
}

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
/** A tree of 2^53 entries has paths of at most 53 hashes. */
export const PROOF_HASHES_MAX = 63;
const PROOF_CHARS_MAX = 512 * 1024;

/** The text of a `.tlog-proof` file. */
export function formatProof(proof: TlogProof): string {
  const extra = proof.extra === undefined ? "" : `extra ${proof.extra.toString("base64")}\n`;
  return `${FIRST_LINE}\n${extra}${formatSpicy(proof)}`;
}

/** The text of a `.spicy` file, which torchwood's and litetlog's `spicy` read: no first line, no `extra`. */
export function formatSpicy({ index, hashes, checkpoint }: TlogProof): string {
  return `index ${index}\n${hashes.map((hash) => `${hash.toString("base64")}\n`).join("")}\n${checkpoint}`;
}

/** Reads a `.tlog-proof` without trusting it. Throws `proof_malformed`. */
export function parseProof(text: string): TlogProof {
  if (!text.startsWith(`${FIRST_LINE}\n`)) throw malformed(`does not start with ${FIRST_LINE}`);
  if (text.length > PROOF_CHARS_MAX) throw malformed(`is longer than ${PROOF_CHARS_MAX} characters`);
  const rest = text.slice(FIRST_LINE.length + 1);
  if (!rest.startsWith("extra ")) return parseSpicy(rest);
  const end = rest.indexOf("\n");
  const extra = decodeBase64(rest.slice("extra ".length, Math.max(end, 0)));
  if (end < 0 || extra === null) throw malformed("has an extra line that is not base64");
  return { ...parseSpicy(rest.slice(end + 1)), extra };
}

/** Reads a `.spicy` file without trusting it. Throws `proof_malformed`. */
export function parseSpicy(text: string): TlogProof {
  if (text.length > PROOF_CHARS_MAX) throw malformed(`is longer than ${PROOF_CHARS_MAX} characters`);
  const split = text.indexOf("\n\n");
  if (split < 0) throw malformed("has no checkpoint");
  const [first = "", ...lines] = text.slice(0, split).split("\n");
  const index = first.startsWith("index ") ? parseCount(first.slice("index ".length)) : null;
  if (index === null) throw malformed("has no index line");
  if (lines.length > PROOF_HASHES_MAX) throw malformed(`has more than ${PROOF_HASHES_MAX} hashes`);
  return { index, hashes: lines.map(parseHash), checkpoint: text.slice(split + 2) };
}

function parseHash(line: string): Buffer {
  const hash = decodeBase64(line);
  if (hash === null || hash.length !== HASH_BYTES) throw malformed("has a line that is not a SHA-256 hash");
  return hash;
}

function malformed(how: string): Fault {
  return new Fault("proof_malformed", `the proof ${how}`, "Give the proof as it was issued, unchanged.");
}
