import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGuard, guardRequest, type RequestHead } from "./guard.ts";
import type { ListenConfig } from "./listen.ts";

const loopback: ListenConfig = {
  address: "127.0.0.1",
  port: 7420,
  tls: false,
  trustedProxies: [],
  publicUrl: null,
  identityProvider: null,
};
const published: ListenConfig = { ...loopback, publicUrl: "https://doorward.example.org" };
const head = (headers: RequestHead["headers"], over: Partial<RequestHead> = {}): RequestHead => ({
  method: "POST",
  url: "/api/v1/approvals/approve",
  headers: { host: "localhost:7420", ...headers },
  ...over,
});
const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

describe("guard", () => {
  test.each<[string, RequestHead, string | null]>([
    ["a client without a browser", head({}), null],
    ["localhost in capitals", head({ host: "LOCALHOST:7420" }), null],
    ["127.0.0.1", head({ host: "127.0.0.1:7420" }), null],
    ["[::1]", head({ host: "[::1]:7420" }), null],
    ["our own page", head({ origin: "http://localhost:7420", "sec-fetch-site": "same-origin" }), null],
    ["typed into the address bar", head({ "sec-fetch-site": "none" }), null],
    ["a link from another site", head(link, { method: "GET", url: "/" }), null],
    ["a rebound name", head({ host: "evil.example:7420" }), "host_not_ours"],
    [
      "a rebound name with our origin",
      head({ host: "evil.example", origin: "http://localhost:7420" }),
      "host_not_ours",
    ],
    ["our name without our port", head({ host: "localhost" }), "host_not_ours"],
    ["our name with another port", head({ host: "localhost:3000" }), "host_not_ours"],
    ["a name that ends like ours", head({ host: "evil-localhost:7420" }), "host_not_ours"],
    ["a name that starts like ours", head({ host: "localhost:7420.evil.example" }), "host_not_ours"],
    ["user information in Host", head({ host: "localhost:7420@evil.example" }), "host_not_ours"],
    ["a trailing dot", head({ host: "localhost.:7420" }), "host_not_ours"],
    ["no Host", head({ host: undefined }), "host_not_ours"],
    ["an empty Host", head({ host: "" }), "host_not_ours"],
    ["another page", head({ origin: "https://evil.example" }), "origin_not_ours"],
    ["another port of localhost", head({ origin: "http://localhost:3000" }), "origin_not_ours"],
    ["our name over another scheme", head({ origin: "https://localhost:7420" }), "origin_not_ours"],
    ["a sandboxed page", head({ origin: "null" }), "origin_not_ours"],
    ["an empty Origin", head({ origin: "" }), "origin_not_ours"],
    [
      "an image of another site",
      head({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }),
      "cross_site",
    ],
    ["an image of another port", head({ "sec-fetch-site": "same-site" }), "cross_site"],
    ["a form of another site", head(link), "cross_site"],
    [
      "a frame of another site",
      head({ ...link, "sec-fetch-dest": "iframe" }, { method: "GET" }),
      "cross_site",
    ],
    [
      "two Hosts",
      head({}, { rawHeaders: ["Host", "localhost:7420", "host", "evil.example"] }),
      "bad_request_head",
    ],
    ["two Origins", head({}, { rawHeaders: ["Origin", "a", "ORIGIN", "b"] }), "bad_request_head"],
    [
      "two credentials",
      head({}, { rawHeaders: ["Authorization", "a", "Authorization", "b"] }),
      "bad_request_head",
    ],
    ["an absolute target", head({}, { url: "http://evil.example/door/mcp" }), "bad_request_head"],
    ["a target with an authority", head({}, { url: "//evil.example/door/mcp" }), "bad_request_head"],
    ["a target that is a star", head({}, { url: "*" }), "bad_request_head"],
  ])("%s", (_name, request, code) => {
    expect(guardRequest(request, loopback)?.code ?? null).toBe(code);
  });

  test("the public name is ours, over https, with and without its port", () => {
    const guard = createGuard(published);
    const origin = "https://doorward.example.org";
    expect(guard(head({ host: "doorward.example.org", origin }))).toBeNull();
    expect(guard(head({ host: "doorward.example.org:443", origin }))).toBeNull();
    expect(guard(head({ host: "doorward.example.org", origin: "http://doorward.example.org" }))?.code).toBe(
      "origin_not_ours",
    );
  });

  test("whatever the Host, only our six spellings pass", () => {
    const ours = new Set(["localhost:7420", "127.0.0.1:7420", "[::1]:7420"]);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.ipV6()), fc.nat(65_535), (name, port) => {
        for (const host of [name, `${name}:${port}`, `${name}:7420`]) {
          expect(guardRequest(head({ host }), loopback) === null).toBe(ours.has(host.toLowerCase()));
        }
      }),
    );
  });
});
