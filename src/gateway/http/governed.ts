import { z } from "zod";
import { stationOf } from "#apis";
import type { Origin } from "#proxy";
import type { Store } from "#store";

/** The name of the MCP server or the upstream of models that is reached at this origin; null: none is. */
export type Governed = (origin: Origin) => string | null;

const row = z.object({ name: z.string(), url: z.string().nullable() });

const PLACES = `SELECT name, json_extract(configuration, '$.url') AS url FROM servers
  WHERE transport = 'http' AND status <> 'removed'
  UNION ALL SELECT name, url FROM upstreams WHERE status <> 'removed'`;

/** T4: what has a door of its own is not written to around it. Never older than the last write. */
export function openGoverned({ connection, memory }: Store): Governed {
  const find = connection.prepare(PLACES);
  const known = memory.remembered(1, () => {
    const rows = find.all().map((found) => row.parse(found));
    return new Map(rows.flatMap(({ name, url }) => (url === null ? [] : placeOf(url, name))));
  });
  return (origin) => known("")?.get(stationOf(origin)) ?? null;
}

function placeOf(text: string, name: string): readonly (readonly [string, string])[] {
  const url = URL.parse(text);
  if (url === null) return [];
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  return [[stationOf({ host, port }), name]];
}
