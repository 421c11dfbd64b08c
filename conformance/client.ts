// Doorward as the client of the conformance suite: the suite runs this file with the URL of its test server.
// What is tested is Doorward's own client side, egress and upstream; only the person at the browser is played here.
import { randomBytes } from "node:crypto";
import { Fault, type JsonObject } from "#base";
import { createEgress } from "#egress";
import { openStore } from "#store";
import {
  createUpstreams,
  type HttpConfiguration,
  type OAuthConfiguration,
  type UpstreamConnection,
  type UpstreamHandlers,
} from "#upstream";

const NAME = "server";
// A person who was asked twice and still is not let in stops clicking.
const AUTHORIZATIONS_MAX = 2;
const scenario = process.env["MCP_CONFORMANCE_SCENARIO"] ?? "";
const context: Record<string, string> = JSON.parse(process.env["MCP_CONFORMANCE_CONTEXT"] ?? "{}");
const rules = { allowPrivate: true, bytesMax: 1024 * 1024, timeoutMs: 30_000 };

const egress = createEgress({ ownAddresses: () => [] });
const store = openStore(":memory:");
let count = 0;
const upstreams = createUpstreams({
  store,
  egress,
  directory: "unused",
  ambient: {
    now: Date.now,
    monotonic: () => performance.now(),
    id: (prefix) => `${prefix}_${(count += 1)}`,
    random: (bytes) => randomBytes(bytes),
  },
  keys: { seal: (bytes) => bytes, unseal: (bytes) => bytes },
  redirectUrl: "http://localhost:3000/callback",
  clientMetadataUrl: "https://conformance-test.local/client-metadata.json",
});

/** Does `step`, and whenever the server wants a person, is that person. */
async function authorised<T>(step: () => Promise<T>): Promise<T> {
  for (let round = 0; ; round += 1) {
    try {
      return await step();
    } catch (cause) {
      const { authorizationUrl } = upstreams.state(NAME);
      const isWanted =
        cause instanceof Fault && cause.code === "upstream_needs_authorization" && authorizationUrl !== null;
      if (!isWanted || round >= AUTHORIZATIONS_MAX) throw cause;
      await upstreams.authorize(NAME, await approve(authorizationUrl));
    }
  }
}

async function approve(url: string): Promise<URLSearchParams> {
  const response = await egress.request(rules, { url, method: "GET", headers: {} });
  response.discard();
  return new URL(response.headers["location"] ?? "", url).searchParams;
}

/** Fills a form with the defaults its schema names (SEP-1034), as a person does who changes nothing. */
const handlers: UpstreamHandlers = {
  onNotification: () => {},
  onRequest: async (method, params) => {
    if (method !== "elicitation/create") throw Object.assign(new Error("not offered"), { code: -32601 });
    return { action: "accept", content: defaultsOf(params) };
  },
};

function defaultsOf(params: JsonObject): JsonObject {
  const schema: { properties?: Record<string, { default?: string | number | boolean }> } = JSON.parse(
    JSON.stringify(params["requestedSchema"] ?? {}),
  );
  const pairs = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    property.default === undefined ? [] : [[name, property.default] as const],
  );
  return Object.fromEntries(pairs);
}

async function oauthOf(): Promise<OAuthConfiguration> {
  const {
    client_id: clientId,
    client_secret: secret,
    private_key_pem: key,
    signing_algorithm: algorithm,
  } = context;
  if (clientId === undefined) return {};
  const secrets = {
    ...(secret === undefined ? {} : { "oauth:client-secret": secret }),
    ...(key === undefined ? {} : { "oauth:private-key": key }),
  };
  await upstreams.keepSecrets(NAME, secrets);
  const isMachine = scenario.startsWith("auth/client-credentials");
  return {
    clientId,
    ...(isMachine ? { grant: "client_credentials" as const } : {}),
    ...(algorithm === undefined ? {} : { algorithm }),
  };
}

async function connect(url: string): Promise<UpstreamConnection> {
  const configuration: HttpConfiguration = {
    transport: "http",
    url,
    headers: [],
    allowPrivate: true,
    oauth: await oauthOf(),
  };
  const row = {
    name: NAME,
    transport: "http",
    configuration: JSON.stringify(configuration),
    status_reason: null,
    added_by: "suite",
  } as const;
  // Authorization needs a row to find the server by; its pin follows when the server has said what it is.
  const unpinned = { kind: "remote" as const, url, serverInfo: { name: "", version: "" } };
  await store.query
    .insertInto("servers")
    .values({ ...row, pin: JSON.stringify(unpinned), identity: "", status: "active", created_at: 0 })
    .execute();
  const pin = await authorised(() => upstreams.prepare(NAME, configuration));
  await store.query
    .updateTable("servers")
    .set({ pin: JSON.stringify(pin) })
    .where("name", "=", NAME)
    .execute();
  return authorised(() => upstreams.connect(NAME, handlers, { capabilities: { elicitation: { form: {} } } }));
}

async function run(url: string): Promise<void> {
  const connection = await connect(url);
  const options = { signal: AbortSignal.timeout(25_000), timeoutMs: 20_000 };
  const ask = (method: string, params: JsonObject) =>
    authorised(() => connection.request(method, params, options));
  const { tools } = await ask("tools/list", {});
  for (const tool of Array.isArray(tools) ? tools : []) {
    const { name }: { name: string } = JSON.parse(JSON.stringify(tool));
    await ask("tools/call", { name, arguments: name === "add_numbers" ? { a: 5, b: 3 } : {} });
  }
  await connection.close();
}

try {
  await run(process.argv.at(-1) ?? "");
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.stack : String(cause)}\n`);
  process.exitCode = 1;
} finally {
  await upstreams.close();
  await egress.close();
  store.close();
}
