// `doorward models sign` and `verify`: the whole commands.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SIGNER = generateKeyPairSync("ec", {
  namedCurve: "prime256v1",
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("the commands", () => {
  const PROGRAM = join(process.cwd(), "bin", "doorward.mjs");
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "signing-"));
    mkdirSync(join(folder, "wise/sub"), { recursive: true });
    writeFileSync(join(folder, "wise/config.json"), "{}");
    writeFileSync(join(folder, "wise/sub/weights.bin"), "weights");
    writeFileSync(join(folder, "key.pem"), SIGNER.privateKey, { mode: 0o600 });
    writeFileSync(join(folder, "key.pub"), SIGNER.publicKey);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const doorward = (...args: string[]) =>
    spawnSync(process.execPath, [PROGRAM, "models", ...args], {
      cwd: folder,
      encoding: "utf8",
      timeout: 60_000,
    });
  const verify = (...args: string[]) => doorward("verify", "wise", "--key", "key.pub", "--json", ...args);
  const refused = () =>
    JSON.parse(verify().stdout).refusals.map(
      ({ rule, file }: { rule: string; file: string }) => `${rule} ${file}`,
    );

  it("sign, verify, and name what became of the files", () => {
    expect(doorward("sign", "wise", "--key", "key.pem").status).toBe(0);
    expect(verify().status).toBe(0);
    writeFileSync(join(folder, "wise/\u001b[31mevil.py"), "");
    renameSync(join(folder, "wise/config.json"), join(folder, "wise/config2.json"));
    writeFileSync(join(folder, "wise/sub/weights.bin"), "weightz");
    expect(refused()).toEqual(
      expect.arrayContaining([
        "extra-file config2.json",
        "missing-file config.json",
        "changed-file sub/weights.bin",
      ]),
    );
    const { status, stdout } = doorward("verify", "wise", "--key", "key.pub");
    expect([status, stdout.includes("NOT verified"), stdout.includes("\u001b")]).toEqual([1, true, false]);
  }, 300_000);

  it("open a sealed key", () => {
    const { privateKey } = generateKeyPairSync("ec", {
      namedCurve: "prime256v1",
      privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    writeFileSync(join(folder, "sealed.pem"), privateKey, { mode: 0o600 });
    writeFileSync(join(folder, "word"), "open\n", { mode: 0o600 });
    expect(doorward("sign", "wise", "--key", "sealed.pem").status).not.toBe(0);
    expect(doorward("sign", "wise", "--key", "sealed.pem", "--passphrase", "word").status).toBe(0);
  }, 300_000);

  it("take no link, no key that others may read, and no missing trust", () => {
    symlinkSync("/etc/passwd", join(folder, "wise/link"));
    expect(doorward("sign", "wise", "--key", "key.pem").stderr).toContain("a link");
    rmSync(join(folder, "wise/link"));
    doorward("sign", "wise", "--key", "key.pem");
    symlinkSync("config.json", join(folder, "wise/link"));
    expect(refused()).toEqual(["link link"]);
    chmodSync(join(folder, "key.pem"), 0o644);
    expect(doorward("sign", "wise", "--key", "key.pem").stderr).toContain("chmod 600");
    expect(doorward("verify", "wise").stderr).toContain("whom you trust");
  }, 300_000);

  it("wait for no pipe, and read no device through a link", () => {
    const signature = join(folder, "wise/model.sig");
    execFileSync("mkfifo", [signature]);
    expect(verify()).toMatchObject({ signal: null, stderr: expect.stringContaining("there is no file") });
    rmSync(signature);
    symlinkSync("/dev/zero", signature);
    expect(verify()).toMatchObject({ signal: null, stderr: expect.stringContaining("there is no file") });
  }, 300_000);

  it("hash with BLAKE3 too, sign one file, and read the provenance beside it", () => {
    copyFileSync(join(folder, "wise/sub/weights.bin"), join(folder, "one.gguf"));
    expect(doorward("sign", "one.gguf", "--key", "key.pem", "--hash", "blake3").status).toBe(0);
    const statement = {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "x", digest: { sha256: sha256("weights") } }],
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {},
    };
    writeFileSync(join(folder, "wise/provenance.json"), JSON.stringify(statement));
    doorward("sign", "wise", "--key", "key.pem");
    expect(JSON.parse(verify().stdout)).toMatchObject({
      verified: true,
      provenance: [{ predicate: "slsa-v1", about: ["sub/weights.bin"] }],
    });
    expect(doorward("verify", "one.gguf", "--key", "key.pub", "--signature", "one.gguf.sig").status).toBe(0);
  }, 300_000);

  it("sign by a certificate, which an authority stands behind", () => {
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-subj",
      "/CN=ca",
      "-days",
      "2",
    );
    openssl("req", "-new", "-key", "key.pem", "-out", "leaf.csr", "-subj", "/CN=signer");
    writeFileSync(join(folder, "leaf.ext"), "keyUsage=critical,digitalSignature\n");
    openssl(
      "x509",
      "-req",
      "-in",
      "leaf.csr",
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-out",
      "leaf.pem",
      "-days",
      "1",
      "-extfile",
      "leaf.ext",
    );
    doorward("sign", "wise", "--key", "key.pem", "--certificate", "leaf.pem");
    expect(doorward("verify", "wise", "--certificate", "ca.pem").status).toBe(0);
    expect(doorward("verify", "wise", "--certificate", "ca.pem", "--at", "2040-01-01").status).toBe(1);
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      "ca2.key",
      "-out",
      "ca2.pem",
      "-subj",
      "/CN=ca",
      "-days",
      "2",
    );
    expect(doorward("verify", "wise", "--certificate", "ca2.pem").stdout).toContain("no trusted certificate");
  }, 300_000);
});
