import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { osqueryPack } from "../scripts/fleet-reference.ts";

// The pack is SQL of SQLite, as osquery's is; its tables have the columns that osquery.io/schema lists.

const pack = z
  .object({
    queries: z.record(
      z.string().regex(/^[a-z_]+$/),
      z.strictObject({
        query: z.string(),
        interval: z.int().min(60),
        platform: z.enum(["linux", "darwin", "windows"]),
        description: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(osqueryPack()));

function tables(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE file (path TEXT, size BIGINT, mtime BIGINT, uid BIGINT, type TEXT)");
  database.exec("CREATE TABLE processes (pid BIGINT, name TEXT, path TEXT)");
  database.exec("CREATE TABLE listening_ports (pid BIGINT, address TEXT, port INTEGER)");
  return database;
}

describe.each(Object.entries(pack.queries))("%s", (_name, { query }) => {
  test("runs", () => {
    expect(tables().prepare(query).all()).toEqual([]);
  });
});

test.each([
  ["linux", "/home/ana/.ollama/models/blobs/sha256-1", true],
  ["linux", "/home/ana/.cache/huggingface/hub/models--a--b/blobs/x", true],
  ["linux", "/home/ana/Documents/letter.odt", false],
  ["darwin", "/Users/ana/.lmstudio/models/a/b.gguf", true],
  ["windows", "C:\\Users\\ana\\.ollama\\models\\blobs\\sha256-1", true],
])("%s: a large %s is a model's: %s", (platform, path, isFound) => {
  const database = tables();
  database.prepare("INSERT INTO file VALUES (?, 4000000000, 1, 1000, 'regular')").run(path);
  const query = pack.queries[`doorward_models_${platform}`]?.query ?? "";
  expect(database.prepare(query).all()).toHaveLength(isFound ? 1 : 0);
});

test("a runtime is found by its name, with where it listens", () => {
  const database = tables();
  database.exec("INSERT INTO processes VALUES (7, 'ollama', '/usr/bin/ollama'), (8, 'cat', '/bin/cat')");
  database.exec("INSERT INTO listening_ports VALUES (7, '0.0.0.0', 11434)");
  const query = pack.queries["doorward_runtimes_linux"]?.query ?? "";
  expect(database.prepare(query).all()).toMatchObject([{ pid: 7, name: "ollama", port: 11_434 }]);
});
