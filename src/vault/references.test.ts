import { execFile, spawnSync } from "node:child_process";
import { generateKeyPairSync, verify } from "node:crypto";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEgress, type Egress } from "#egress";
import { type Answering, type Heard, startAnswering } from "../../tests/samples/answering.ts";
import {
  ambient,
  bearer,
  injected,
  openVaultHouse,
  outgoing,
  type VaultHouse,
} from "../../tests/samples/vault.ts";
import type { Vault } from "./open.ts";
import { referenceOf } from "./references/read.ts";

// The managers' answers are as their public API references show them (named in each file of src/vault/references): no
// manager is in Debian (`apt-cache policy vault openbao`), and their clouds cannot be reached from a test.

let house: VaultHouse;
let egress: Egress;
const ends: (() => Promise<void>)[] = [];
beforeEach(() => {
  house = openVaultHouse();
  egress = createEgress({ ownAddresses: () => [] });
});
afterEach(async () => {
  await house.close();
  await egress.close();
  for (const end of ends.splice(0)) await end();
});

async function standing(answering: Answering) {
  const server = await startAnswering(answering);
  ends.push(server.close);
  return server;
}

async function refer(vault: Vault, reference: object, key: string): Promise<string> {
  const full: unknown = JSON.parse(referenceOf(reference));
  if (typeof full !== "object" || full === null) throw new Error("a reference is an object");
  return house.put(vault, "bearer", { reference: full, secret: { key } });
}

const tokenOf = async (vault: Vault) => (await injected(vault, bearer, outgoing))?.headers[0]?.[1];
const KV = { data: { data: { token: "kept-elsewhere-1" }, metadata: { version: 3 } } };

const hashicorp: Answering = ({ path, method, headers, body }) => {
  if (method === "POST" && path === "/v1/auth/approle/login") {
    const isRight = body === JSON.stringify({ role_id: "role-1", secret_id: "approle-secret" });
    return isRight
      ? { status: 200, json: { auth: { client_token: "hvs.short" } } }
      : { status: 400, json: {} };
  }
  if (!["hvs.root-token", "hvs.short"].includes(String(headers["x-vault-token"])))
    return { status: 403, json: {} };
  return path === "/v1/secret/data/team/github" ? { status: 200, json: KV } : null;
};

describe("HashiCorp Vault and OpenBao", () => {
  const kept = { manager: "hashicorp", path: "team/github", field: "token", allowPrivate: "true" };

  test("by token: read once while it is remembered, and again when it is not", async () => {
    const { url, heard } = await standing(hashicorp);
    const vault = await house.open({ egress });
    await refer(vault, { ...kept, url }, "hvs.root-token");
    expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-1");
    expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-1");
    expect(heard).toHaveLength(1);
    expect(
      JSON.stringify(house.store.connection.prepare("SELECT * FROM vault_credentials").all()),
    ).not.toContain("kept-elsewhere-1");
  });

  test("KV version 1, within a namespace", async () => {
    // developer.hashicorp.com/vault/api-docs/secret/kv/kv-v1 "Read secret"; .../docs/enterprise/namespaces.
    const { url, heard } = await standing(({ path }) =>
      path === "/v1/kv/team/github"
        ? { status: 200, json: { lease_duration: 2_764_800, data: { token: "kept-elsewhere-6" } } }
        : null,
    );
    const vault = await house.open({ egress });
    await refer(vault, { ...kept, url, mount: "kv", kv: "1", namespace: "team-a" }, "hvs.root-token");
    expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-6");
    expect(heard[0]?.headers["x-vault-namespace"]).toBe("team-a");
  });

  test("a lease bounds what is remembered, and so does the life of the AppRole's token", async () => {
    // developer.hashicorp.com/vault/docs/concepts/lease: `lease_duration` in seconds, 0 where there is none; a token's end revokes what was leased with it.
    const leases = { secret: 60, token: 0 };
    const { url, heard } = await standing(({ path }) =>
      path === "/v1/auth/approle/login"
        ? { status: 200, json: { auth: { client_token: "hvs.short", lease_duration: leases.token } } }
        : { status: 200, json: { lease_duration: leases.secret, data: { token: "kept-elsewhere-7" } } },
    );
    let now = Date.now();
    const vault = await house.open({ egress, ambient: { ...ambient, now: () => now } });
    const leased = { ...kept, url, mount: "database", path: "creds/reader", kv: "1", roleId: "role-1" };
    await refer(vault, { ...leased, cacheSeconds: "3600" }, "approle-secret");
    const read = async (laterMs: number): Promise<number> => {
      now += laterMs;
      expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-7");
      return heard.filter(({ path }) => path === "/v1/database/creds/reader").length;
    };
    expect([await read(0), await read(59_000), await read(2_000)]).toEqual([1, 1, 2]);
    Object.assign(leases, { secret: 600, token: 30 });
    expect([await read(61_000), await read(29_000), await read(2_000)]).toEqual([3, 3, 4]);
    Object.assign(leases, { secret: 0, token: 0 });
    expect([await read(31_000), await read(3_500_000), await read(200_000)]).toEqual([5, 5, 6]);
  });

  test("sealed (503): nothing is sent, what was read before is not kept beyond its time, and it is asked again", async () => {
    // developer.hashicorp.com/vault/api-docs "HTTP status codes": 503, down for maintenance or sealed.
    let isSealed = false;
    const { url, heard } = await standing((said) =>
      isSealed ? { status: 503, json: { errors: ["Vault is sealed"] } } : hashicorp(said),
    );
    const vault = await house.open({ egress });
    await refer(vault, { ...kept, url, cacheSeconds: "0" }, "hvs.root-token");
    expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-1");
    isSealed = true;
    await expect(tokenOf(vault)).rejects.toMatchObject({ code: "reference_unavailable" });
    isSealed = false;
    expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-1");
    expect(heard).toHaveLength(3);
  });

  test("by AppRole", async () => {
    const { url } = await standing(hashicorp);
    const vault = await house.open({ egress });
    await refer(vault, { ...kept, url, roleId: "role-1", cacheSeconds: "0" }, "approle-secret");
    expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-1");
    expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-1");
  });

  test.each([
    ["a token that may not", { path: "team/github", field: "token" }, "hvs.wrong-token"],
    ["a secret that is not there", { path: "team/other", field: "token" }, "hvs.root-token"],
    ["a field that is not there", { path: "team/github", field: "password" }, "hvs.root-token"],
  ])("fails shut: %s; nothing of either side is in the words", async (_name, more, key) => {
    const { url } = await standing(hashicorp);
    const vault = await house.open({ egress });
    await refer(vault, { ...kept, url, ...more }, key);
    const failure: unknown = await tokenOf(vault).catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ code: "reference_unavailable" });
    expect(String(failure)).not.toMatch(/hvs\.|kept-elsewhere/);
  });

  test("is asked at a private address only where its reference says so (T17)", async () => {
    const { url, heard } = await standing(hashicorp);
    const vault = await house.open({ egress });
    await refer(
      vault,
      { ...kept, url: url.replace("http:", "https:"), allowPrivate: "false" },
      "hvs.root-token",
    );
    await expect(tokenOf(vault)).rejects.toMatchObject({ code: "reference_unavailable" });
    expect(heard).toHaveLength(0);
  });
});

/** The signature that curl makes of the same message at the same time: an implementation that is not ours. */
async function signedByCurl(said: Heard, key: string): Promise<string> {
  const { url, heard } = await standing(() => ({ status: 200, json: {} }));
  const { host } = said.headers;
  const headers = ["content-type", "x-amz-target", "x-amz-date"].flatMap((name) => [
    "-H",
    `${name}: ${String(said.headers[name])}`,
  ]);
  const asked = ["--aws-sigv4", "aws:amz:eu-central-1:secretsmanager", "--user", `AKIDEXAMPLE:${key}`];
  const target = ["-H", `Host: ${host}`, "--data-binary", said.body, `${url}/`];
  await promisify(execFile)("curl", ["-sS", "--noproxy", "*", ...asked, ...headers, ...target]);
  return String(heard[0]?.headers.authorization);
}

const canSign = String(spawnSync("curl", ["--help", "all"]).stdout).includes("--aws-sigv4");

test.skipIf(!canSign)(
  "AWS Secrets Manager is asked with the signature that curl makes of it too (skipped where curl cannot sign)",
  async () => {
    const key = "aws-secret-access-key-1";
    const { url, heard } = await standing(({ headers, body }) => {
      const isRight =
        headers["x-amz-target"] === "secretsmanager.GetSecretValue" && body === '{"SecretId":"prod/github"}';
      return isRight
        ? { status: 200, json: { Name: "prod/github", SecretString: '{"token":"kept-elsewhere-2"}' } }
        : { status: 400, json: {} };
    });
    const vault = await house.open({ egress });
    const region = "eu-central-1";
    const kept = { manager: "aws", region, accessKeyId: "AKIDEXAMPLE", secretId: "prod/github" };
    await refer(vault, { ...kept, field: "token", url, allowPrivate: "true" }, key);
    expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-2");
    const [said] = heard;
    if (said === undefined) throw new Error("it was asked");
    expect(said.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//);
    expect(await signedByCurl(said, key)).toBe(said.headers.authorization);
    expect(await signedByCurl({ ...said, body: "{}" }, key)).not.toBe(said.headers.authorization);
  },
);

test("Google Secret Manager is opened with a signed assertion", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { url } = await standing(({ path, body, headers }) => {
    if (path === "/token") {
      const assertion = new URLSearchParams(body).get("assertion") ?? "";
      const [head = "", claims = "", signature = ""] = assertion.split(".");
      const isSigned = verify(
        "RSA-SHA256",
        Buffer.from(`${head}.${claims}`),
        publicKey,
        Buffer.from(signature, "base64url"),
      );
      return isSigned ? { status: 200, json: { access_token: "ya29.short" } } : { status: 401, json: {} };
    }
    const isRight =
      path === "/v1/projects/p-1/secrets/github/versions/latest:access" &&
      headers.authorization === "Bearer ya29.short";
    const data = Buffer.from("kept-elsewhere-3").toString("base64");
    return isRight ? { status: 200, json: { name: "n", payload: { data } } } : null;
  });
  const vault = await house.open({ egress });
  const key = JSON.stringify({
    client_email: "doorward@p-1.iam.gserviceaccount.com",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    token_uri: `${url}/token`,
  });
  await refer(vault, { manager: "gcp", project: "p-1", secret: "github", url, allowPrivate: "true" }, key);
  expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-3");
});

test("Azure Key Vault is opened as an application", async () => {
  const { url } = await standing(({ path, body, headers }) => {
    if (path === "/tenant-1/oauth2/v2.0/token") {
      const isRight = new URLSearchParams(body).get("client_secret") === "azure-client-secret";
      return isRight ? { status: 200, json: { access_token: "eyJ.short" } } : { status: 401, json: {} };
    }
    const isRight =
      path === "/secrets/github?api-version=7.4" && headers.authorization === "Bearer eyJ.short";
    return isRight ? { status: 200, json: { value: "kept-elsewhere-4" } } : null;
  });
  const vault = await house.open({ egress });
  const kept = { manager: "azure", secret: "github", tenant: "tenant-1", clientId: "app-1", login: url };
  await refer(vault, { ...kept, url, allowPrivate: "true" }, "azure-client-secret");
  expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-4");
});

test("1Password Connect gives a field of an item", async () => {
  const { url } = await standing(({ path, headers }) =>
    path === "/v1/vaults/vlt1/items/itm1" && headers.authorization === "Bearer connect-token"
      ? {
          status: 200,
          json: { fields: [{ id: "a", label: "token", value: "kept-elsewhere-5" }, { id: "b" }] },
        }
      : null,
  );
  const vault = await house.open({ egress });
  await refer(
    vault,
    { manager: "1password", url, vault: "vlt1", item: "itm1", field: "token", allowPrivate: "true" },
    "connect-token",
  );
  expect(await tokenOf(vault)).toBe("Bearer kept-elsewhere-5");
});

test.each([
  [{ manager: "hashicorp", url: "https://v.example", path: "../sys/raw", field: "a" }],
  [{ manager: "hashicorp", url: "https://v.example", path: "a?b", field: "a" }],
  [{ manager: "hashicorp", url: "https://u:p@v.example", path: "a", field: "a" }],
  [{ manager: "gcp", project: "a/b", secret: "c" }],
  [{ manager: "nobody" }],
])("a reference that could lead elsewhere is refused: %j", (reference) => {
  expect(() => referenceOf(reference)).toThrow(/path|url|project|manager/);
});
