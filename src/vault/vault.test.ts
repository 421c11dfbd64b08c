import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { UserId } from "#vocabulary";
import {
  bearer,
  destination,
  injected,
  openVaultHouse,
  outgoing,
  USER,
  type VaultHouse,
} from "../../tests/samples/vault.ts";

let house: VaultHouse;
beforeEach(() => {
  house = openVaultHouse();
});
afterEach(() => house.close());

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
    const vault = await house.open();
    await house.put(vault, kind, { settings, secret });
    expect(await injected(vault)).toMatchObject({ headers, query, client: null });
  });

  test("a query parameter of the agent's is replaced, however it is written", async () => {
    const vault = await house.open();
    await house.put(vault, "query", { settings: { parameter: "key" } });
    const sent = { ...outgoing, query: "k%65y=mine&key=dwp_x&b=2" };
    expect((await injected(vault, bearer, sent))?.query).toBe("b=2&key=t0ken-of-ours");
  });

  test("a line feed in a secret is no second header", async () => {
    const vault = await house.open();
    const secret = { token: "t0ken\r\nx-evil: 1" };
    await expect(house.put(vault, "bearer", { secret })).rejects.toMatchObject({
      code: "credential_invalid",
    });
  });
});

describe("choosing", () => {
  test("the user's own before a team's before the organisation's; without a user only the organisation's", async () => {
    const vault = await house.open();
    await house.put(vault, "bearer", { name: "org", secret: { token: "of-the-organisation" } });
    await house.put(vault, "bearer", { name: "team", owner: ["team", "finance"] });
    await house.put(vault, "bearer", { name: "own", owner: ["user", USER] });
    await house.put(vault, "bearer", { name: "foreign", owner: ["user", "usr_2"] });
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
    const vault = await house.open();
    await house.put(vault, "bearer", { to });
    expect(vault.door.choose(bearer, destination) !== null).toBe(isThere);
  });

  test("an encoded slash or dot is never below a path", async () => {
    const vault = await house.open();
    await house.put(vault, "bearer", { to: "https://api.example.com/v1" });
    for (const path of ["/v1/%2e%2e/admin", "/v1/..%2fadmin", "/v1/../admin", "/v1/x;/../y", "/V1/x"])
      expect(vault.door.choose(bearer, { ...destination, path })).toBeNull();
  });

  test("what has expired is chosen, says so, and is not injected", async () => {
    const vault = await house.open();
    await house.put(vault, "bearer", { expiresAt: 1 });
    expect(vault.door.choose(bearer, destination)?.state).toBe("expired");
    await expect(injected(vault)).rejects.toMatchObject({ code: "credential_expired" });
  });
});

describe("injection fails shut", () => {
  test("where the agent may reach every host", async () => {
    const vault = await house.open({ isDefaultDeny: () => false });
    await house.put(vault, "bearer");
    await expect(injected(vault)).rejects.toMatchObject({ code: "egress_not_default_deny" });
  });

  test("elsewhere than decided, in another version, stopped, removed", async () => {
    let stopped = "";
    const vault = await house.open({ isStopped: (id) => id === stopped });
    const id = await house.put(vault, "bearer");
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
    await house.store.query.updateTable("vault_credentials").set({ removed_at: 1 }).execute();
    await expect(vault.door.inject(chosen, bearer, outgoing)).rejects.toMatchObject(unavailable);
  });

  test("sealed bytes of one credential open for no other", async () => {
    const vault = await house.open();
    await house.put(vault, "bearer", { name: "a", secret: { token: "first-secret" } });
    const two = await house.put(vault, "bearer", {
      name: "b",
      to: "https://b.example",
      secret: { token: "second-one" },
    });
    const one = await house.store.query
      .selectFrom("vault_credentials")
      .selectAll()
      .where("name", "=", "a")
      .executeTakeFirstOrThrow();
    const { sealed_key, sealed } = one;
    await house.store.query
      .updateTable("vault_credentials")
      .set({ sealed_key, sealed })
      .where("id", "=", two)
      .execute();
    const sent = { ...outgoing, destination: { ...destination, host: "b.example" } };
    await expect(injected(vault, bearer, sent)).rejects.toMatchObject({ code: "unsealable" });
  });
});

test("an authority that was ended is followed by another, under which the old certificates are nobody's", async () => {
  const vault = await house.open();
  const [old, leaf] = [
    new X509Certificate(await vault.authority.certificate()),
    new X509Certificate((await vault.certificates.leafFor("a.example")).certificate),
  ];
  await vault.close();
  house.store.connection.exec("DELETE FROM vault_authority");
  const later = await house.open();
  const next = new X509Certificate(await later.authority.certificate());
  const certified = new X509Certificate((await later.certificates.leafFor("a.example")).certificate);
  expect(next.fingerprint256).not.toBe(old.fingerprint256);
  expect([leaf.verify(old.publicKey), leaf.verify(next.publicKey)]).toEqual([true, false]);
  expect([certified.verify(next.publicKey), certified.publicKey.equals(leaf.publicKey)]).toEqual([
    true,
    false,
  ]);
});

describe("the process apart", () => {
  test("is another process; killed, it is started again, and meanwhile nothing is injected", async () => {
    const deaths: unknown[] = [];
    const vault = await house.open({ report: (_event, detail) => deaths.push(detail) });
    await house.put(vault, "bearer");
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
      const vault = await house.open();
      await house.put(vault, "bearer");
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
    const vault = await house.open();
    await house.put(vault, "bearer");
    expect(statSync(house.keyPath).mode & 0o777).toBe(0o600);
    const text = readFileSync(house.keyPath, "utf8");
    await vault.close();
    const again = await house.open();
    expect((await injected(again))?.headers).toEqual([["authorization", "Bearer t0ken-of-ours"]]);
    expect(readFileSync(house.keyPath, "utf8")).toBe(text);
  });

  test.each([0o644, 0o640, 0o606, 0o660])("of mode %o stops the start", async (mode) => {
    const vault = await house.open();
    await house.put(vault, "bearer");
    await vault.close();
    chmodSync(house.keyPath, mode);
    await expect(house.open()).rejects.toMatchObject(exposed);
  });

  test("that is a link, or lies where others may write, stops the start", async () => {
    const vault = await house.open();
    await house.put(vault, "bearer");
    await vault.close();
    const text = readFileSync(house.keyPath, "utf8");
    writeFileSync(join(house.root, "elsewhere"), text, { mode: 0o600 });
    rmSync(house.keyPath);
    symlinkSync(join(house.root, "elsewhere"), house.keyPath);
    await expect(house.open()).rejects.toMatchObject(exposed);
    rmSync(house.keyPath);
    writeFileSync(house.keyPath, text, { mode: 0o600 });
    chmodSync(join(house.root, "vault"), 0o777);
    await expect(house.open()).rejects.toMatchObject(exposed);
    chmodSync(join(house.root, "vault"), 0o700);
    await house.open();
  });

  test("is never made anew while something is sealed under it", async () => {
    const vault = await house.open();
    await house.put(vault, "bearer");
    await vault.close();
    rmSync(house.keyPath);
    await expect(house.open()).rejects.toMatchObject({ code: "vault_key_missing" });
    expect(existsSync(house.keyPath)).toBe(false);
    writeFileSync(house.keyPath, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
    await expect(house.open()).rejects.toMatchObject({ code: "vault_key_wrong" });
    writeFileSync(house.keyPath, "not a key\n");
    await expect(house.open()).rejects.toMatchObject({ code: "vault_key_unreadable" });
  });
});

describe("the authority", () => {
  test("is made once, certifies hosts, and is another's nowhere", async () => {
    const vault = await house.open();
    const [first, second] = await Promise.all([vault.authority.certificate(), vault.authority.certificate()]);
    expect(second).toBe(first);
    const leaf = await vault.certificates.leafFor("api.example.com");
    expect(await vault.certificates.leafFor("api.example.com")).toBe(leaf);
    const certificate = new X509Certificate(leaf.certificate);
    expect(certificate.verify(new X509Certificate(first).publicKey)).toBe(true);
    expect(certificate.checkHost("api.example.com")).toBe("api.example.com");
    expect(certificate.checkPrivateKey(createPrivateKey(leaf.key))).toBe(true);
    await vault.close();
    const again = await house.open();
    expect(await again.authority.certificate()).toBe(first);
    const row = await house.store.query.selectFrom("vault_authority").selectAll().executeTakeFirstOrThrow();
    expect(Buffer.from(row.sealed).toString("latin1")).not.toContain("PRIVATE KEY");
  });
});
