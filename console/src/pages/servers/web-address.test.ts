import { expect, test } from "vitest";
import { webAddress } from "./web-address.ts";

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "file:///etc/passwd",
  "blob:https://example.com/x",
  "https://doorward.example@evil.example/",
  "//evil.example",
  "no address",
  "",
])("%j leads nowhere", (text) => {
  expect(webAddress(text)).toBeNull();
});

test("an authorization server's address is opened, and its real host is said", () => {
  expect(webAddress("https://login.example.com/authorize?state=x")?.host).toBe("login.example.com");
  expect(webAddress("https://xn--80ak6aa92e.com/")?.host).toBe("xn--80ak6aa92e.com");
  expect(webAddress("https://аррӏе.com/")?.host).toBe("xn--80ak6aa92e.com");
});
