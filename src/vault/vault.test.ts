import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ambient } from "#base";
import { openStore, type Store } from "#store";
import type { AgentId, SessionId, UserId } from "#vocabulary";
import { boundOf } from "./destination.ts";
import type { Secret } from "./messages.ts";
import { openVault, type Vault, type VaultOptions } from "./open.ts";
import type { Bearer, CredentialKind, Destination, Outgoing } from "./port.ts";

const ambient: Ambient = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  id: (prefix) => `${prefix}_${randomBytes(13).toString("hex")}`,
  random: (bytes) => randomBytes(bytes),
};
let root = "";
let store: Store;
const opened: Vault[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "doorward-vault-"));
  store = openStore(join(root, "doorward.db"));
});
afterEach(async () => {
  for (const vault of opened.splice(0)) await vault.close();
  store.close();
  rmSync(root, { recursive: true, force: true });
});

const keyPath = (): string => join(root, "vault", "vault.key");

async function open(more: Partial<VaultOptions> = {}): Promise<Vault> {
  const egress = { request: async () => Promise.reject(new Error("nothing is fetched here")) };
  const vault = await openVault({
    store,
    egress,
    ambient,
    key: { kind: "file", path: keyPath() },
    isDefaultDeny: () => true,
    ...more,
  });
  opened.push(vault);
  return vault;
}

interface Putting {
  readonly name?: string;
  readonly settings?: object;
  readonly secret?: Secret;
  readonly to?: string;
  readonly owner?: readonly ["organisation" | "team" | "user", string];
  readonly expiresAt?: number;
}

async function put(vault: Vault, kind: CredentialKind, given: Putting = {}): Promise<string> {
  const {
    name = kind,
    settings = {},
    secret = { token: "t0ken-of-ours" },
    to = "https://api.example.com",
  } = given;
  const [owner_kind, owner] = given.owner ?? ["organisation", ""];
  const id = ambient.id("vcr");
  const sealed = await vault.control.seal({ id, version: 1, kind, settings, secret, reference: null });
  const row = {
    id,
    name,
    kind,
    owner_kind,
    owner,
    settings: JSON.stringify(settings),
    destinations: JSON.stringify([boundOf(to)]),
    agents: "[]",
    version: 1,
    revision: 0,
    kek: sealed.kek,
    sealed_key: sealed.sealedKey,
    sealed: sealed.sealed,
    reference: null,
    expires_at: given.expiresAt ?? null,
    created_by: "usr_a",
    created_at: 0,
    rotated_at: null,
    last_used_at: null,
    removed_at: null,
  };
  await store.query.insertInto("vault_credentials").values(row).execute();
  return id;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Ids are branded; these are made here.
const USER = "usr_1" as UserId;
const bearer: Bearer = {
  user: USER,
  groups: ["finance"],
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- As above.
  agent: "agt_1" as AgentId,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- As above.
  session: "ses_1" as SessionId,
};
const destination: Destination = {
  scheme: "https",
  host: "api.example.com",
  port: 443,
  method: "GET",
  path: "/v1/things",
};
const outgoing: Outgoing = { destination, query: "a=1", headers: [], bodySha256: null };

async function injected(vault: Vault, whose: Bearer = bearer, sent: Outgoing = outgoing) {
  const chosen = vault.door.choose(whose, sent.destination);
  if (chosen === null) return null;
  return vault.door.inject(chosen, whose, sent);
}

describe("what each kind puts into a request", () => {
  test.each([
    ["bearer", {}, { token: "t0ken-of-ours" }, [["authorization", "Bearer t0ken-of-ours"]], null],
    ["basic", { user: "x" }, { password: "pa:ssword" }, [["authorization", "Basic eDpwYTpzc3dvcmQ="]], null],
    [
      "header",
      { header: "x-api-key", prefix: "" },
      { token: "t0ken-of-ours" },
      [["x-api-key", "t0ken-of-ours"]],
      null,
    ],
    ["query", { parameter: "key" }, { token: "a&b=c t0ken" }, [], "a=1&key=a%26b%3Dc%20t0ken"],
    [
      "template",
      { headers: { "X-Auth": "Token {{secret}};v=2" }, query: {} },
      { secret: "s3cret-word" },
      [["x-auth", "Token s3cret-word;v=2"]],
      null,
    ],
  ] as const)("%s", async (...row) => {
    const [kind, settings, secret, headers, query] = row;
    const vault = await open();
    await put(vault, kind, { settings, secret });
    expect(await injected(vault)).toMatchObject({ headers, query, client: null });
  });

  test("a query parameter of the agent's is replaced, however it is written", async () => {
    const vault = await open();
    await put(vault, "query", { settings: { parameter: "key" } });
    const sent = { ...outgoing, query: "k%65y=mine&key=dwp_x&b=2" };
    expect((await injected(vault, bearer, sent))?.query).toBe("b=2&key=t0ken-of-ours");
  });

  test("a line feed in a secret is no second header", async () => {
    const vault = await open();
    const secret = { token: "t0ken\r\nx-evil: 1" };
    await expect(put(vault, "bearer", { secret })).rejects.toMatchObject({ code: "credential_invalid" });
  });
});

describe("choosing", () => {
  test("the user's own before a team's before the organisation's; without a user only the organisation's", async () => {
    const vault = await open();
    await put(vault, "bearer", { name: "org", secret: { token: "of-the-organisation" } });
    await put(vault, "bearer", { name: "team", owner: ["team", "finance"] });
    await put(vault, "bearer", { name: "own", owner: ["user", USER] });
    await put(vault, "bearer", { name: "foreign", owner: ["user", "usr_2"] });
    expect(vault.door.choose(bearer, destination)?.name).toBe("own");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- As above.
    const colleague = { ...bearer, user: "usr_3" as UserId };
    expect(vault.door.choose(colleague, destination)?.name).toBe("team");
    expect(vault.door.choose({ ...bearer, user: null }, destination)?.name).toBe("org");
  });

  test.each([
    ["https://api.example.com/v1", true],
    ["https://api.example.com/v1/things", true],
    ["https://api.example.com/v1/thing", false],
    ["https://*.example.com", true],
    ["https://*.api.example.com", false],
    ["https://example.com", false],
    ["https://api.example.com:8443", false],
    ["http://localhost", false],
    ["POST https://api.example.com", false],
    ["POST,GET https://api.example.com", true],
  ])("bound to %s: %s", async (to, isThere) => {
    const vault = await open();
    await put(vault, "bearer", { to });
    expect(vault.door.choose(bearer, destination) !== null).toBe(isThere);
  });

  test("an encoded slash or dot is never below a path", async () => {
    const vault = await open();
    await put(vault, "bearer", { to: "https://api.example.com/v1" });
    for (const path of ["/v1/%2e%2e/admin", "/v1/..%2fadmin", "/v1/../admin", "/v1/x;/../y", "/V1/x"])
      expect(vault.door.choose(bearer, { ...destination, path })).toBeNull();
  });

  test("what has expired is chosen, says so, and is not injected", async () => {
    const vault = await open();
    await put(vault, "bearer", { expiresAt: 1 });
    expect(vault.door.choose(bearer, destination)?.state).toBe("expired");
    await expect(injected(vault)).rejects.toMatchObject({ code: "credential_expired" });
  });
});

describe("injection fails shut", () => {
  test("where the agent may reach every host", async () => {
    const vault = await open({ isDefaultDeny: () => false });
    await put(vault, "bearer");
    await expect(injected(vault)).rejects.toMatchObject({ code: "egress_not_default_deny" });
  });

  test("elsewhere than decided, in another version, stopped, removed", async () => {
    let stopped = "";
    const vault = await open({ isStopped: (id) => id === stopped });
    const id = await put(vault, "bearer");
    const chosen = vault.door.choose(bearer, destination);
    if (chosen === null) throw new Error("it fits");
    const elsewhere = { ...outgoing, destination: { ...destination, host: "evil.example" } };
    const unavailable = { code: "credential_unavailable" };
    await expect(vault.door.inject(chosen, bearer, elsewhere)).rejects.toMatchObject(unavailable);
    await expect(vault.door.inject({ ...chosen, version: 2 }, bearer, outgoing)).rejects.toMatchObject(
      unavailable,
    );
    stopped = id;
    expect(vault.door.choose(bearer, destination)?.state).toBe("stopped");
    await expect(vault.door.inject(chosen, bearer, outgoing)).rejects.toMatchObject(unavailable);
    stopped = "";
    await store.query.updateTable("vault_credentials").set({ removed_at: 1 }).execute();
    await expect(vault.door.inject(chosen, bearer, outgoing)).rejects.toMatchObject(unavailable);
  });

  test("sealed bytes of one credential open for no other", async () => {
    const vault = await open();
    await put(vault, "bearer", { name: "a", secret: { token: "first-secret" } });
    const two = await put(vault, "bearer", {
      name: "b",
      to: "https://b.example",
      secret: { token: "second-one" },
    });
    const one = await store.query
      .selectFrom("vault_credentials")
      .selectAll()
      .where("name", "=", "a")
      .executeTakeFirstOrThrow();
    const { sealed_key, sealed } = one;
    await store.query
      .updateTable("vault_credentials")
      .set({ sealed_key, sealed })
      .where("id", "=", two)
      .execute();
    const sent = { ...outgoing, destination: { ...destination, host: "b.example" } };
    await expect(injected(vault, bearer, sent)).rejects.toMatchObject({ code: "unsealable" });
  });
});

describe("the process apart", () => {
  test("is another process; killed, it is started again, and meanwhile nothing is injected", async () => {
    const deaths: unknown[] = [];
    const vault = await open({ report: (_event, detail) => deaths.push(detail) });
    await put(vault, "bearer");
    await injected(vault);
    const pid = vault.pid() ?? 0;
    expect(pid).toBeGreaterThan(0);
    expect(pid).not.toBe(process.pid);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => vault.pid() === pid).toBe(false);
    await expect(injected(vault)).rejects.toMatchObject({ code: "vault_unavailable" });
    await expect.poll(async () => (await vault.control.status()).process, { timeout: 15_000 }).toBe("up");
    expect((await injected(vault))?.headers).toEqual([["authorization", "Bearer t0ken-of-ours"]]);
    expect(deaths).toHaveLength(1);
  });

  test.runIf(process.platform === "linux")(
    "holds nothing of our environment, and dumps no core",
    async () => {
      const vault = await open();
      await put(vault, "bearer");
      const pid = vault.pid() ?? 0;
      const proc = (name: string): string => readFileSync(`/proc/${pid}/${name}`, "utf8");
      const names = proc("environ")
        .split("\0")
        .map((pair) => pair.split("=")[0]);
      expect(names.filter((name) => !/^(?:|NODE_CHANNEL_.*|PWD|OLDPWD|SHLVL|_)$/.test(name ?? ""))).toEqual(
        [],
      );
      expect(proc("limits")).toMatch(/Max core file size\s+0\s+0/);
      expect(proc("cmdline").split("\0")).toEqual(
        expect.arrayContaining(["--permission", "--disable-sigusr1"]),
      );
    },
  );
});

describe("the key file", () => {
  const exposed = { code: "vault_key_exposed" };

  test("is made for its owner alone, once, and the vault opens again with it", async () => {
    const vault = await open();
    await put(vault, "bearer");
    expect(statSync(keyPath()).mode & 0o777).toBe(0o600);
    const text = readFileSync(keyPath(), "utf8");
    await vault.close();
    const again = await open();
    expect((await injected(again))?.headers).toEqual([["authorization", "Bearer t0ken-of-ours"]]);
    expect(readFileSync(keyPath(), "utf8")).toBe(text);
  });

  test.each([0o644, 0o640, 0o606, 0o660])("of mode %o stops the start", async (mode) => {
    const vault = await open();
    await put(vault, "bearer");
    await vault.close();
    chmodSync(keyPath(), mode);
    await expect(open()).rejects.toMatchObject(exposed);
  });

  test("that is a link, or lies where others may write, stops the start", async () => {
    const vault = await open();
    await put(vault, "bearer");
    await vault.close();
    const text = readFileSync(keyPath(), "utf8");
    writeFileSync(join(root, "elsewhere"), text, { mode: 0o600 });
    rmSync(keyPath());
    symlinkSync(join(root, "elsewhere"), keyPath());
    await expect(open()).rejects.toMatchObject(exposed);
    rmSync(keyPath());
    writeFileSync(keyPath(), text, { mode: 0o600 });
    chmodSync(join(root, "vault"), 0o777);
    await expect(open()).rejects.toMatchObject(exposed);
    chmodSync(join(root, "vault"), 0o700);
    await open();
  });

  test("is never made anew while something is sealed under it", async () => {
    const vault = await open();
    await put(vault, "bearer");
    await vault.close();
    rmSync(keyPath());
    await expect(open()).rejects.toMatchObject({ code: "vault_key_missing" });
    expect(existsSync(keyPath())).toBe(false);
    writeFileSync(keyPath(), `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
    await expect(open()).rejects.toMatchObject({ code: "vault_key_wrong" });
    writeFileSync(keyPath(), "not a key\n");
    await expect(open()).rejects.toMatchObject({ code: "vault_key_unreadable" });
  });
});
