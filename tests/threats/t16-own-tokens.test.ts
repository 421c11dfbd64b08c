import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIssuer, createProofs, type IssuedClaims, type Issuer, type Proven } from "#identity";
import { openKeys, openTokenKeys, type TokenKeys } from "#keys";
import { heldAmbient, type HeldAmbient } from "../support/ambient.ts";
import { newSigner } from "../support/exchange-house.ts";

// T16: tokens of our own outlive a restart and nothing else: not a revoked key, not their end, not their one use.

let directory: string;
let ambient: HeldAmbient;
let keys: TokenKeys;
let issuer: Issuer;

const ISSUER = "http://127.0.0.1:7420";
const issuerOver = (kept: TokenKeys, over: Partial<Parameters<typeof createIssuer>[0]> = {}): Issuer =>
  createIssuer({ issuer: ISSUER, ambient, keys: kept.all, latestMs: 0, ...over });
/** The next process over the same directory. */
const restarted = (over: Partial<Parameters<typeof createIssuer>[0]> = {}): Issuer =>
  issuerOver(openTokenKeys(directory, ambient), over);

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "doorward-tokens-")), "keys");
  ambient = heldAmbient();
  openKeys(directory, ambient, "log.example");
  keys = openTokenKeys(directory, ambient);
  issuer = issuerOver(keys);
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true, force: true }));

const nowS = (): number => Math.floor(ambient.now() / 1_000);
const claims = (): IssuedClaims => ({
  subject: "usr_1",
  agents: ["agt_1", "agt_2"],
  audience: [`${ISSUER}/v1`],
  delegation: "dlg_1",
  scope: { servers: ["fs"], tools: [], verbs: [], effects: [] },
  session: "ses_1",
  credential: "key_1",
  thumbprint: null,
  certificate: null,
  expiresAtS: nowS() + 600,
});
const handover = () => ({
  subject: "usr_1",
  agents: ["agt_1"],
  delegation: "dlg_1",
  mayAct: "agt_2",
  expiresAtS: nowS() + 300,
});
const proven = (over: Partial<Proven> = {}): Proven => {
  const asked = { method: "POST", origins: new Set([ISSUER]), path: "/v1/models" };
  return { ...asked, token: null, key: null, agent: "agt_1", ...over };
};
const codeOf = async (reading: Promise<unknown>): Promise<unknown> =>
  reading.then(
    () => "read",
    (cause: { code?: string }) => cause.code,
  );

describe("a token of our own", () => {
  test("is read again after a restart, whole", async () => {
    expect(await restarted().read(await issuer.issue(claims()))).toEqual(claims());
  });

  test("is signed by a key file that only its owner reads, which the log's keys know nothing of", () => {
    expect(statSync(join(directory, "token.keys")).mode & 0o777).toBe(0o600);
    chmodSync(join(directory, "token.keys"), 0o644);
    expect(() => openTokenKeys(directory, ambient)).toThrow(/can be read or changed/);
  });

  test("outlives a rotation; the key set shows both, the newer first", async () => {
    const token = await issuer.issue(claims());
    const [before] = (await issuer.keys()).keys;
    keys.rotate(false);
    const { keys: shown } = await issuer.keys();
    expect(shown).toHaveLength(2);
    expect(shown[1]).toEqual(before);
    expect(shown.every((jwk) => jwk.alg === "ES256" && jwk.use === "sig" && !("d" in jwk))).toBe(true);
    for (const reader of [issuer, restarted()]) {
      expect(await codeOf(reader.read(token))).toBe("read");
      expect(await codeOf(reader.read(await issuer.issue(claims())))).toBe("read");
    }
    keys.rotate(false);
    expect(await codeOf(issuer.read(token))).toBe("ERR_JWKS_NO_MATCHING_KEY");
  });

  test("dies with a key that was revoked, here and after a restart", async () => {
    const token = await issuer.issue(claims());
    keys.rotate(true);
    expect((await issuer.keys()).keys).toHaveLength(1);
    for (const reader of [issuer, restarted()])
      expect(await codeOf(reader.read(token))).toBe("ERR_JWKS_NO_MATCHING_KEY");
  });

  test("stays expired where the clock jumps back over a restart, as far as the ledger remembers", async () => {
    const token = await issuer.issue(claims());
    const later = ambient.now() + 3_600_000;
    expect(await codeOf(restarted({ latestMs: later }).read(token))).toBe("ERR_JWT_EXPIRED");
  });

  test("gets a new key after ninety days, and the one before is still shown", async () => {
    ambient.advance(91 * 86_400_000);
    expect((await restarted().keys()).keys).toHaveLength(2);
  });

  test("is not made with a damaged file: it stops the start and says what to do", () => {
    appendFileSync(join(directory, "token.keys"), "nonsense\n");
    expect(() => openTokenKeys(directory, ambient)).toThrow(
      expect.objectContaining({
        code: "keys_unreadable",
        remedy: expect.stringContaining("Remove the file"),
      }),
    );
  });

  test("is not made with a key of another kind", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const der = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
    appendFileSync(join(directory, "token.keys"), `1 ${der}\n`);
    expect(() => openTokenKeys(directory, ambient)).toThrow(
      expect.objectContaining({ code: "keys_unreadable" }),
    );
  });
});

describe("what may be used once", () => {
  test("a handover is not taken after a restart, which forgot whether it was", async () => {
    const token = await issuer.handOver(handover());
    expect(await codeOf(issuer.readHandover(token))).toBe("read");
    ambient.advance(2_000);
    expect(await codeOf(restarted().readHandover(token))).toBe("ERR_JWT_EXPIRED");
  });

  test("a proof is not, either", async () => {
    const signer = await newSigner();
    const url = `${ISSUER}/v1/models`;
    const made = { iat: nowS() };
    const proof = await signer.proof({ url, over: made });
    const request = proven();
    expect(await createProofs(ambient).check(proof, request)).toBe(signer.thumbprint);
    ambient.advance(2_000);
    const refused = createProofs(ambient).check(proof, request);
    await expect(refused).rejects.toMatchObject({ code: "invalid_dpop_proof" });
  });
});

test("a proof that has expired stays so, though the clock jump back", async () => {
  const signer = await newSigner();
  let [wall, monotonic] = [Date.now(), 0];
  const proofs = createProofs({ now: () => wall, monotonic: () => monotonic });
  const url = `${ISSUER}/v1/models`;
  const proof = await signer.proof({ url, over: { iat: Math.floor(wall / 1_000) } });
  const request = proven();
  expect(await proofs.check(proof, request)).toBe(signer.thumbprint);
  const later = await signer.proof({ url, over: { iat: Math.floor(wall / 1_000) + 600 } });
  [wall, monotonic] = [wall + 600_000, 600_000];
  expect(await proofs.check(later, request)).toBe(signer.thumbprint);
  wall -= 600_000;
  await expect(proofs.check(proof, request)).rejects.toMatchObject({ code: "invalid_dpop_proof" });
});

// T21: whoever floods stops only themselves; T16: a proof of another key uses up nothing of the token's agent.
test("proofs are remembered at the expense of the agent that makes them, with however many keys", async () => {
  const proofs = createProofs(ambient, { thingsMax: 10, ownMax: 2 });
  const url = `${ISSUER}/v1/models`;
  const signers = [await newSigner(), await newSigner(), await newSigner()];
  const fresh = () => ({ url, over: { iat: nowS() } });
  const check = async (by: number, over: Partial<Proven>): Promise<unknown> =>
    codeOf(proofs.check(await signers[by]!.proof(fresh()), proven(over)));
  const key = signers[1]!.thumbprint;
  expect(await check(0, { agent: "agt_1", key })).toBe("invalid_dpop_proof");
  expect([await check(0, {}), await check(1, { key }), await check(2, {})]).toEqual([
    "read",
    "read",
    "invalid_dpop_proof",
  ]);
  expect(await check(2, { agent: "agt_2" })).toBe("read");
});

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

const forged = async (
  header: object,
  signature: (text: string, key: KeyObject) => Buffer,
  over: object = {},
): Promise<string> => {
  const [head = "", body = ""] = (await issuer.issue(claims())).split(".");
  const [was, said] = [head, body].map(
    (part) => JSON.parse(Buffer.from(part, "base64url").toString()) as object,
  );
  const text = `${encoded({ ...was, ...header })}.${encoded({ ...said, ...over })}`;
  return `${text}.${signature(text, keys.all()[0]!.publicKey).toString("base64url")}`;
};

describe("a forged one", () => {
  test("by our own key is read: the forge works", async () => {
    expect(await codeOf(issuer.read(await forged({}, ours)))).toBe("read");
  });

  test.each<[string, object, (text: string, key: KeyObject) => Buffer, object?]>([
    ["with no algorithm", { alg: "none" }, () => Buffer.alloc(64)],
    [
      "with the public key as a shared secret",
      { alg: "HS256" },
      (text, key) =>
        createHmac("sha256", key.export({ type: "spki", format: "pem" }))
          .update(text)
          .digest(),
    ],
    [
      "by a key of its own that it carries",
      { jwk: createPublicKey(other().privateKey).export({ format: "jwk" }) },
      foreign,
    ],
    ["by a key of its own under our key's name", {}, foreign],
    ["under another key's name", { kid: "other" }, ours],
    ["without a key's name", { kid: undefined }, ours],
    ["that is a handover", { typ: "doorward-handover+jwt" }, ours],
    ["that is an ID token", { typ: "JWT" }, ours],
    ["of another issuer", {}, ours, { iss: "https://evil.example" }],
    ["that has expired", {}, ours, { exp: 1 }],
    ["that lives for a day", {}, ours, { iat: 1, exp: 9_999_999_999 }],
    ["without an end", {}, ours, { exp: undefined }],
  ])("%s is refused", async (_name, header, signature, over) => {
    expect(await codeOf(issuer.read(await forged(header, signature, over)))).not.toBe("read");
  });
});

function other(): { readonly privateKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function ours(text: string): Buffer {
  return sign("sha256", Buffer.from(text), { key: keys.all()[0]!.privateKey, dsaEncoding: "ieee-p1363" });
}

function foreign(text: string): Buffer {
  return sign("sha256", Buffer.from(text), { key: other().privateKey, dsaEncoding: "ieee-p1363" });
}

test("the file holds the key and nothing of the log's", () => {
  expect(readFileSync(join(directory, "token.keys"), "utf8")).toMatch(/^\d+ [\w+/=]+\n$/);
});
