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
    .innerJoin("channels", "channels.name", "channel_places.channel")
    .selectAll("channel_places")
    .select("channels.platform")
    .orderBy("channel_places.preference")
    .orderBy("channel_places.changed_at")
    .limit(ROWS_MAX)
    .execute();
  const links = await query
    .selectFrom("channel_links")
    .select(["channel", "platform_user", "user_id"])
    .orderBy("verified_at", "desc")
    .limit(ROWS_MAX)
    .execute();
  const known = routes.filter((row) => open(row.channel));
  const own = gathered(
    links
      .filter((row) => open(row.channel))
      .map((row) => [
        row.user_id,
        { channel: row.channel, place: { kind: "person", id: row.platform_user } },
      ]),
  );
  const places = known.map((row) => [row.audience, { channel: row.channel, place: placeOf(row) }] as const);
  return { routes: gathered([...linkedBefore(known, own), ...places]), links: own };
}

interface Route {
  readonly audience: string;
  readonly platform: string;
}

/** The one platform whose places are told that something waits, and no more: people add them themselves, beside the others. */
const PUSH = "webpush";

/** Who only has browsers told has said nothing of where cards go: those go on to the accounts that they linked. */
function linkedBefore(
  routes: readonly Route[],
  links: ReadonlyMap<string, readonly Spot[]>,
): readonly (readonly [string, Spot])[] {
  const placed = new Set(routes.flatMap(({ audience, platform }) => (platform === PUSH ? [] : [audience])));
  const told = new Set(routes.map(({ audience }) => audience).filter((name) => !placed.has(name)));
  return [...told].flatMap((name) =>
    (links.get(name.slice("user:".length)) ?? []).map((spot) => [name, spot] as const),
  );
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
