import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { consoleDigest, isConsoleBuilt } from "../scripts/console-sources.mjs";
import { consoleSchema, SCHEMA } from "../scripts/console-schema.ts";

const FIRST_LOAD_BYTES_MAX = 300_000;
const DIST = "console/dist";
const copy = mkdtempSync(join(tmpdir(), "doorward-console-sources-"));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test("the console was built from the sources that are here", () => {
  expect(isConsoleBuilt(".")).toBe(true);
});

test("its types of the API are those of the API's description: `npm run reference` writes them", async () => {
  expect(readFileSync(SCHEMA, "utf8")).toBe(await consoleSchema());
});

describe("whether it has to be built", () => {
  mkdirSync(join(copy, "console"));
  for (const name of ["src", "dist", "index.html", "mark.svg", "package.json", "vite.config.ts"])
    cpSync(join("console", name), join(copy, "console", name), { recursive: true });
  cpSync("package-lock.json", join(copy, "package-lock.json"));

  test("a change of any source, of the libraries, or a source more or less says yes; a test's does not", () => {
    expect(isConsoleBuilt(copy)).toBe(true);
    writeFileSync(join(copy, "console/src/inert/inert.test.ts"), "changed");
    expect(isConsoleBuilt(copy)).toBe(true);
    for (const file of [
      "console/src/main.tsx",
      "console/index.html",
      "console/vite.config.ts",
      "package-lock.json",
    ]) {
      const before = readFileSync(join(copy, file));
      writeFileSync(join(copy, file), `${String(before)} `);
      expect(isConsoleBuilt(copy)).toBe(false);
      writeFileSync(join(copy, file), before);
    }
    writeFileSync(join(copy, "console/src/more.ts"), "");
    expect(isConsoleBuilt(copy)).toBe(false);
    rmSync(join(copy, "console/src/more.ts"));
    expect(isConsoleBuilt(copy)).toBe(true);
    rmSync(join(copy, "console/dist"), { recursive: true });
    expect(isConsoleBuilt(copy)).toBe(false);
    expect(consoleDigest(copy)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("what was built", () => {
  const page = readFileSync(join(DIST, "index.html"), "utf8");
  const names = readdirSync(join(DIST, "assets")).filter((name) => !name.endsWith(".gz"));

  test("asks nobody else for anything, and has no script or style of its own in the page", () => {
    expect(page).not.toMatch(/https?:|<style|style=|<script(?![^>]* src="\/console\/assets\/)|\bon\w+=/);
    for (const name of names.filter((one) => one.endsWith(".css")))
      expect(readFileSync(join(DIST, "assets", name), "utf8")).not.toMatch(
        /url\((?!["']?\/console\/assets)|@import/,
      );
  });

  test("is for production, whoever built it: none of React's development warnings are in it", () => {
    for (const name of names.filter((one) => one.endsWith(".js")))
      expect(readFileSync(join(DIST, "assets", name), "utf8")).not.toContain("Encountered two children");
  });

  test("has a hash in every name", () => {
    expect(names.filter((name) => !/-[\w-]{8}\.(js|css|svg)$/.test(name))).toEqual([]);
  });

  test("its first load is under 300 kB, gzipped", () => {
    const first = [...page.matchAll(/assets\/([\w.-]+\.(?:js|css))/g)].map(([, name = ""]) => name);
    const activity = names.filter((name) => /^(page|link)/.test(name));
    const sizes = [...new Set([...first, ...activity])].map(
      (name) => gzipSync(readFileSync(join(DIST, "assets", name))).length,
    );
    expect(first.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_LOAD_BYTES_MAX);
  });
});
