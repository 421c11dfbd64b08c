import { describe, expect, test } from "vitest";
import { hostsAllow } from "./sandbox-hosts.ts";

describe("hosts that a server was granted", () => {
  test.each<[string[], string, number, boolean]>([
    [["api.example.com"], "api.example.com", 443, true],
    [["api.example.com"], "API.example.com.", 443, true],
    [["api.example.com"], "api.example.com", 80, false],
    [["api.example.com"], "evil-api.example.com", 443, false],
    [["api.example.com:8443"], "api.example.com", 8443, true],
    [["api.example.com:8443"], "api.example.com", 443, false],
    [["*.example.com"], "a.b.example.com", 443, true],
    [["*.example.com"], "example.com", 443, false],
    [["*.example.com"], "notexample.com", 443, false],
    [["*.example.com:9000"], "db.example.com", 9000, true],
    [[], "api.example.com", 443, false],
  ])("%j: %s:%i", (granted, host, port, isAllowed) => {
    expect(hostsAllow(granted, { host, port })).toBe(isAllowed);
  });
});
