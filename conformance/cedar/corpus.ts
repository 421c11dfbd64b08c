import { mkdtemp, readFile, rm } from "node:fs/promises";
import { globSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { type Archive, ENTRIES_MAX, FILE_BYTES_MAX, openArchive } from "./tar.ts";

/** A corpus's files by their names in it. */
export type Corpus = Archive;

/** Opens a folder or a tar.gz, hands it to `use`, and leaves nothing behind. Archives in a folder are corpora too. */
export async function withCorpora(path: string, use: (corpus: Corpus) => Promise<void>): Promise<void> {
  const isFolder = statSync(path).isDirectory();
  if (isFolder) await use(folder(path));
  const archives = isFolder
    ? globSync("**/*.{tar.gz,tgz}", { cwd: path }).map((name) => join(path, name))
    : [path];
  for (const archive of archives.toSorted()) await withArchive(archive, use);
}

async function withArchive(path: string, use: (corpus: Corpus) => Promise<void>): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "doorward-corpus-"));
  try {
    const archive = await openArchive(path, join(scratch, "corpus.tar"));
    try {
      await use(archive);
    } finally {
      await archive.close();
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
}

function folder(path: string): Corpus {
  const names = globSync("**/*.{json,cedar,cedarschema}", { cwd: path });
  if (names.length > ENTRIES_MAX) throw new Error(`the folder holds more than ${ENTRIES_MAX} files`);
  const known = new Set(names);
  return {
    names,
    read: async (name) => {
      if (!known.has(name)) return null;
      if (statSync(join(path, name)).size > FILE_BYTES_MAX) throw new Error(`${name} is too long`);
      return await readFile(join(path, name), "utf8");
    },
    close: async () => {},
  };
}

/**
 * A file that a case names. Its path counts from the corpus's root, which is the folder given or one above it: a case
 * in `corpus-tests/` names its files `corpus-tests/…` in an archive and in a copy of that folder alone.
 */
export async function readBeside(corpus: Corpus, of: string, name: string): Promise<string> {
  const here = dirname(of);
  const candidates = [normalize(name), join(here, name), join(here, name.split("/").at(-1) ?? name)];
  for (const candidate of candidates) {
    const text = await corpus.read(candidate);
    if (text !== null) return text;
  }
  throw new Error(`${of} names ${name}, which the corpus does not hold`);
}
