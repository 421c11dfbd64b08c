import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

// T25: dependencies are few, pinned, without install scripts, and each one was chosen on purpose.
interface Package {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}
type Named = Record<string, string>;
const manifestOf = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Record<string, Named>;
const [manifest, consoles] = [manifestOf("package.json"), manifestOf("console/package.json")];
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  packages: Record<string, Package>;
};
const chosen = {
  ...manifest["dependencies"],
  ...manifest["devDependencies"],
  ...manifest["optionalDependencies"],
  ...consoles["dependencies"],
  ...consoles["devDependencies"],
};
const records = readFileSync("docs/decisions/0002-dependencies.md", "utf8");
const PERMISSIVE =
  /^(MIT|MIT-0|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|Unlicense|BlueOak-1\.0\.0|CC0-1\.0|MIT AND CC-BY-3\.0)$/;

describe.each(Object.entries(chosen))("%s", (name, version) => {
  test("is pinned, to the version in the lock file", () => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect((packages[`node_modules/${name}`] ?? packages[`console/node_modules/${name}`])?.version).toBe(
      version,
    );
  });

  test("has its record in docs/decisions/0002-dependencies.md", () => {
    const headings = records.split("\n").filter((line) => line.startsWith("### "));
    expect(headings.flatMap((line) => line.slice(4).split(", "))).toContain(name);
  });
});

const production = Object.entries(packages).filter(
  ([path, entry]) => path.startsWith("node_modules/") && entry.dev !== true && entry.link !== true,
);

test("nothing that Doorward runs has an install script", () => {
  expect(production.filter(([, entry]) => entry.hasInstallScript === true)).toEqual([]);
});

/** Builds the console's style sheets and is neither changed nor shipped: its licence asks for no more than that. */
const BUILDS_ONLY = /^node_modules\/lightningcss(-[\w-]+)?$/;

test("everything that Doorward runs is under a permissive licence", () => {
  const others = production.filter(
    ([path, entry]) => !PERMISSIVE.test(entry.license ?? "none") && !BUILDS_ONLY.test(path),
  );
  expect(others.map(([path, entry]) => `${path}: ${entry.license}`)).toEqual([]);
  expect(production.length).toBeGreaterThan(10);
});

test("npm is told to run no scripts, whoever calls it", () => {
  expect(readFileSync(".npmrc", "utf8")).toContain("ignore-scripts=true");
});
