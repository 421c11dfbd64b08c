import { once } from "node:events";
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { createApi } from "#api";
import { createFollowing, createPerformOnce, type OperationContext } from "#operations";
import { JSON_BODY_LIMITS, parseStrictJson } from "#wire";
import { openWorld } from "./support/operations.ts";

// Whoever asks for a look at the past and goes away ends it: a thread does not go on for nobody.

test("a client that leaves ends the look that it asked for; one that stays is told how far it is", async () => {
  const world = await openWorld();
  const watched = Promise.withResolvers<AbortSignal>();
  const history: OperationContext["history"] = {
    backtest: async (_job, { progress, signal }) => {
      progress(1, 2);
      if (signal !== undefined) watched.resolve(signal);
      return new Promise(() => {});
    },
    learn: async () => new Promise(() => {}),
  };
  const { store, ambient, commits: journal } = world;
  const api = createApi({
    version: "0",
    authenticate: async () => world.as("ada").caller,
    context: (caller, progress, signal) => {
      return { ...world.as(caller.name), history, progress, ...(signal === undefined ? {} : { signal }) };
    },
    performOnce: createPerformOnce(),
    following: createFollowing({ store, ambient, journal, report: () => {} }),
    parseJson: (bytes) => parseStrictJson(bytes, JSON_BODY_LIMITS),
    report: () => {},
  });
  const server = createServer((request, response) => void api(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const leaving = new AbortController();
  const text = `@id("all") permit (principal, action, resource);`;
  const asked = await fetch(`http://127.0.0.1:${port}/api/v1/policy/backtest`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ text }),
    signal: leaving.signal,
  });
  const first = await asked.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toContain("50% of 2 entries looked at");
  const signal = await watched.promise;
  expect(signal.aborted).toBe(false);
  leaving.abort();
  if (!signal.aborted) await once(signal, "abort");
  expect(signal.aborted).toBe(true);
  server.closeAllConnections();
  server.close();
});
