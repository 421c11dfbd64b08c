import { type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFollowing, operationNamed, type Reader } from "#operations";
import { act } from "./support/activity.ts";
import { type OperationsServer, serveOperations } from "./support/operations-server.ts";
import { openWorld } from "./support/operations.ts";

// The activity as it happens: nothing lost, nothing twice, nothing of others, nothing after the session's end, and a
// slow reader costs itself alone.

let server: OperationsServer;
beforeEach(async () => {
  server = await serveOperations();
});
afterEach(async () => {
  await server.close();
});

interface Event {
  readonly id: number | null;
  readonly event: string;
  readonly data: Record<string, unknown> | null;
}

interface Stream {
  readonly status: number;
  readonly response: IncomingMessage;
  readonly events: Event[];
  /** Everything as it came. */
  readonly text: () => string;
  readonly ended: Promise<void>;
  readonly cut: () => void;
}

/** Follows over a real socket, parsed as HTML's event streams are. */
function follow(who: string, query = "", headers: Record<string, string> = {}): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}/api/v1/activity${query}`, {
      agent: false,
      headers: { authorization: `Bearer ${who}`, accept: "text/event-stream", ...headers },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const events: Event[] = [];
      let [text, waiting] = ["", ""];
      const ended = new Promise<void>((over) => response.once("close", () => over()));
      response.setEncoding("utf8").on("error", () => {});
      response.on("data", (chunk: string) => {
        text += chunk;
        const blocks = (waiting + chunk).split("\n\n");
        waiting = blocks.pop() ?? "";
        events.push(...blocks.map(eventOf));
      });
      sent.on("error", () => {});
      resolve({
        status: response.statusCode ?? 0,
        response,
        events,
        text: () => text,
        ended,
        cut: () => sent.destroy(),
      });
    });
    sent.end();
  });
}

function eventOf(block: string): Event {
  const fields = new Map(
    block.split("\n").map((line): [string, string] => {
      const at = line.indexOf(": ");
      return [line.slice(0, at), line.slice(at + 2)];
    }),
  );
  const id = fields.get("id");
  const data = fields.get("data");
  return {
    id: id === undefined ? null : Number(id),
    event: fields.get("event") ?? "",
    data: data === undefined ? null : (JSON.parse(data) as Record<string, unknown>),
  };
}

const itemsOf = ({ events }: Stream) => events.filter(({ event }) => event === "item");
const indexesOf = (stream: Stream) => itemsOf(stream).map(({ id }) => id);

async function until(what: string, look: () => boolean): Promise<void> {
  for (let n = 0; n < 2_000; n += 1) {
    if (look()) return;
    await sleep(5);
  }
  throw new Error(`waited in vain for ${what}`);
}

const head = () => server.world.kept.length - 1;

describe("a followed activity", () => {
  test("says where it is at once, then gives each item as it is committed, as the list would", async () => {
    const stream = await follow("ada");
    await until("the first word", () => stream.events.length === 1);
    expect(stream.status).toBe(200);
    expect(stream.response.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
    });
    expect(stream.events).toEqual([{ id: head(), event: "", data: null }]);
    await act(server.world, "olga");
    await until("two items", () => itemsOf(stream).length === 2);
    const { items } = await server.world.ask("ada", "activity.list", { limit: 2 });
    expect(itemsOf(stream).map(({ data }) => data)).toEqual((items as object[]).toReversed());
    expect(indexesOf(stream)).toEqual([head() - 1, head()]);
    stream.cut();
  });

  test("is cut and resumed anywhere without loss or repeat, while more comes", async () => {
    const from = head();
    const seen: number[] = [];
    const state = { isActing: true };
    const writing = (async () => {
      for (let n = 0; n < 120; n += 1) {
        await act(server.world, n % 3 === 0 ? "olga" : "otto");
        if (n % 4 === 0) await sleep(3);
      }
      state.isActing = false;
    })();
    let last = from;
    while (state.isActing || last < head()) {
      const stream = await follow("ada", "", { "last-event-id": String(last) });
      const wanted = 1 + (seen.length % 17);
      await until(
        "some items",
        () => stream.events.length > wanted || last + itemsOf(stream).length >= head(),
      );
      stream.cut();
      await stream.ended;
      seen.push(...indexesOf(stream).map((id) => id ?? -1));
      last = stream.events.at(-1)?.id ?? last;
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: 240 }, (_, n) => from + 1 + n));
  });

  test("begins where `after` says, and the header of a resumed one goes before it", async () => {
    const from = head();
    for (let n = 0; n < 5; n += 1) await act(server.world, "olga");
    const [byQuery, byHeader] = [
      await follow("ada", `?after=${from}`),
      await follow("ada", `?after=${from}`, { "last-event-id": String(from + 8) }),
    ];
    await until("all of both", () => itemsOf(byQuery).length === 10 && itemsOf(byHeader).length === 2);
    expect(indexesOf(byHeader)).toEqual([from + 9, from + 10]);
    byQuery.cut();
    byHeader.cut();
  });

  test("an index that is not there yet is taken as the end", async () => {
    const stream = await follow("ada", "?after=999999");
    await until("the first word", () => stream.events.length === 1);
    expect(stream.events[0]?.id).toBe(head());
    stream.cut();
  });

  test("narrows as the list does", async () => {
    const stream = await follow("ada", "?agent=otto-bot&verdict=allow&door=llm&limit=1");
    for (const owner of ["olga", "otto", "otto"]) await act(server.world, owner);
    await until("two actions, their endings too", () => itemsOf(stream).length === 4);
    expect(itemsOf(stream).map(({ data }) => [data?.["agent"], data?.["kind"]])).toEqual([
      ["otto-bot", "intent"],
      ["otto-bot", "outcome"],
      ["otto-bot", "intent"],
      ["otto-bot", "outcome"],
    ]);
    stream.cut();
  });

  test.each([
    ["?after=1&before=3", {}, 400, "input_invalid"],
    ["?before=3", {}, 400, "input_invalid"],
    ["?nosuch=1", {}, 400, "input_invalid"],
    ["", { "last-event-id": "x" }, 400, "input_invalid"],
    ["", { "last-event-id": "1e3" }, 400, "input_invalid"],
    ["", { authorization: "Bearer nobody" }, 401, "not_signed_in"],
    ["", { authorization: `Bearer dwk_${"A".repeat(43)}` }, 403, "agent_refused"],
  ])("%s %j is refused with %i before anything streams", async (query, headers, status, code) => {
    const stream = await follow("ada", query, headers);
    await stream.ended;
    expect(stream.status).toBe(status);
    expect(stream.text()).toContain(`"code":"${code}"`);
    expect(stream.response.headers["content-type"]).toBe("application/problem+json");
  });

  test("other operations answer an event stream as they did", async () => {
    const { text } = await server.send("ada", "GET /api/v1/agents", {
      headers: { accept: "text/event-stream" },
    });
    expect(text).toMatch(/^event: result\n/);
  });
});

describe("who sees what", () => {
  test("an owner's stream has nothing of other owners' agents, live or caught up", async () => {
    const from = head();
    await act(server.world, "otto");
    await act(server.world, "olga");
    const stream = await follow("olga", `?after=${from}`);
    await until("what was before", () => itemsOf(stream).length === 2);
    for (const owner of ["otto", "olga", "otto"]) await act(server.world, owner);
    await until("what came", () => itemsOf(stream).length === 4);
    expect(new Set(itemsOf(stream).map(({ data }) => data?.["agent"]))).toEqual(new Set(["olga-bot"]));
    expect(stream.text()).not.toContain(String(server.world.ids.agents["otto"]));
    stream.cut();
  });

  test("once the session is over nothing more comes, and it is said why", async () => {
    const stream = await follow("ada");
    await act(server.world, "olga");
    await until("items", () => itemsOf(stream).length === 2);
    server.ended.add("ada");
    server.world.ambient.advance(2_000);
    await act(server.world, "olga");
    await stream.ended;
    expect(itemsOf(stream).length).toBe(2);
    expect(stream.events.at(-1)).toMatchObject({
      event: "problem",
      data: { status: 401, code: "not_signed_in" },
    });
  });

  test("once somebody signed them out it ends with that, though nothing else happens and no second passes", async () => {
    const stream = await follow("ada");
    await server.world.ask("petra", "tokens.create", {});
    await until("the first word", () => stream.events.length >= 1);
    server.ended.add("ada");
    expect(await server.world.ask("ada", "sign-ins.end", { user: "petra" })).toMatchObject({ ended: 1 });
    await stream.ended;
    expect(stream.events.at(-1)?.data).toMatchObject({ status: 401, code: "not_signed_in" });
  });

  test("once the role is gone, likewise", async () => {
    const stream = await follow("ada");
    server.become.set("ada", []);
    server.world.ambient.advance(2_000);
    await act(server.world, "olga");
    await stream.ended;
    expect(itemsOf(stream)).toEqual([]);
    expect(stream.events.at(-1)?.data).toMatchObject({ code: "permission_denied" });
  });

  test("an admin who becomes an owner sees no more than an owner", async () => {
    const [stream, later] = [await follow("ada"), await follow("petra")];
    server.become.set("ada", ["owner"]);
    server.world.ambient.advance(2_000);
    await act(server.world, "olga");
    await until("whoever is given theirs after ada", () => itemsOf(later).length === 2);
    expect(itemsOf(stream)).toEqual([]);
    stream.cut();
    later.cut();
  });
});

describe("many, and slow ones", () => {
  test("a user has so many streams and no more; a closed one makes room, others are not concerned", async () => {
    const streams = await Promise.all(Array.from({ length: 16 }, () => follow("ada")));
    expect(streams.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 200));
    const refused = await follow("ada");
    await refused.ended;
    expect(refused.status).toBe(429);
    expect(refused.text()).toContain("followers_too_many");
    const other = await follow("olga");
    expect(other.status).toBe(200);
    streams[0]?.cut();
    // Until the server has heard of it, there is none.
    let again = await follow("ada");
    for (let n = 0; n < 200 && again.status !== 200; n += 1) again = await follow("ada");
    expect(again.status).toBe(200);
    for (const stream of [...streams, other, again]) stream.cut();
  });

  test("one read of what is new serves all", async () => {
    const streams = await Promise.all(
      ["ada", "petra", "aud", "olga"].flatMap((who) => Array.from({ length: 12 }, () => follow(who))),
    );
    await until("all begun", () => streams.every(({ events }) => events.length === 1));
    const reads = countReads();
    for (let n = 0; n < 50; n += 1) await act(server.world, "olga");
    await until("all of them", () => streams.every((stream) => itemsOf(stream).length === 100));
    expect(reads()).toBeLessThan(20);
    for (const stream of streams) expect(indexesOf(stream)).toEqual(indexesOf(streams[0]!));
    for (const stream of streams) stream.cut();
  });

  test("a reader that stops reading is let go at a bounded buffer, told where to go on; others lose nothing", async () => {
    const from = head();
    const slow = await follow("ada");
    slow.response.pause();
    const quick = await follow("petra");
    const effects = Array.from({ length: 200 }, (_, n) => `effect-${n}-${"x".repeat(80)}`);
    for (let n = 0; n < 400; n += 1) {
      await act(server.world, "olga", { effects });
      if (n % 20 === 0) await sleep(30);
    }
    await until("the quick one", () => itemsOf(quick).length === 800);
    slow.response.resume();
    await slow.ended;
    const last = slow.events.at(-1);
    expect(last).toMatchObject({ event: "resume", id: last?.data?.["after"] });
    const had = indexesOf(slow);
    expect(had.at(-1)).toBe(last?.id);
    expect(had.length).toBeLessThan(800);
    const rest = await follow("ada", `?after=${last?.id}`);
    await until("the rest", () => had.length + itemsOf(rest).length === 800);
    expect([...had, ...indexesOf(rest)]).toEqual(Array.from({ length: 800 }, (_, n) => from + 1 + n));
    quick.cut();
    rest.cut();
  });

  test("when Doorward stops, each is told where to go on", async () => {
    const stream = await follow("ada");
    await act(server.world, "olga");
    await until("items", () => itemsOf(stream).length === 2);
    server.following.close();
    await stream.ended;
    expect(stream.events.at(-1)).toEqual({ id: head(), event: "resume", data: { after: head() } });
  });

  test("what fails on the way ends the streams, is reported, and costs nothing later", async () => {
    const { connection } = server.world.store;
    const stream = await follow("ada");
    connection.exec("ALTER TABLE agents RENAME TO gone");
    const body = { kind: "intent" as const, subject: "act_x", at: 0, body: { verb: "v" } };
    await server.world.as("ada").journal.append({ entries: [body] });
    await stream.ended;
    expect(stream.events.at(-1)).toMatchObject({ event: "resume" });
    expect(stream.text()).not.toMatch(/agents|sqlite/i);
    expect(server.reports).toEqual(["following_failed"]);
    connection.exec("ALTER TABLE gone RENAME TO agents");
    const again = await follow("ada", `?after=${stream.events.at(-1)?.id}`);
    await until("the item", () => itemsOf(again).length === 1);
    again.cut();
  });
});

describe("a following of its own", () => {
  test("begins only so far back; a stuck one that catches up is let go when it lasts too long", async () => {
    const world = await openWorld();
    const following = createFollowing(
      { store: world.store, ambient: world.ambient, journal: world.commits, report: () => {} },
      { followersMax: 2, followersPerUserMax: 2, behindEntriesMax: 50, waitingBytesMax: 1_000_000 },
    );
    for (let n = 0; n < 40; n += 1) await act(world, "olga");
    const open = (after: number, reader: Reader) =>
      following.open({
        operation: operationNamed("activity.list"),
        input: { after },
        lastIndex: null,
        caller: world.as("ada").caller,
        authenticate: async () => world.as("ada").caller,
        reader,
      });
    const ends: string[] = [];
    const stuck: Reader = {
      take: () => {},
      waitingBytes: () => 100_000,
      end: (why) => void ends.push(why.kind === "resume" ? `resume ${why.after}` : "problem"),
    };
    expect(() => open(0, stuck)).toThrow(expect.objectContaining({ code: "follow_too_far" }));
    const from = world.kept.length - 40;
    open(from, stuck);
    await sleep(50);
    expect(ends).toEqual([]);
    world.ambient.advance(31_000);
    for (let n = 0; n < 200 && ends.length === 0; n += 1) await sleep(5);
    expect(ends).toEqual([`resume ${from}`]);
    following.close();
  });
});

/** Counts how often stretches of the ledger are read. */
function countReads(): () => number {
  const { connection } = server.world.store;
  const prepare = connection.prepare.bind(connection);
  let reads = 0;
  connection.prepare = (sql: string) => {
    if (sql.includes('"idx" <= ')) reads += 1;
    return prepare(sql);
  };
  return () => reads;
}
