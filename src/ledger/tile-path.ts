import { Fault } from "#base";

/** Hashes in a full tile, entries in a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
const LEVEL_MAX = 63;

/** One tile (`level` 0..63) or entry bundle (`level` "entries"); `width` 1..256, 256 = full. */
export interface TileName {
  readonly level: number | "entries";
  readonly n: number;
  readonly width: number;
}

/** `tile/<level>/<n>` with `.p/<width>` when partial. C2SP tlog-tiles, "Merkle Tree". */
export function tilePath(level: number, n: number, width: number): string {
  return `tile/${level}/${numberPath(n)}${partial(width)}`;
}

/** `tile/entries/<n>` with `.p/<width>` when partial. C2SP tlog-tiles, "Log entries". */
export function entriesPath(n: number, width: number): string {
  return `tile/entries/${numberPath(n)}${partial(width)}`;
}

/** How many hashes tile `n` of `level` holds in a log of `size` entries: 0..256. Hashes are never rounded up. */
export function tileWidth(level: number, n: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - n * TILE_WIDTH));
}

/** How wide the bundle holding entry `index` is in a log of `size` entries: 0..256. */
export function bundleWidth(n: number, size: number): number {
  return tileWidth(0, n, size);
}

const SHAPE = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/u;

/** The inverse of `tilePath` and `entriesPath`; accepts only what they write. Throws `tile_path_malformed`. */
export function parseTilePath(path: string): TileName {
  const [, area, digits, partialWidth] = SHAPE.exec(path) ?? [];
  if (area === undefined || digits === undefined) throw malformed(path);
  const level = area === "entries" ? "entries" : Number(area);
  const n = Number(digits.replaceAll(/[x/]/gu, ""));
  const width = partialWidth === undefined ? TILE_WIDTH : Number(partialWidth);
  const inRange = (level === "entries" || level <= LEVEL_MAX) && Number.isSafeInteger(n) && width >= 1;
  if (!inRange || path !== pathOf({ level, n, width })) throw malformed(path);
  return { level, n, width };
}

function pathOf(name: TileName): string {
  return name.level === "entries"
    ? entriesPath(name.n, name.width)
    : tilePath(name.level, name.n, name.width);
}

function numberPath(n: number): string {
  let path = three(n % 1000);
  for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${three(rest % 1000)}/${path}`;
  }
  return path;
}

function three(n: number): string {
  return String(n).padStart(3, "0");
}

function partial(width: number): string {
  return width === TILE_WIDTH ? "" : `.p/${width}`;
}

function malformed(path: string): Fault {
  return new Fault(
    "tile_path_malformed",
    `${JSON.stringify(path.slice(0, 200))} is not the path of a tile or entry bundle`,
    "Use paths as C2SP tlog-tiles writes them, such as tile/0/x001/067 or tile/entries/000.p/17.",
  );
}
