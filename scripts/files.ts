/** The repository's own files: what was written by hand, not installed, built or downloaded. */
import { existsSync, readdirSync } from "node:fs";

const INSTALLED = /(^|\/)(node_modules|build|coverage|results|dist)(\/|$)/;

/** Paths under `rooms`, relative to the repository, with forward slashes, sorted; rooms that do not exist are empty. */
export function filesIn(rooms: readonly string[], isWanted: (file: string) => boolean): string[] {
  const found = rooms.filter((room) => existsSync(room)).flatMap((room) => filesUnder(room));
  return found.filter(isWanted).toSorted();
}

function filesUnder(room: string): string[] {
  const entries = readdirSync(room, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/"));
  return paths.filter((path) => !INSTALLED.test(path));
}
