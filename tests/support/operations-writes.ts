import { z } from "zod";
import { STARTER_POLICY } from "#policy";
import { putCard } from "./cards.ts";
import { PETSTORE_URL } from "./documents.ts";
import { putGrant } from "./grants.ts";
import { addPasskeys, shortIdOf, type World } from "./operations.ts";

const MODEL = `sha256:${"a".repeat(64)}`;
const PROPOSAL = { digest: MODEL, name: "llama", purpose: "answers mail", risk: "low" };

function withProposed(input: object, isApproved = false): (opened: World) => Promise<object> {
  return async (opened) => {
    const yes = await proposed(opened);
    if (isApproved) await opened.ask("ada", "models.approve", yes);
    return input;
  };
}

/** What says yes to it. */
async function proposed({ ask }: World): Promise<object> {
  const { proposal } = await ask("ada", "models.propose", PROPOSAL);
  return { digest: MODEL, proposal: z.object({ digest: z.string() }).parse(proposal).digest };
}

type Setup = (world: World) => Promise<object> | object;

function withOllama(input: object): (opened: World) => Promise<object> {
  return async ({ ask }) => {
    await ask("ada", "upstreams.add", { name: "ollama", kind: "ollama" });
    return input;
  };
}

function withSlack(input: object): (opened: World) => Promise<object> {
  return async ({ ask }) => {
    await ask("ada", "channels.add", {
      platform: "slack",
      secrets: "secret-of-slack",
      agentsMayReach: ["none"],
    });
    return input;
  };
}

function withVault(input: object): (opened: World) => Promise<object> {
  return async ({ ask }) => {
    const secret = "secret-of-github";
    await ask("ada", "vault.add", { name: "github", kind: "bearer", to: ["https://api.github.com"], secret });
    return input;
  };
}

/** What the provider sends a browser back with. */
async function connecting({ ask }: World): Promise<string> {
  const { url } = await ask("ada", "vault.connect", { provider: "acme" });
  return `code=secret-code&state=${new URL(String(url)).searchParams.get("state")}`;
}

function mayBreakGlass({ store }: World, lines: readonly string[]): void {
  store.connection.prepare("UPDATE approvals SET glass = ?").run(JSON.stringify(lines));
}

/** The example key of RFC 7517, appendix A.1. */
export const PUBLIC_KEY = JSON.stringify({
  kty: "EC",
  crv: "P-256",
  x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
  y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
});

const FS_MANIFEST = "read_file: { effect: read, roles: { path: path }, output: { integrity: untrusted } }";

/** For every write: an input that works in the world as it is opened, and whether the doors must be told. */
export const WRITES: Readonly<Record<string, Setup>> = {
  "approvals.approve": ({ ids }) => ({ approval: ids.approvals["olga"] }),
  "approvals.deny": ({ ids }) => ({ approval: ids.approvals["olga"], note: "no" }),
  "approvals.arrive": async (opened) => {
    const approval = opened.ids.approvals["olga"] ?? "";
    await withSlack({})(opened);
    const link = putCard(opened, approval, "slack");
    return { approval, link };
  },
  "approvals.break-glass": (opened) => {
    mayBreakGlass(opened, ["admins"]);
    return { approval: opened.ids.approvals["olga"], reason: "The pager fires and nobody answers." };
  },
  "approvals.review": async (opened) => {
    mayBreakGlass(opened, ["finance"]);
    const approval = opened.ids.approvals["olga"];
    await opened.ask("petra", "approvals.break-glass", {
      approval,
      reason: "The pager fires, and no admin.",
    });
    return { approval, note: "It was right to do." };
  },
  "duties.hand-over": () => ({ to: "petra", until: "14d", group: "admins" }),
  "duties.out": () => ({ until: "3d" }),
  "duties.end": async ({ ask }) => {
    const { id } = await ask("ada", "duties.out", { until: "3d" });
    return { duty: id };
  },
  "stops.add": () => ({ kind: "agent", target: "otto-bot", reason: "it mails the wrong people" }),
  "stops.end": async ({ ask }) => {
    await ask("petra", "stops.add", { kind: "everything", reason: "odd" });
    return { kind: "everything" };
  },
  "stops.add-monitor": () => ({ name: "pager", every: 30, kind: "everything" }),
  "stops.remove-monitor": async ({ ask }) => {
    await ask("ada", "stops.add-monitor", { name: "cron", every: 60, kind: "agent", target: "olga-bot" });
    return { name: "cron" };
  },
  "fleet.add-sensor": () => ({ name: "ana-laptop" }),
  "fleet.remove-sensor": async ({ ask }) => {
    await ask("ada", "fleet.add-sensor", { name: "lab-7" });
    return { name: "lab-7" };
  },
  "stops.drill": () => ({}),
  "stages.drill": () => ({ agent: "olga-bot" }),
  "stages.set": () => ({ scope: "default", stage: "observe", days: 3 }),
  "stages.clear": async ({ ask }) => {
    await ask("ada", "stages.set", { scope: "trials", stage: "isolate" });
    return { scope: "trials" };
  },
  "approvals.withdraw": ({ ids }) => ({ approval: ids.approvals["olga"] }),
  "approvals.decide-many": ({ ids }) => ({ approve: [ids.approvals["olga"]], deny: [ids.approvals["otto"]] }),
  "approvers.prefer": () => ({ quiet: "22:00-07:00", zone: "Europe/Berlin", openMax: 5 }),
  "drills.set": () => ({ every: "7d" }),
  "grants.revoke": async (opened) => ({ grant: await putGrant(opened, "olga") }),
  "channels.add": () => ({
    platform: "telegram",
    secrets: "secret-of-telegram",
    testTo: "C1",
    agentsMayReach: ["none"],
  }),
  "channels.set": withSlack({ channel: "slack", privacy: "minimal" }),
  "channels.test": withSlack({ channel: "slack", to: "C1" }),
  "channels.route": withSlack({ channel: "slack", group: "finance", place: "C1" }),
  "channels.unroute": async (opened) => {
    const route = { channel: "slack", group: "finance", place: "C1" };
    await withSlack(route)(opened);
    await opened.ask("ada", "channels.route", route);
    return route;
  },
  "channels.link": withSlack({ channel: "slack" }),
  "channels.subscribe": async ({ ask }) => {
    await ask("ada", "channels.add", { platform: "webpush", secrets: "s3cret", agentsMayReach: ["none"] });
    const keys = { p256dh: "B".repeat(87), auth: "A".repeat(22) };
    return {
      channel: "webpush",
      subscription: JSON.stringify({ endpoint: "https://push.example/1", keys }),
    };
  },
  "channels.unlink": withSlack({ channel: "slack" }),
  "channels.remove": withSlack({ channel: "slack" }),
  "agents.add": () => ({ name: "fresh", purpose: "p", keyless: true }),
  "agents.grant": () => ({ agent: "olga-bot", tools: ["fs/write_file"] }),
  "agents.ungrant": () => ({ agent: "olga-bot", tools: ["fs/write_file"] }),
  "agents.set-stage": () => ({ agent: "olga-bot", stage: "observe", days: 3 }),
  "agents.set-owner": () => ({ agent: "olga-bot", owner: "otto" }),
  "agents.set-folders": () => ({ agent: "olga-bot", folders: ["/srv/garden"] }),
  "agents.set-relay": () => ({ agent: "olga-bot", relay: "on" }),
  "agents.set-callback": () => ({ agent: "olga-bot", url: "https://hooks.example.com/secret-of-hooks" }),
  "agents.clear-callback": async ({ ask }) => {
    await ask("ada", "agents.set-callback", { agent: "olga-bot", url: "https://hooks.example.com/" });
    return { agent: "olga-bot" };
  },
  "agents.set-dialects": () => ({ agent: "olga-bot", dialects: ["react", "hermes"] }),
  "agents.add-credential": () => ({ agent: "olga-bot", key: PUBLIC_KEY }),
  "agents.remove-credential": async ({ ask }) => {
    const { id } = await ask("ada", "agents.add-credential", { agent: "olga-bot", key: PUBLIC_KEY });
    return { agent: "olga-bot", credential: id };
  },
  "agents.rotate-key": () => ({ agent: "olga-bot" }),
  "agents.revoke": ({ ids }) => ({ agent: ids.agents["olga"] }),
  "agents.stop-all": () => ({}),
  "sessions.start": () => ({ agent: "olga-bot", keyless: true }),
  "sessions.end": ({ ids }) => ({ session: ids.sessions["olga"] }),
  "mandates.give": async ({ ask }) => {
    const { id } = await ask("ada", "delegations.grant", { agent: "olga-bot", servers: ["fs"] });
    const { session } = await ask("ada", "sessions.start", { agent: "olga-bot", delegation: id });
    return { session, words: "Write to petra again" };
  },
  "delegations.grant": () => ({ agent: "olga-bot", servers: ["fs"], purpose: "for Ms Roe" }),
  "delegations.narrow": ({ ids }) => ({ delegation: ids.delegations["olga"], effects: ["read"] }),
  "delegations.revoke": ({ ids }) => ({ delegation: ids.delegations["olga"] }),
  "hosts.grant": () => ({ agent: "olga-bot", host: "api.example.com", access: "write" }),
  "hosts.revoke": async ({ ask }) => {
    await ask("ada", "hosts.grant", { agent: "olga-bot", host: "docs.example.com" });
    return { agent: "olga-bot", host: "docs.example.com" };
  },
  "apis.add": () => ({ document: PETSTORE_URL, accept: "all" }),
  "apis.refresh": async ({ ask }) => {
    await ask("ada", "apis.add", { document: PETSTORE_URL, name: "petstore" });
    return { api: "petstore" };
  },
  "apis.remove": async ({ ask }) => {
    await ask("ada", "apis.add", { document: PETSTORE_URL, name: "petstore" });
    return { api: "petstore" };
  },
  "servers.add": () => ({ name: "more", command: ["true"], environment: { TOKEN: "secret" }, accept: true }),
  "servers.authorize": () => ({ server: "fs", callback: "/console/authorize?code=secret&state=fs.x" }),
  "servers.refresh": () => ({ server: "fs" }),
  "servers.repin": () => ({ server: "fs" }),
  "servers.restart": () => ({ server: "fs" }),
  "servers.sandbox": () => ({ server: "fs", folders: ["/srv/files:rw"], sandbox: "required" }),
  "servers.remove": () => ({ server: "fs" }),
  "tools.accept": () => ({ tools: ["fs/write_file"] }),
  "tools.refuse": () => ({ tools: ["fs/read_file"] }),
  "tools.classify": () => ({ tool: "fs/write_file", effects: ["write", "outbound"] }),
  "manifests.init": () => ({ server: "fs" }),
  "manifests.accept": async ({ ask }) => {
    await ask("ada", "manifests.init", { server: "fs" });
    return { tools: ["fs/*"] };
  },
  "manifests.set": () => ({ server: "fs", text: FS_MANIFEST }),
  "manifests.remove": async ({ ask }) => {
    await ask("ada", "manifests.set", { server: "fs", text: FS_MANIFEST });
    return { tools: ["fs/read_file"] };
  },
  "manifests.trust-labels": () => ({ server: "fs" }),
  "upstreams.add": () => ({ name: "outside", kind: "openai", key: "secret-of-openai" }),
  "upstreams.set": withOllama({ upstream: "ollama", prices: { "*": "1/2" } }),
  "upstreams.remove": withOllama({ upstream: "ollama" }),
  "models.found": () => ({ digest: MODEL, name: "llama.gguf", host: "lab-7", path: "/data/llama.gguf" }),
  "models.propose": () => PROPOSAL,
  "models.approve": proposed,
  "models.deny": withProposed({ digest: MODEL }),
  "models.deprecate": withProposed({ digest: MODEL, reason: "old" }, true),
  "models.revoke": withProposed({ digest: MODEL, reason: "a backdoor" }, true),
  "models.set-route": withOllama({ model: "gpt-*", targets: ["ollama/llama3.2"] }),
  "models.remove-route": async (opened) => {
    const route = { model: "gpt-*", targets: ["ollama/llama3.2"] };
    await withOllama(route)(opened);
    await opened.ask("ada", "models.set-route", route);
    return { model: "gpt-*" };
  },
  "vault.add": () => ({
    name: "github",
    kind: "bearer",
    to: ["https://api.github.com"],
    secret: "secret-of-github",
  }),
  "vault.rotate": withVault({ credential: "github", secret: "secret-of-github-2" }),
  "vault.set": withVault({ credential: "github", to: ["GET https://api.github.com/repos"] }),
  "vault.remove": withVault({ credential: "github" }),
  "vault.placeholder": withVault({ credential: "github", agent: "olga-bot" }),
  "vault.rotate-key": withVault({}),
  "ca.rotate": withVault({}),
  "vault.connect": () => ({ provider: "acme" }),
  "vault.connected": async (opened) => ({ callback: await connecting(opened) }),
  "vault.disconnect": async (opened) => {
    await opened.ask("ada", "vault.connected", { callback: await connecting(opened) });
    return { connection: "acme" };
  },
  "policy.activate": () => ({ text: `${STARTER_POLICY}\n`, note: "again" }),
  "budgets.add": () => ({ name: "more", metric: "cost", window: "month", amount: "5.00", agent: "olga-bot" }),
  "budgets.set": async (opened) => ({ ...(await withBudget(opened)), amount: "7" }),
  "budgets.reset": (opened) => withBudget(opened),
  "budgets.remove": (opened) => withBudget(opened),
  "users.add": () => ({ name: "Newcomer", roles: ["approver"], groups: ["finance"] }),
  "users.set-roles": () => ({ user: "petra", roles: ["auditor"] }),
  "users.disable": () => ({ user: "petra" }),
  "provider-groups.set": () => ({ group: "Finance Approvers", roles: ["approver"], groups: ["finance"] }),
  "provider-groups.remove": async ({ ask }) => {
    await ask("ada", "provider-groups.set", { group: "Auditors", roles: ["auditor"] });
    return { group: "Auditors" };
  },
  "login-links.create": () => ({ user: "petra" }),
  "notices.dismiss": () => ({ entry: 7 }),
  "sign-ins.end": async ({ ask }) => ({
    user: "petra",
    signIn: (await ask("petra", "tokens.create", {}))["id"],
  }),
  "tokens.create": () => ({ days: 1 }),
  "tokens.confirm": async ({ ask }) => ({ token: (await ask("ada", "tokens.create", {}))["id"] }),
  "tokens.rotate-key": () => ({ revoke: true }),
  "tokens.revoke": async ({ ask }) => ({ token: (await ask("ada", "tokens.create", {}))["id"] }),
  "credentials.remove-passkey": (opened) => {
    addPasskeys(opened, "ada", 2);
    return { passkey: shortIdOf("ada-0") };
  },
  "payloads.destroy": () => ({ user: "petra" }),
};

async function withBudget({ ask }: World): Promise<{ budget: string }> {
  await ask("ada", "budgets.add", { name: "daily", metric: "tokens", window: "day", amount: "100" });
  return { budget: "daily" };
}
