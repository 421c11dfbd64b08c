import { placeOf } from "#operations";
import type { Store } from "#store";
import type { Spot, Whereabouts } from "./wanting.ts";

const ROWS_MAX = 20_000;

/** Of the channels that are there; `open` says which. */
export async function whereaboutsNow(
  query: Store["query"],
  open: (channel: string) => boolean,
): Promise<Whereabouts> {
  const routes = await query
    .selectFrom("channel_places")
    .selectAll()
    .orderBy("preference")
    .orderBy("changed_at")
    .limit(ROWS_MAX)
    .execute();
  const links = await query
    .selectFrom("channel_links")
    .select(["channel", "platform_user", "user_id"])
    .orderBy("verified_at", "desc")
    .limit(ROWS_MAX)
    .execute();
  return {
    routes: gathered(
      routes
        .filter((row) => open(row.channel))
        .map((row) => [row.audience, { channel: row.channel, place: placeOf(row) }]),
    ),
    links: gathered(
      links
        .filter((row) => open(row.channel))
        .map((row) => [
          row.user_id,
          { channel: row.channel, place: { kind: "person", id: row.platform_user } },
        ]),
    ),
  };
}

function gathered(pairs: readonly (readonly [string, Spot])[]): ReadonlyMap<string, readonly Spot[]> {
  const all = new Map<string, Spot[]>();
  for (const [key, spot] of pairs) {
    const known = all.get(key);
    if (known === undefined) all.set(key, [spot]);
    else known.push(spot);
  }
  return all;
}
