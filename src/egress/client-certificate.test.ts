import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { certifyHost, makeAuthority } from "#authority";
import { createEgress, type Egress } from "./index.ts";

// Servers that want a client certificate which nobody has: OpenSSL's (s_server) says so by an alert, in TLS 1.3 by one of its own.

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "doorward-mtls-"));
const now = Date.now();
const keysOf = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const world = makeAuthority({ name: "The world", now, random: randomBytes, keys: keysOf() });
const leaf = keysOf();
const publicKey = leaf.publicKey.export({ type: "spki", format: "der" });
const cert = certifyHost({ authority: world, host: "localhost", publicKey, now, random: randomBytes });
const key = String(leaf.privateKey.export({ type: "pkcs8", format: "pem" }));
for (const [name, text] of Object.entries({ cert, key, ca: world.certificate }))
  writeFileSync(join(folder, `${name}.pem`), text);

let egress: Egress;
const started: ChildProcess[] = [];
beforeEach(() => {
  egress = createEgress({ ownAddresses: () => [], authorities: [world.certificate] });
});
afterEach(async () => {
  await egress.close();
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function asked(port: number): Promise<unknown> {
  const rules = { allowPrivate: true, bytesMax: 1_000, timeoutMs: 10_000 };
  return egress
    .request(rules, { url: `https://localhost:${port}/`, method: "POST", headers: {}, body: "sent" })
    .then(() => "answered")
    .catch((cause: unknown) => cause);
}

/** Answers its port. */
async function openssl(...more: string[]): Promise<number> {
  const files = ["-cert", "cert.pem", "-key", "key.pem", "-CAfile", "ca.pem"];
  const asking = ["-Verify", "1", "-verify_return_error", ...more];
  const child = spawn("openssl", ["s_server", "-accept", "127.0.0.1:0", ...files, ...asking], {
    cwd: folder,
  });
  started.push(child);
  let said = "";
  for await (const part of child.stdout.setEncoding("utf8")) {
    said += String(part);
    const port = /ACCEPT \S+:(\d+)/.exec(said)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`s_server did not start: ${said}`);
}

describe.skipIf(!hasOpenssl)("an alert (skipped where OpenSSL's program is not installed)", () => {
  test.each([
    ["-tls1_3", "egress_certificate_required", /wants a client certificate, and no credential/],
    ["-tls1_2", "egress_handshake_refused", /wants a client certificate, or has no version or cipher/],
  ])("%s is said as %s, with how to give one", async (version, code, words) => {
    expect(await asked(await openssl(version))).toMatchObject({
      code,
      message: expect.stringMatching(words),
      remedy: expect.stringContaining("doorward vault add NAME --kind mtls"),
    });
  });
});

test("Node's server says it too, and was not asked anything", async () => {
  let requests = 0;
  const wanting = { requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" } as const;
  const server = createServer({ cert, key, ca: world.certificate, ...wanting }, (_, answer) => {
    requests += 1;
    answer.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const failed = await asked((server.address() as AddressInfo).port);
  server.close();
  expect(failed).toMatchObject({ code: "egress_certificate_required" });
  expect(requests).toBe(0);
});
