import { type Digest, digestOfBytes } from "#base";
import { malformed } from "../bytes.ts";
import { shown } from "../oddity.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";

/** One file of a model. */
export interface ModelFile {
  /** From the model's folder, with `/` between its parts. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly sha256: Digest;
}

const FILES_MAX = 100_000;
const PATH_CHARACTERS_MAX = 4_096;
const SHA256 = /^sha256:[0-9a-f]{64}$/;

/**
 * The digest by which a model is approved: of one file its SHA-256; of several the SHA-256 over their list, sorted by the UTF-8 bytes of
 * the paths. The bytes are defined in docs/formats/models.md. Malformed: no files, a path twice, a path that leads outside.
 */
export function modelDigest(files: readonly ModelFile[]): Outcome<{ readonly digest: Digest }> {
  return outcomeOf(() => {
    if (files.length === 0 || files.length > FILES_MAX)
      throw malformed(`a model of ${files.length} files is none`, 0);
    const listed = files.map((file) => ({ file, key: keyOf(file) }));
    const [only] = files;
    if (files.length === 1 && only !== undefined) return { digest: only.sha256 };
    const sorted = listed.toSorted((left, right) => Buffer.compare(left.key, right.key));
    sorted.forEach(({ key, file }, n) => {
      if (n > 0 && sorted[n - 1]?.key.equals(key) === true)
        throw malformed(`the file ${shown(file.path)} comes twice`, 0);
    });
    const lines = sorted.map(({ file: { path, size, sha256 } }) => `${path}\0${size}\0${sha256.slice(7)}\n`);
    return { digest: digestOfBytes(`doorward model 1\n${lines.join("")}`) };
  });
}

function keyOf({ path, size, sha256 }: ModelFile): Buffer {
  const isSound =
    path.length <= PATH_CHARACTERS_MAX &&
    path.isWellFormed() &&
    !/[\0\\]/.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isSound) throw malformed(`${shown(path)} is no path inside of a model's folder`, 0);
  if (!Number.isSafeInteger(size) || size < 0 || !SHA256.test(sha256))
    throw malformed(`the size or digest of ${shown(path)} is none`, 0);
  return Buffer.from(path);
}
