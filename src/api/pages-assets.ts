import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { extname, join } from "node:path";
import { Fault } from "#base";

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  /** True for the document a person navigates to. */
  readonly isPage: boolean;
}

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".js": "text/javascript; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
};

/**
 * Reads the console's files once, by the path they are served under. Browser TypeScript is served with its types
 * blanked out, under its own name, so that its imports need no rewriting and its line numbers stay true.
 */
export function loadAssets(directory: string): ReadonlyMap<string, Asset> {
  try {
    const assets = new Map<string, Asset>([["/console", load(directory, "index.html")]]);
    for (const name of ["style.css", "mark.svg"]) assets.set(`/console/${name}`, load(directory, name));
    const sources = readdirSync(join(directory, "src")).filter((name) =>
      /^[a-z-]+(\.table)?\.(ts|js)$/.test(name),
    );
    for (const name of sources) assets.set(`/console/src/${name}`, load(directory, join("src", name)));
    return assets;
  } catch (cause) {
    throw new Fault(
      "console_missing",
      `the console's files cannot be read from ${directory}`,
      "Install Doorward again, whole: the folder console/ belongs beside src/.",
      cause,
    );
  }
}

function load(directory: string, name: string): Asset {
  const extension = extname(name);
  const text = readFileSync(join(directory, name), "utf8");
  const bytes = Buffer.from(extension === ".ts" ? stripTypeScriptTypes(text) : text);
  return { type: TYPES[extension] ?? "application/octet-stream", bytes, isPage: extension === ".html" };
}
