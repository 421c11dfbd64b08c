import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { until } from "../journeys/doorward-process.ts";
import { type Host, type HttpHouse, openHost, openHttpHouse } from "../support/http-house.ts";

// T21 at the http door: an agent that floods it fills its own share of requests, connections and memory, each with a name
// (`limits` in doorward.yaml, HTTP_LIMITS, PROXY_LIMITS), and the agent beside it is served meanwhile.

const LIMITS = `limits: { callsPerSecond: 20, burst: 40, concurrent: 8 }
holds: { waitSeconds: 1 }
`;
const MIB = 1024 * 1024;

let house: HttpHouse;
let host: Host;
let normal = "";
const sockets: Socket[] = [];

beforeAll(async () => {
  [house, host] = [await openHttpHouse(LIMITS), await openHost()];
  normal = await agent("normal");
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  host.answer = (_, response) => void response.writeHead(200, { "content-type": "image/png" }).end("fine");
});
afterAll(async () => {
  await house?.close();
  await host?.close();
});

async function agent(name: string): Promise<string> {
  const key = await house.session(name);
  await house.grant(name, host.name);
  return key;
}

/** The normal agent reads as on any day, while whatever was started goes on. */
async function isServed(): Promise<void> {
  for (const path of ["/one", "/two", "/three"]) {
    const got = await house.get(normal, `${host.url}${path}`);
    expect([got.status, got.text]).toEqual([200, "fine"]);
  }
  expect(await house.admin.perform("health.get")).toMatchObject({ status: "ok" });
}

/** A connection to the proxy that is kept open. */
async function dialled(bytes = ""): Promise<Socket> {
  const { hostname, port } = new URL(house.proxy);
  const socket = connect(Number(port), hostname).on("error", () => {});
  sockets.push(socket);
  await once(socket, "connect");
  if (bytes !== "") socket.write(bytes);
  return socket;
}

const headOf = (key: string, method: string, path: string, more = ""): string =>
  [
    `${method} ${host.url}${path} HTTP/1.1`,
    `Host: ${host.name}`,
    `Proxy-Authorization: Basic ${Buffer.from(`agent:${key}`).toString("base64")}`,
    `${more}\r\n`,
  ].join("\r\n");

test("a flood of requests: the flooder is told to wait (429), and the agent beside it is served meanwhile", async () => {
  host.answer = (_, response) => void response.writeHead(200, { "content-type": "image/png" }).end("fine");
  const flooder = await agent("flooder");
  const flooding = new AbortController();
  const codes: unknown[] = [];
  const flood = Array.from({ length: 6 }, async () => {
    while (!flooding.signal.aborted) {
      const got = await house.get(flooder, `${host.url}/flood`);
      codes.push(got.code ?? got.status);
    }
  });
  await until("the flood to hit its limit", () => (codes.includes("rate_limited") ? true : undefined));
  await isServed();
  flooding.abort();
  await Promise.all(flood);
  expect(new Set(codes)).toEqual(new Set([200, "rate_limited"]));
});

test("requests that never end fill their owner's places alone, and revoking it frees them", async () => {
  const crowder = await agent("crowder");
  host.answer = (asked, response) => {
    if (asked.url !== "/never") response.writeHead(200, { "content-type": "image/png" }).end("fine");
  };
  const stuck = Array.from({ length: 8 }, () =>
    house.get(crowder, `${host.url}/never`).catch((cause: unknown) => String(cause)),
  );
  const limited = await until("its places to be taken", async () => {
    const got = await house.get(crowder, `${host.url}/more`);
    return got.code === "rate_limited" ? got : undefined;
  });
  expect([limited.status, limited.headers["retry-after"]]).toEqual([429, "1"]);
  await isServed();
  await house.admin.perform("agents.revoke", { agent: "crowder" });
  for (const end of await Promise.all(stuck))
    expect(JSON.stringify(end)).toMatch(/agent_revoked|hang up|ECONN/);
});

test("bodies that never end hold no more memory than one agent's share (64 MiB), and then none", async () => {
  const hoarder = await agent("hoarder");
  const filled = Buffer.alloc(7 * MIB, "x");
  const uploads: { readonly socket: Socket; said: string }[] = [];
  for (let at = 0; at < 12; at += 1) {
    const socket = await dialled(headOf(hoarder, "POST", `/hoard/${at}`, `Content-Length: ${8 * MIB}\r\n`));
    const upload = { socket, said: "" };
    socket.on("data", (chunk: Buffer) => (upload.said += chunk.toString()));
    socket.write(filled);
    uploads.push(upload);
  }
  await until("some of them to be refused", () =>
    uploads.some(({ said }) => said.includes("too_many_bytes")) ? true : undefined,
  );
  await isServed();
  expect(uploads.find(({ said }) => said !== "")?.said).toMatch(/^HTTP\/1\.1 429 /);
  const waiting = uploads.filter(({ said }) => said === "");
  expect(waiting.length).toBeLessThanOrEqual(9);
  for (const { socket } of uploads) socket.destroy();
  await until("its share to be free again", async () => {
    const got = await house.get(hoarder, `${host.url}/small`, { method: "POST", body: "x" });
    return got.status === 200 ? true : undefined;
  });
});

test("connections hoarded by nobody, and by one agent, leave the door open to the other", async () => {
  const strangers = Array.from({ length: 1_200 }, () => dialled());
  await Promise.all(strangers);
  await isServed();
  const keeper = await agent("keeper");
  let refused = 0;
  for (let at = 0; at < 520; at += 1) {
    const socket = await dialled(headOf(keeper, "GET", "/kept", ""));
    socket.on("data", (chunk: Buffer) => (refused += chunk.includes("proxy_connections") ? 1 : 0));
  }
  await until("its share to be full", () => (refused >= 8 ? true : undefined));
  await isServed();
  expect(refused).toBe(8);
});
