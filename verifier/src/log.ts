import type { KeyObject } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { need, Refusal } from "./bytes.ts";
import type { Checkpoint } from "./note.ts";
import { parseLeaf } from "./receipt.ts";
import { grow, type GrowingTree, leafHash, rootOf } from "./tree.ts";

const WIDTH = 256;
const PROBLEMS_MAX = 100;

/**
 * The problems of a log directory: every entry must hash into the tiles, every tile of every level be what the entries
 * make it, the root be the signed one, older partial files agree; with `keys`, every entry be a leaf made with one of
 * them. Files beyond the checkpoint are not covered by it, and not judged.
 */
export function logProblems(dir: string, head: Checkpoint, keys: readonly KeyObject[] | null): string[] {
  const problems: string[] = [];
  const tree: GrowingTree = { peaks: [], size: 0 };
  const rows: Buffer[][] = [];
  // The tree's size tells which tile of its level a row is: whole ones come before their last leaf is counted.
  const flush = (row: readonly Buffer[], level: number) => {
    const place = `tile/${level}/${numberPath(Math.floor(tree.size / WIDTH ** (level + 1)))}`;
    const ends = row.map((_, i) => (i + 1) * 32);
    if (row.length > 0) problems.push(...fileProblems(dir, place, Buffer.concat(row), ends));
    rows[level] = [];
  };
  const onNode = (height: number, hash: Buffer) => {
    if (height % 8 !== 0) return;
    const row = (rows[height / 8] ??= []);
    if (row.push(hash) === WIDTH) flush(row, height / 8);
  };
  try {
    for (const entry of readEntries(dir, head.size, problems)) {
      if (keys !== null) parseLeaf(entry.toString(), keys);
      grow(tree, leafHash(entry), onNode);
      need(problems.length < PROBLEMS_MAX, `more than ${PROBLEMS_MAX} problems`);
    }
    rows.forEach(flush);
    need(rootOf(tree).equals(head.root), "the entries do not add up to the signed root");
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    problems.push(`at entry ${tree.size}: ${cause.message}`);
  }
  return problems;
}

/** Is the log of `old` a prefix of that of `now`? Both roots are made anew from the entries under `dir`. */
export function growthProblems(dir: string, old: Checkpoint, now: Checkpoint): string[] {
  if (old.origin !== now.origin) return ["the checkpoints are of different logs"];
  const problems = old.size > now.size ? [`the log shrank from ${old.size} to ${now.size} entries`] : [];
  const tree: GrowingTree = { peaks: [], size: 0 };
  const compare = () => {
    const isForked = [old, now].some(({ size, root }) => size === tree.size && !rootOf(tree).equals(root));
    if (isForked) problems.push(`at size ${tree.size} the entries have another root than the checkpoint`);
  };
  compare();
  for (const entry of readEntries(dir, Math.max(old.size, now.size), problems)) {
    grow(tree, leafHash(entry));
    compare();
  }
  return problems;
}

function* readEntries(dir: string, size: number, problems: string[]): Generator<Buffer, void> {
  for (let n = 0; n * WIDTH < size; n += 1) {
    const width = Math.min(WIDTH, size - n * WIDTH);
    const place = `tile/entries/${numberPath(n)}`;
    const path = filesOf(dir, place).find((file) => file.width >= width)?.path;
    need(path !== undefined, `${place} is missing`);
    const bytes = readFileSync(join(dir, path));
    const ends: number[] = [];
    for (let at = 0; ends.length < width; at = ends.at(-1) ?? 0) {
      const end = at + 2 <= bytes.length ? at + 2 + bytes.readUInt16BE(at) : Number.POSITIVE_INFINITY;
      need(end <= bytes.length, `${path} is cut short`);
      ends.push(end);
    }
    problems.push(...fileProblems(dir, place, bytes.subarray(0, ends.at(-1)), ends));
    yield* ends.map((end, i) => bytes.subarray((ends[i - 1] ?? 0) + 2, end));
  }
}

/**
 * Every file that holds a part of this tile must agree with `bytes`; one at least must hold all of it. Element i of
 * the tile, as far as the checkpoint covers it, ends at byte `ends[i]`.
 */
function fileProblems(dir: string, place: string, bytes: Buffer, ends: readonly number[]): string[] {
  const files = filesOf(dir, place);
  const isThere = files.some(({ width }) => width >= ends.length);
  const wrong = files.filter(({ path, width }) => {
    const content = readFileSync(join(dir, path));
    const part = bytes.subarray(0, ends[Math.min(width, ends.length) - 1]);
    return !(width <= ends.length ? content : content.subarray(0, part.length)).equals(part);
  });
  const problems = wrong.map(({ path }) => `${path} is not what the entries make it`);
  return isThere ? problems : [`${place} is missing`, ...problems];
}

/** The files of a tile, narrowest first; a full one has width 256. */
function filesOf(dir: string, place: string): { path: string; width: number }[] {
  const partials = join(dir, `${place}.p`);
  const names = existsSync(partials) ? readdirSync(partials) : [];
  const widths = names.filter((name) => /^[1-9]\d{0,2}$/.test(name) && Number(name) < WIDTH).map(Number);
  const files = widths.toSorted((a, b) => a - b).map((width) => ({ path: `${place}.p/${width}`, width }));
  return existsSync(join(dir, place)) ? [...files, { path: place, width: WIDTH }] : files;
}

/** C2SP tlog-tiles: groups of three digits, all but the last after an x. */
export function numberPath(n: number): string {
  const digits = String(n).padStart(Math.ceil(String(n).length / 3) * 3, "0");
  return digits.replace(/(\d{3})(?=\d)/g, "x$1/");
}
