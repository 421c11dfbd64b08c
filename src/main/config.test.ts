import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "./config.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "doorward-config-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function read(yaml: string): ReturnType<typeof readConfig> {
  writeFileSync(join(directory, "doorward.yaml"), yaml);
  return readConfig({ data: directory }, {});
}

test("an identity provider is read whole, its secret from its file", () => {
  writeFileSync(join(directory, "secret"), "a secret\n");
  const config = read(
    'identityProvider: { issuer: "https://login.example.org", clientId: doorward, clientSecretFile: secret }',
  );
  expect(config.listen.identityProvider).toBe("https://login.example.org");
  expect(config.provider).toEqual({
    issuer: "https://login.example.org",
    clientId: "doorward",
    clientSecret: "a secret",
    scopes: ["openid"],
    groupsClaim: null,
    allowPrivate: false,
  });
});

test("tls: clients are asked for certificates only where it says so", () => {
  const tls = { certificate: "a.crt", key: "a.key" };
  expect(read("port: 1").tls).toBeNull();
  expect(read("tls: { certificate: a.crt, key: a.key }").tls).toEqual({ ...tls, clientCertificates: false });
  const on = "tls: { certificate: a.crt, key: a.key, clientCertificates: true }";
  expect(read(on).tls).toEqual({ ...tls, clientCertificates: true });
});

test("without one, and without a secret, both are null", () => {
  expect(read("port: 1").provider).toBeNull();
  expect(
    read('identityProvider: { issuer: "http://127.0.0.1:9", clientId: d }').provider?.clientSecret,
  ).toBeNull();
});

test("approvals: what is left out has its default, what is set is read", () => {
  expect(read("port: 1").holds).toEqual({ expiresAfterMs: 3_600_000, escalation: null, breakGlass: true });
  expect(
    read('approvals: { expires: 2h, escalate: "15m leads, 1h admins", breakGlass: false }').holds,
  ).toEqual({
    expiresAfterMs: 7_200_000,
    escalation: "15m leads, 1h admins",
    breakGlass: false,
  });
});

test.each<[string, string]>([
  ['identityProvider: "https://login.example.org"', "config_invalid"],
  ['identityProvider: { issuer: "https://login.example.org" }', "config_invalid"],
  ['identityProvider: { issuer: "http://login.example.org", clientId: d }', "config_invalid"],
  ['identityProvider: { issuer: "http://localhost.evil.example", clientId: d }', "config_invalid"],
  ['identityProvider: { issuer: "https://u:p@login.example.org", clientId: d }', "config_invalid"],
  ['identityProvider: { issuer: "https://login.example.org?x", clientId: d }', "config_invalid"],
  ['identityProvider: { issuer: "login.example.org", clientId: d }', "config_invalid"],
  [
    'identityProvider: { issuer: "https://login.example.org", clientId: d, scopes: [profile] }',
    "config_invalid",
  ],
  ['identityProvider: { issuer: "https://login.example.org", clientId: d, secret: s }', "config_invalid"],
  [
    'identityProvider: { issuer: "https://login.example.org", clientId: d, clientSecretFile: no }',
    "client_secret_unreadable",
  ],
  ["approvals: { expires: soon }", "config_invalid"],
  ["approvals: { expires: 31d }", "config_invalid"],
  ["approvals: { expires: 0h }", "config_invalid"],
  ["approvals: { escalate: leads }", "config_invalid"],
  ['approvals: { escalate: "1h admins, 15m leads" }', "config_invalid"],
  ['approvals: { escalate: "1h admins" }', "config_invalid"],
  ["approvals: { breakGlass: maybe }", "config_invalid"],
  ["approvals: { approvers: [ada] }", "config_invalid"],
  ["tls: { certificate: a.crt, key: a.key, clientCertificates: often }", "config_invalid"],
  ["trustedProxies: [proxy.internal]", "config_invalid"],
  ["trustedProxies: [0.0.0.0/0]", "config_invalid"],
])("%s stops the start", (yaml, code) => {
  expect(() => read(yaml)).toThrow(expect.objectContaining({ code }) as Error);
});

test("what the guide shows is what the configuration takes", () => {
  const guide = readFileSync(new URL("../../docs/guide/configuration.md", import.meta.url), "utf8");
  const blocks = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = ""]) => yaml);
  writeFileSync(join(directory, "oidc-secret"), "a secret");
  const [all = "", vault = "", network = ""] = blocks.map((yaml) =>
    yaml.replace("/etc/doorward/oidc-secret", "oidc-secret"),
  );
  expect(blocks).toHaveLength(3);
  expect(read(all)).toEqual(read(""));
  expect(() => read(vault)).not.toThrow();
  expect(read(network).provider).toMatchObject({ clientId: "doorward", clientSecret: "a secret" });
});

test("an empty secret file stops the start", () => {
  writeFileSync(join(directory, "secret"), "\n");
  const yaml = 'identityProvider: { issuer: "https://l.example.org", clientId: d, clientSecretFile: secret }';
  expect(() => read(yaml)).toThrow(/is empty/);
});

test("channels: no listener by default; one on loopback is its own address, unless it is told how it is reached", () => {
  expect(read("port: 1").channels).toEqual({ listen: null, publicUrl: null });
  const listen = { address: "127.0.0.1", port: 7421 };
  expect(read("channels: { listen: { port: 7421 } }").channels).toEqual({
    listen,
    publicUrl: "http://127.0.0.1:7421",
  });
  const outside = 'channels: { listen: { port: 7421 }, publicUrl: "https://hooks.example.org/" }';
  expect(read(outside).channels).toEqual({ listen, publicUrl: "https://hooks.example.org" });
});

test.each([
  "http://hooks.example.org",
  "https://hooks.example.org/path",
  "https://a@hooks.example.org",
  "hooks",
])("channels: %s is no address to give to platforms", (url) => {
  expect(() => read(`channels: { listen: { port: 1 }, publicUrl: "${url}" }`)).toThrow(
    expect.objectContaining({ code: "config_invalid" }),
  );
});

test("the http door is on the port beside the others, unless that is taken or said otherwise", () => {
  const beside = (yaml: string): number | undefined => read(yaml).proxy?.port;
  expect(read("port: 7420").proxy).toEqual({ address: "127.0.0.1", port: 7421 });
  expect(beside("port: 0")).toBe(0);
  expect(beside("port: 65535")).toBe(65_535);
  expect(beside("channels: { listen: { port: 7421 } }")).toBe(7422);
  expect(beside("proxy: { port: 8080 }")).toBe(8080);
  expect(read("proxy: { off: true }").proxy).toBe(null);
  expect(readConfig({ data: directory, proxyPort: 9 }, {}).proxy).toBe(null);
});

test("a proxy of the network's is read, its password from a file, and one without a port is refused", () => {
  writeFileSync(join(directory, "pass"), "secret\n");
  const upstream =
    "proxy: { upstream: { host: proxy.example.org, port: 3128, user: u, passwordFile: pass } }";
  expect(read("port: 1").networkProxy).toBeNull();
  expect(read(upstream).networkProxy).toEqual({
    host: "proxy.example.org",
    port: 3128,
    user: "u",
    password: "secret",
  });
  expect(() => read("proxy: { upstream: { host: proxy.example.org } }")).toThrow(/proxy\.upstream/);
});
