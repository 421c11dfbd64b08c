import { execFileSync } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { certifyHost, makeAuthority } from "./index.ts";

const NOW = Date.now();
const DAY_MS = 86_400_000;
const p256 = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const authority = makeAuthority({ name: "Doorward CA test", now: NOW, random: randomBytes, keys: p256() });
const leafKeys = p256();
const publicKey = leafKeys.publicKey.export({ type: "spki", format: "der" });

function leafFor(host: string, now = NOW) {
  return new X509Certificate(certifyHost({ authority, host, publicKey, now, random: randomBytes }));
}

function codeOf(work: () => unknown): unknown {
  try {
    work();
    return "none";
  } catch (cause) {
    return cause instanceof Error && "code" in cause ? cause.code : cause;
  }
}

test("the authority certifies hosts, and nothing below them", () => {
  const certificate = new X509Certificate(authority.certificate);
  expect(certificate.ca).toBe(true);
  expect(certificate.subject).toBe("O=Doorward\nCN=Doorward CA test");
  expect(certificate.checkIssued(certificate)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(authority.key))).toBe(true);
  expect(certificate.validToDate.getTime() - NOW).toBeGreaterThan(1800 * DAY_MS);
});

test.each([
  ["api.example.com", "DNS:api.example.com"],
  ["xn--bcher-kva.example", "DNS:xn--bcher-kva.example"],
  ["_dmarc.example.com", "DNS:_dmarc.example.com"],
  ["localhost", "DNS:localhost"],
  ["192.0.2.7", "IP Address:192.0.2.7"],
  ["2001:db8::1", "IP Address:2001:DB8:0:0:0:0:0:1"],
  ["::", "IP Address:0:0:0:0:0:0:0:0"],
  ["::ffff:192.0.2.1", "IP Address:0:0:0:0:0:FFFF:C000:201"],
])("a certificate for %s names it and nothing else", (host, names) => {
  const issuer = new X509Certificate(authority.certificate);
  const leaf = leafFor(host);
  expect(leaf.subjectAltName).toBe(names);
  expect(leaf.ca).toBe(false);
  expect(leaf.checkIssued(issuer)).toBe(true);
  expect(leaf.verify(issuer.publicKey)).toBe(true);
  expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  expect(leaf.publicKey.equals(leafKeys.publicKey)).toBe(true);
  expect(leaf.validToDate.getTime() - NOW).toBeLessThanOrEqual(7 * DAY_MS);
  expect(leaf.validFromDate.getTime()).toBeLessThanOrEqual(NOW - 3_599_000);
});

test.each([
  "*.example.com",
  "",
  "a..b",
  "example.com.",
  "Example.com",
  "exa mple.com",
  "a\0b.example.com",
  "1.2.3",
  "1.2.3.256",
  "01.2.3.4",
  "fe80::1%eth0",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7::8:9",
  "-a.example.com",
  `${"a".repeat(64)}.example.com`,
  `${"a.".repeat(130)}example`,
  "bücher.example",
])("no certificate for %j", (host) => {
  expect(codeOf(() => leafFor(host))).toBe("host_uncertifiable");
});

test("a host longer than a common name may be is certified by its alternative name alone", () => {
  const host = `${"a".repeat(60)}.${"b".repeat(60)}.example`;
  expect(leafFor(host).subject).toBe("O=Doorward");
  expect(leafFor(host).checkHost(host)).toBe(host);
});

test("a leaf ends with its authority, and an expired authority certifies nobody", () => {
  const end = new X509Certificate(authority.certificate).validToDate.getTime();
  expect(leafFor("example.com", end - DAY_MS).validToDate.getTime()).toBe(end);
  expect(codeOf(() => leafFor("example.com", end))).toBe("authority_unusable");
});

test("what is no authority of ours is not used", () => {
  const other = makeAuthority({ name: "another", now: NOW, random: randomBytes, keys: p256() });
  const leaf = leafFor("example.com").toString();
  const leafKey = String(leafKeys.privateKey.export({ type: "pkcs8", format: "pem" }));
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const certify = (by: typeof authority) => () =>
    certifyHost({ authority: by, host: "example.com", publicKey, now: NOW, random: randomBytes });
  expect(codeOf(certify({ ...authority, key: other.key }))).toBe("authority_unusable");
  expect(codeOf(certify({ certificate: leaf, key: leafKey }))).toBe("authority_unusable");
  expect(codeOf(certify({ ...authority, key: "nothing" }))).toBe("authority_unusable");
  expect(codeOf(certify({ ...authority, certificate: "nothing" }))).toBe("authority_unusable");
  expect(codeOf(() => makeAuthority({ name: "x", now: NOW, random: randomBytes, keys: rsa }))).toBe(
    "authority_unusable",
  );
  expect(codeOf(() => makeAuthority({ name: "", now: NOW, random: randomBytes, keys: p256() }))).toBe(
    "authority_unusable",
  );
});

test("what is no public key is not certified", () => {
  for (const bytes of [randomBytes(91), new Uint8Array()]) {
    const work = () =>
      certifyHost({ authority, host: "example.com", publicKey: bytes, now: NOW, random: randomBytes });
    expect(codeOf(work)).toBe("public_key_unusable");
  }
});

test("serial numbers are positive, of 128 bits, whatever the randomness", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const pem = certifyHost({ authority, host: "example.com", publicKey, now: NOW, random: () => bytes });
      expect(new X509Certificate(pem).serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    }),
    { numRuns: 50 },
  );
});

test("dates after 2049 are written as RFC 5280 asks", () => {
  const late = Date.UTC(2049, 0, 1);
  const made = makeAuthority({ name: "late", now: late, random: randomBytes, keys: p256() });
  expect(new X509Certificate(made.certificate).validToDate.getUTCFullYear()).toBe(2053);
});

/** As OpenSSL is told another day than today. */
const at = (days: number) => `-attime ${Math.floor((NOW + days * DAY_MS) / 1_000)}`;

describe("others' readings", () => {
  test("Node's TLS client trusts a server under the authority, and no other name", async () => {
    const key = String(leafKeys.privateKey.export({ type: "pkcs8", format: "pem" }));
    const server = createServer({ key, cert: leafFor("door.example").toString() });
    server.on("tlsClientError", () => {});
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const hello = async (servername: string, ca: string[]) => {
      const socket = connect({ host: "127.0.0.1", port, servername, ca });
      const outcome = await Promise.race([
        once(socket, "secureConnect").then(() => "trusted"),
        once(socket, "error").then(([error]) => (error as { code: string }).code),
      ]).catch((error: unknown) => (error as { code: string }).code);
      socket.destroy();
      return outcome;
    };
    expect(await hello("door.example", [authority.certificate])).toBe("trusted");
    expect(await hello("other.example", [authority.certificate])).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(await hello("door.example", [])).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    server.close();
  });

  test.skipIf(!hasOpenssl())("OpenSSL verifies the chain by its strict rules", () => {
    const folder = mkdtempSync(join(tmpdir(), "doorward-authority-"));
    writeFileSync(join(folder, "ca.pem"), authority.certificate);
    writeFileSync(join(folder, "leaf.pem"), leafFor("door.example").toString());
    const of = (...more: string[]) =>
      execFileSync("openssl", ["verify", "-x509_strict", "-CAfile", "ca.pem", ...more, "leaf.pem"], {
        cwd: folder,
        encoding: "utf8",
        stdio: "pipe",
      });
    expect(of("-verify_hostname", "door.example", "-purpose", "sslserver").trim()).toBe("leaf.pem: OK");
    expect(() => of("-verify_hostname", "other.example")).toThrow(/ostname mismatch/);
    expect(() => of("-purpose", "sslclient")).toThrow(/purpose/);
    rmSync(folder, { recursive: true });
  });

  test.skipIf(!hasOpenssl())(
    "OpenSSL takes no certificate before or after its days, for another address, or by an authority below ours",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "doorward-authority-"));
      const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
      const run = (line: string) =>
        execFileSync("openssl", line.split(" "), { cwd: folder, encoding: "utf8", stdio: "pipe" });
      const verify = (more: string) => run(`verify -x509_strict -CAfile ca.pem ${more}`);
      file("ca.pem", authority.certificate);
      file("ca.key", authority.key);
      file("four.pem", leafFor("192.0.2.7").toString());
      file("six.pem", leafFor("2001:db8::1").toString());
      expect(verify("-verify_ip 192.0.2.7 four.pem")).toBe("four.pem: OK\n");
      expect(verify("-verify_ip 2001:db8::1 six.pem")).toBe("six.pem: OK\n");
      expect(() => verify("-verify_ip 192.0.2.8 four.pem")).toThrow(/address mismatch/i);
      expect(verify(`${at(6.9)} four.pem`)).toBe("four.pem: OK\n");
      expect(() => verify(`${at(7.1)} four.pem`)).toThrow(/expired/);
      expect(() => verify(`${at(-1)} four.pem`)).toThrow(/not yet valid/);
      const [one, two] = [leafFor("a.example").serialNumber, leafFor("a.example").serialNumber];
      expect(one).not.toBe(two);
      expect(run("x509 -in ca.pem -noout -ext basicConstraints")).toMatch(/critical\s+CA:TRUE, pathlen:0/);
      expect(run("x509 -in four.pem -noout -ext basicConstraints")).toMatch(/critical\s+CA:FALSE/);
      // Whoever had the authority sign another authority would still have nothing that a client takes.
      file("sub.cnf", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n");
      for (const name of ["sub", "low"])
        run(
          `req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`,
        );
      run(
        "x509 -req -days 2 -in sub.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile sub.cnf -out sub.pem",
      );
      run("x509 -req -days 2 -in low.csr -CA sub.pem -CAkey sub.key -CAcreateserial -out low.pem");
      expect(() => run("verify -CAfile ca.pem -untrusted sub.pem low.pem")).toThrow(
        /path length constraint exceeded/,
      );
      rmSync(folder, { recursive: true });
    },
  );
});

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"]);
    return true;
  } catch {
    return false;
  }
}
