import { describe, expect, test } from "vitest";
import { createPeerCheck, isProxyRange } from "./peers.ts";

const check = (trustedProxies: readonly string[], tls = false) =>
  createPeerCheck({
    tls: tls ? { certificate: "", key: "", clientCertificates: false } : null,
    listen: {
      address: "0.0.0.0",
      port: 0,
      tls,
      trustedProxies,
      publicUrl: "https://doorward.example.org",
      identityProvider: "https://login.example.org",
    },
  });

describe("without TLS of our own", () => {
  test.each<[string, string | undefined, boolean]>([
    ["the proxy", "10.0.0.7", true],
    ["the proxy, mapped into IPv6", "::ffff:10.0.0.7", true],
    ["one of the range", "192.168.4.200", true],
    ["the IPv6 proxy", "2001:db8::7", true],
    ["the IPv6 proxy, written at length", "2001:0db8:0:0:0:0:0:7", true],
    ["this machine", "127.0.0.1", true],
    ["this machine, mapped", "::ffff:127.0.0.1", true],
    ["this machine over IPv6", "::1", true],
    ["the proxy's neighbour", "10.0.0.8", false],
    ["the neighbour, mapped", "::ffff:10.0.0.8", false],
    ["beside the range", "192.168.5.1", false],
    ["another IPv6 address", "2001:db8::8", false],
    ["a connection already gone", undefined, false],
    ["no address", "10.0.0.7.evil.example", false],
  ])("%s", (_name, address, isLet) => {
    expect(check(["10.0.0.7", "192.168.4.0/24", "2001:db8::7"])(address)).toBe(isLet);
  });

  test("and without proxies: this machine alone", () => {
    expect(["127.0.0.1", "10.0.0.7"].map(check([]))).toEqual([true, false]);
  });
});

test("with TLS of our own everyone may connect", () => {
  expect(check([], true)("203.0.113.9")).toBe(true);
});

test.each<[string, boolean]>([
  ["10.0.0.7", true],
  ["10.0.0.0/24", true],
  ["2001:db8::/32", true],
  ["0.0.0.0/0", false],
  ["::/0", false],
  ["10.0.0.0/33", false],
  ["10.0.0.0/24/8", false],
  ["10.0.0.0/", false],
  ["10.0.0", false],
  ["proxy.internal", false],
  ["fe80::1%eth0", false],
  ["", false],
])("as a setting, %j is an address or range: %s", (text, isOne) => {
  expect(isProxyRange(text)).toBe(isOne);
});
