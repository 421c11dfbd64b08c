import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering, idOf } from "./console-seed-base.ts";
import { definitionOf, HOUSE, tool, type Tool } from "./console-seed-house.ts";

// The http door as its pages show it: hosts that were granted, an API, the vault, and what an agent could reach.

type Host = OutputOf<"hosts.list">["items"][number];
type Api = OutputOf<"apis.get">;
type Radius = OutputOf<"agents.blast-radius">;
type Credential = OutputOf<"vault.list">["items"][number];

const host = (count: number, over: Partial<Host>): Host => ({
  id: idOf("hst", count),
  agent: "mailbot",
  agentId: idOf("agt", 1),
  host: "docs.example.com",
  access: "read",
  private: false,
  passThrough: false,
  largeUploads: false,
  ownCredentials: false,
  trusted: false,
  grantedBy: idOf("usr", 1),
  grantedAt: ago(7_200),
  revokedAt: null,
  ...over,
});

const HOSTS: readonly Host[] = [
  host(5, { host: "api.crm.example", access: "write" }),
  host(4, {
    agent: "deploy-agent",
    host: "*.internal.example",
    access: "write",
    private: true,
    trusted: true,
  }),
  host(3, {
    agent: "deploy-agent",
    host: "registry.example.com:8443",
    passThrough: true,
    largeUploads: true,
  }),
  host(2, {}),
  host(1, { agent: "scribe", host: "*", grantedAt: ago(90_000), revokedAt: ago(3_600) }),
];

const hostsAsked = (query: URLSearchParams): Host[] =>
  HOSTS.filter(
    (one) =>
      (query.get("agent") ?? one.agent) === one.agent &&
      (one.revokedAt === null || query.get("revoked") === "true"),
  );

const API: Api = {
  name: "customers",
  title: "Customers API",
  version: "2.4.0",
  format: "3.1.0",
  source: "https://api.crm.example/openapi.json",
  servers: ["https://api.crm.example/v2"],
  only: [],
  document: `sha256:${"3fd1".repeat(16)}`,
  skipped: 1,
  changedAt: ago(7_000),
  addedAt: ago(86_400),
  tools: { accepted: 1, waiting: ["customers/customers.create"], refused: ["customers/customers.delete"] },
  skippedFirst: ["GET /customers/{a}: told apart from /customers/{id} by nothing"],
};

const operation = (name: string, said: string, over: Partial<Tool>): Tool => {
  const one = tool(name, { server: "customers", definition: definitionOf(said), ...over });
  return { ...one, manifest: one.manifest === null ? null : { ...one.manifest, server: "customers" } };
};
const OPERATIONS: readonly Tool[] = [
  operation("customers.create", "POST /customers: adds a customer.", {
    status: "new",
    effects: ["write", "outbound"],
  }),
  operation("customers.delete", "DELETE /customers/{id}: removes a customer.", {
    status: "refused",
    effects: ["destructive"],
  }),
  operation("customers.list", "GET /customers: lists customers.", {}),
];

const credential = (count: number, over: Partial<Credential>): Credential => ({
  id: idOf("vcr", count),
  name: "github",
  kind: "bearer",
  owner: "organisation",
  to: ["https://api.github.com/"],
  agents: [],
  settings: {},
  scopes: [],
  version: 1,
  state: "ready",
  reference: null,
  expiresAt: null,
  createdAt: ago(864_000),
  rotatedAt: null,
  lastUsedAt: ago(320),
  ...over,
});

const CREDENTIALS: readonly Credential[] = [
  credential(1, { expiresAt: ago(-5_184_000), version: 3, rotatedAt: ago(43_200) }),
  credential(2, {
    name: "calendar",
    kind: "oauth",
    owner: "user:ben",
    to: ["https://www.googleapis.com/calendar"],
    agents: ["mailbot"],
    settings: {
      tokenUrl: "https://oauth2.googleapis.com/token",
      clientId: "doorward",
      scopes: ["calendar.readonly"],
    },
    scopes: ["calendar.readonly"],
  }),
  credential(3, {
    name: "storage",
    kind: "aws-sigv4",
    owner: "team:finance",
    to: ["GET https://*.s3.eu-central-1.amazonaws.com/"],
    settings: { accessKeyId: "AKIAEXAMPLE1", region: "eu-central-1", service: "s3" },
    state: "expired",
    expiresAt: ago(600),
    lastUsedAt: null,
  }),
];

const credentialNamed = (query: URLSearchParams): Credential => {
  const wanted = query.get("credential");
  return CREDENTIALS.find(({ id }) => id === wanted) ?? credential(9, { name: wanted ?? "github" });
};

const STATUS: OutputOf<"vault.status"> = {
  process: "up",
  key: "file",
  kek: "kek_5f2b7a90",
  keyMadeAt: ago(864_000),
  credentials: CREDENTIALS.length,
  providers: ["github", "google"],
};

const allowed = { reach: "allowed", under: "own" } as const;
const counts = (tools: number, held: number) => ({ allowed: tools, held, depends: 0 });
const stageAs = (stage: Radius["stage"], says: string): Radius["stages"][number] => ({
  stage,
  tools: counts(2, 1),
  hosts: counts(2, 0),
  models: counts(1, 0),
  says,
});

const RADIUS: Radius = {
  agent: "mailbot",
  stage: "enforce",
  bypassable: "not seen",
  stages: [
    stageAs("observe", "recorded only: whatever it says here, nothing but the hard floor is blocked"),
    stageAs(
      "enforce",
      "as policy says, for what passes the doors; a program that avoids them reaches what its user does",
    ),
    stageAs("isolate", "as policy says, and no way out but the doors"),
  ],
  tools: [
    { tool: "fs/read_file", effects: ["read"], ...allowed },
    { tool: "mail/send", effects: ["write", "outbound"], reach: "held", under: "own" },
    { tool: "wiki/search", effects: ["read"], reach: "allowed", under: idOf("dlg", 3) },
  ],
  hosts: [
    {
      host: "api.crm.example",
      read: "allowed",
      write: "depends",
      private: false,
      passThrough: false,
      under: "own",
    },
    {
      host: "docs.example.com",
      read: "allowed",
      write: "denied",
      private: false,
      passThrough: false,
      under: "own",
    },
  ],
  models: [{ model: "ollama/llama3.2:3b", local: true, ...allowed }],
  credentials: [{ name: "github", kind: "bearer", owner: "organisation", to: ["https://api.github.com/"] }],
  folders: ["/srv/mail"],
  delegations: [{ id: idOf("dlg", 3), user: "ben", expiresAt: ago(-25_200) }],
};

/** What the house answers, but of this API's own operations. */
function houseOr(path: string, mine: (query: URLSearchParams) => ReturnType<Answering> | null): Answering {
  const [, house = mine] = HOUSE.find(([one]) => one === path) ?? [];
  return (query) => mine(query) ?? house(query) ?? null;
}

const isOurs = (name: string | null): boolean => name === API.name;
const listed = answering("tools.list", () => ({
  items: OPERATIONS.map((one) => ({ ...one, manifest: one.manifest?.standing ?? null })),
  next: null,
}));
const definition = answering("tools.get", (query) => {
  const found = OPERATIONS.find((one) => `${one.server}/${one.name}` === query.get("tool"));
  if (found === undefined) throw new Error(`the API has no operation ${query.get("tool")}`);
  return found;
});

export const WEB_ANSWERS: readonly (readonly [string, Answering])[] = [
  ["/hosts", answering("hosts.list", (query) => ({ items: hostsAsked(query), next: null }))],
  ["/apis", answering("apis.list", () => ({ items: [API], next: null }))],
  ["/apis/get", answering("apis.get", (query) => ({ ...API, name: query.get("api") ?? API.name }))],
  ["/tools", houseOr("/tools", (query) => (isOurs(query.get("server")) ? listed(query) : null))],
  [
    "/tools/get",
    houseOr("/tools/get", (query) =>
      isOurs(query.get("tool")?.split("/")[0] ?? null) ? definition(query) : null,
    ),
  ],
  [
    "/agents/blast-radius",
    answering("agents.blast-radius", (query) => ({
      ...RADIUS,
      agent: query.get("agent") ?? RADIUS.agent,
      stage: RADIUS.stages.find(({ stage }) => stage === query.get("stage"))?.stage ?? RADIUS.stage,
    })),
  ],
  ["/vault", answering("vault.list", () => ({ items: [...CREDENTIALS] }))],
  ["/vault/get", answering("vault.get", credentialNamed)],
  ["/vault/status", answering("vault.status", () => STATUS)],
];

export const NO_WEB: readonly (readonly [string, Answering])[] = [
  ["/hosts", answering("hosts.list", () => ({ items: [], next: null }))],
  ["/apis", answering("apis.list", () => ({ items: [], next: null }))],
  ["/vault", answering("vault.list", () => ({ items: [] }))],
  [
    "/vault/status",
    answering("vault.status", () => ({
      ...STATUS,
      process: "idle",
      kek: null,
      keyMadeAt: null,
      credentials: 0,
    })),
  ],
];
