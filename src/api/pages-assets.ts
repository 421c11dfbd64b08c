import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { Fault } from "#base";

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  /** The same, gzipped when the console was built; null where that would not make it smaller. */
  readonly gzipped: Buffer | null;
  /** True for the document a person navigates to; every other file carries its hash in its name. */
  readonly isPage: boolean;
}

/** The document, wherever it is asked for. */
export const PAGE_PATH = "/console";
const ASSETS = "assets";

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".js": "text/javascript; charset=utf-8",
};

/** Reads the built console once, by the path each file is served under. What is not listed here is never served. */
export function loadAssets(directory: string): ReadonlyMap<string, Asset> {
  try {
    const assets = new Map<string, Asset>([[PAGE_PATH, load(join(directory, "index.html"))]]);
    const names = readdirSync(join(directory, ASSETS)).filter((name) => /^[\w.-]+\.(js|css|svg)$/.test(name));
    for (const name of names) assets.set(`/console/assets/${name}`, load(join(directory, ASSETS, name)));
    return assets;
  } catch (cause) {
    throw new Fault(
      "console_missing",
      `the console's files cannot be read from ${directory}`,
      "In a clone, run `npm start`, which builds them; else install Doorward again, whole.",
      cause,
    );
  }
}

function load(file: string): Asset {
  const extension = extname(file);
  const packed = `${file}.gz`;
  return {
    type: TYPES[extension] ?? "application/octet-stream",
    bytes: readFileSync(file),
    gzipped: existsSync(packed) ? readFileSync(packed) : null,
    isPage: extension === ".html",
  };
}
