import { expect, test } from "vitest";
import { cookieName, flowCookie, sessionCookie, setCookie, setFlowCookie } from "./cookie.ts";
import { checkListen, consoleOrigin, type ListenConfig, loopbackTwins } from "./listen.ts";

const config = (over: Partial<ListenConfig> = {}): ListenConfig => ({
  address: "127.0.0.1",
  port: 7420,
  tls: false,
  trustedProxies: [],
  publicUrl: null,
  identityProvider: null,
  ...over,
});
const provider = { identityProvider: "https://login.example.org" };
const publicUrl = { publicUrl: "https://doorward.example.org" };

function faultOf(check: () => void): (Error & { remedy: string }) | null {
  try {
    check();
    return null;
  } catch (cause) {
    return cause as Error & { remedy: string };
  }
}

test.each<[string, Partial<ListenConfig>, string | null]>([
  ["loopback", {}, null],
  ["any of 127/8", { address: "127.9.9.9" }, null],
  ["IPv6 loopback", { address: "::1" }, null],
  ["TLS, a name and a provider", { address: "0.0.0.0", tls: true, ...publicUrl, ...provider }, null],
  [
    "a trusted proxy, a name and a provider",
    { address: "10.0.0.5", trustedProxies: ["10.0.0.1"], ...publicUrl, ...provider },
    null,
  ],
  ["the whole network in the clear", { address: "0.0.0.0" }, "tls"],
  ["every IPv6 address in the clear", { address: "::", ...publicUrl, ...provider }, "tls"],
  ["a name that is no address", { address: "127.evil.example" }, "tls"],
  ["TLS without a name", { address: "0.0.0.0", tls: true, ...provider }, "publicUrl"],
  ["TLS without a provider", { address: "0.0.0.0", tls: true, ...publicUrl }, "identityProvider"],
  [
    "a proxy without a provider",
    { address: "10.0.0.5", trustedProxies: ["10.0.0.1"], ...publicUrl },
    "identityProvider",
  ],
  ["a public name in the clear", { publicUrl: "http://doorward.example.org" }, "publicUrl"],
  ["a public name with a path", { publicUrl: "https://example.org/doorward" }, "publicUrl"],
  ["a public name that is no URL", { publicUrl: "doorward" }, "publicUrl"],
])("%s", (_name, over, setting) => {
  const fault = faultOf(() => checkListen(config(over)));
  expect(fault === null).toBe(setting === null);
  expect(fault?.message ?? "").toContain(setting ?? "");
  expect(fault?.remedy ?? "").toContain(setting === null ? "" : `${setting}: `);
});

test("people are sent to localhost, where passkeys work, and both loopbacks are ours to hold", () => {
  expect(consoleOrigin(config())).toBe("http://localhost:7420");
  expect(consoleOrigin(config({ port: 80 }))).toBe("http://localhost");
  expect(consoleOrigin(config(publicUrl))).toBe("https://doorward.example.org");
  expect(loopbackTwins("127.0.0.1")).toEqual(["127.0.0.1", "::1"]);
  expect(loopbackTwins("0.0.0.0")).toEqual(["0.0.0.0"]);
});

test("the cookie is out of reach of scripts and other sites, and bound to the host over TLS", () => {
  expect(setCookie(config(), "dws_x", 60)).toBe(
    "doorward_session=dws_x; Path=/; HttpOnly; SameSite=Strict; Max-Age=60",
  );
  expect(setCookie(config({ tls: true }), "x", 60)).toMatch(/^__Host-doorward_session=x; .*; Secure$/);
  expect(cookieName(config(publicUrl))).toBe("__Host-doorward_session");
});

test("a sign-in's cookie comes back with the provider's redirect, and is nobody's session", () => {
  expect(setFlowCookie(config(), "dwf_x", 600)).toBe(
    "doorward_flow=dwf_x; Path=/; HttpOnly; SameSite=Lax; Max-Age=600",
  );
  expect(setFlowCookie(config({ tls: true }), "x", 60)).toMatch(/^__Host-doorward_flow=x; .*; Secure$/);
  expect(flowCookie("doorward_session=a; doorward_flow=b", config())).toBe("b");
  expect(flowCookie("doorward_flow=a; doorward_flow=b", config())).toBeNull();
  expect(flowCookie("doorward_flow=planted", config({ tls: true }))).toBeNull();
});

test.each<[string, string | undefined, string | null]>([
  ["ours among others", "a=b; doorward_session=one; c=d", "one"],
  ["none", undefined, null],
  ["two of ours, one planted by another port", "doorward_session=planted; doorward_session=one", null],
  ["a name that ends like ours", "x_doorward_session=one", null],
])("reading the cookie: %s", (_name, header, value) => {
  expect(sessionCookie(header, config())).toBe(value);
});
