import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entriesOf, type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, completion, json, stream } from "../support/model-upstream.ts";

// T2 at the llm door: a web page in a user's browser, by name, by rebinding and by a simple request, with the secret path
// that a keyless client has and without; and an agent that is revoked while a model speaks to it.

const body = { model: "served", messages: [{ role: "user", content: "hello" }] };

let house: LlmHouse;
let secret: string;

beforeAll(async () => {
  house = await openLlmHouse({ behave: (response) => json(response, 200, completion({ content: "hi" })) });
  const made = await house.admin.perform("agents.add", { name: "keyless", keyless: true });
  secret = /\/door\/k\/([\w-]+)/.exec(JSON.stringify(made))?.[1] ?? "";
  if (secret === "") throw new Error("no secret path was minted");
});
afterAll(async () => house?.close());

interface Sent {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** As a browser or anybody else sends it: Host and Origin are ours to choose. */
function send(path: string, headers: Readonly<Record<string, string>>, method = "POST"): Promise<Sent> {
  const { hostname, port } = new URL(house.running.url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(parts).toString(),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(method === "POST" ? JSON.stringify(body) : undefined);
  });
}

const JSON_TYPE = { "content-type": "application/json" };
const paths = (): readonly string[] => [
  "/v1/chat/completions",
  "/api/chat",
  `/door/k/${secret}/llm/v1/chat/completions`,
  `/door/k/${secret}/llm/api/chat`,
];

describe("a web page", () => {
  test.each(["https://evil.example", "null", "http://127.0.0.1:9", "http://localhost.evil.example"])(
    "from %s asks no model, and reads nothing",
    async (origin) => {
      const before = house.upstream.asked.length;
      for (const path of paths()) {
        const key = path.includes("/door/k/") ? {} : { authorization: `Bearer ${house.key}` };
        const { status, headers } = await send(path, { ...JSON_TYPE, ...key, origin });
        expect([path, status]).toEqual([path, 403]);
        expect(headers["access-control-allow-origin"]).toBeUndefined();
      }
      expect(house.upstream.asked.length).toBe(before);
    },
  );

  test("by a name that leads to loopback", async () => {
    const before = house.upstream.asked.length;
    for (const path of paths()) {
      const key = { authorization: `Bearer ${house.key}` };
      const headers = path.includes("/door/k/") ? JSON_TYPE : { ...JSON_TYPE, ...key };
      const host = { ...headers, host: "evil.example" };
      expect((await send(path, host)).status).toBe(421);
      expect((await send(path, { ...host, origin: "http://evil.example" })).status).toBe(421);
    }
    expect(house.upstream.asked.length).toBe(before);
  });

  test("with a simple request, as a form or a beacon sends it", async () => {
    const before = house.upstream.asked.length;
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]) {
      for (const path of paths().slice(2)) {
        const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
        expect((await send(path, headers)).status).toBe(415);
      }
    }
    expect(house.upstream.asked.length).toBe(before);
  });

  test("that asks first gets no leave", async () => {
    for (const path of paths()) {
      const asking = {
        origin: "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,authorization",
      };
      const { status, headers } = await send(path, asking, "OPTIONS");
      expect(status).toBeGreaterThanOrEqual(400);
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });
});

describe("other ways to a path that is closed", () => {
  test.each([
    "/v1/../api/pull",
    "/v1/%2e%2e/api/pull",
    "/v1//chat/completions",
    "//v1/chat/completions",
    "/v1/chat/completions/",
    "/v1/chat/completions;x=1",
    "/v1/chat/completions?api_key=x",
    "/V1/chat/completions",
    "/v1/chat%2Fcompletions",
    "/api/pull",
    "/API/chat",
    "/api/../v1/chat/completions",
    "/v1/responses/../chat/completions",
    "/v1/models/..%2f..%2fapi%2fpull",
    "http://169.254.169.254/v1/chat/completions",
  ])("%s leads nowhere", async (path) => {
    const before = house.upstream.asked.length;
    const key = { authorization: `Bearer ${house.key}` };
    const { status } = await send(path, { ...JSON_TYPE, ...key });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(house.upstream.asked.length).toBe(before);
  });
});

test("an agent revoked while a model speaks to it hears no more, and its upstream is let go", async () => {
  const made = await house.admin.perform("agents.add", { name: "goner" });
  let isLetGo = false;
  house.upstream.behave = (response) => {
    stream(response, [chunk({ role: "assistant", content: "" }), chunk({ content: "one " })]);
    const more = setInterval(() => response.write(chunk({ content: "more " })), 20);
    response.on("close", () => {
      clearInterval(more);
      isLetGo = true;
    });
  };
  const answer = await house.ask(
    "/v1/chat/completions",
    { ...body, stream: true },
    { key: String(made["key"]) },
  );
  const reader = answer.body?.getReader();
  await reader?.read();
  await house.admin.perform("agents.revoke", { agent: "goner" });
  const rest: Buffer[] = [];
  for (;;) {
    const next = await reader?.read().catch(() => ({ done: true, value: undefined }));
    if (next?.done !== false) break;
    rest.push(Buffer.from(next.value ?? []));
  }
  expect(Buffer.concat(rest).toString()).toMatch(/agent_revoked/);
  await expect.poll(() => isLetGo).toBe(true);
  await expect.poll(async () => (await entriesOf(house.admin, "outcome")).at(-1)?.["status"]).toBe("unknown");
  expect((await house.ask("/v1/chat/completions", body, { key: String(made["key"]) })).status).toBe(401);
});
