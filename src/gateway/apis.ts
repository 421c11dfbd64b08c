import { z } from "zod";
import { type Api, type ApiMap, compileApis } from "#apis";
import type { JsonObject } from "#base";
import type { Store } from "#store";

/** As `apis.add` and `apis.refresh` keep them; docs/formats/apis.md. */
const operations = z.array(
  z.object({
    name: z.string(),
    method: z.string(),
    template: z.string(),
    spans: z.array(z.string()),
    media: z.array(z.string()),
    inputSchema: z.custom<JsonObject>((value) => typeof value === "object" && value !== null),
    arguments: z.array(
      z.object({
        name: z.string(),
        in: z.enum(["path", "query", "header", "field", "body"]),
        as: z.string(),
        separator: z.enum([",", " ", "|"]).exactOptional(),
      }),
    ),
  }),
);
const configuration = z.object({
  servers: z.array(
    z.object({ scheme: z.enum(["http", "https"]), host: z.string(), port: z.int(), base: z.string() }),
  ),
});

const STATE = "SELECT server, changed_at FROM apis ORDER BY server";
const APIS = `SELECT a.server, s.configuration, a.operations FROM apis a JOIN servers s ON s.name = a.server ORDER BY a.server`;

/**
 * The APIs that people added (`doorward apis add`), as one map that is never older than the last write. An operation is
 * matched whether anybody accepted it or not: the road refuses what nobody reviewed (`tool_not_accepted`). Ask `governs`
 * before a write that `match` does not name: it is denied (`operation_unmapped`, T4).
 */
export function openApis(store: Store): ApiMap {
  const state = store.connection.prepare(STATE);
  const apis = store.connection.prepare(APIS);
  let known = { state: "[]", map: compileApis([]) };
  // Most writes change no API: a few short rows are looked at, and what is compiled stays.
  const current = store.memory.remembered(1, () => {
    const now = JSON.stringify(state.all());
    if (now !== known.state) known = { state: now, map: compileApis(apis.all().map(apiOf)) };
    return known.map;
  });
  const map = (): ApiMap => current("") ?? known.map;
  return { governs: (origin) => map().governs(origin), match: (request) => map().match(request) };
}

function apiOf(row: Readonly<Record<string, unknown>>): Api {
  return {
    name: String(row["server"]),
    servers: configuration.parse(JSON.parse(String(row["configuration"]))).servers,
    operations: operations.parse(JSON.parse(String(row["operations"]))),
  };
}
