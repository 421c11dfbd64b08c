import { describe, expect, test } from "vitest";
import { PLATFORMS } from "#chat";
import { place, secretsOf, settingsOf } from "./channels-input.ts";

const platformOf = (name: string) => {
  const found = PLATFORMS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no platform ${name}`);
  return found;
};

describe("secrets that may be left out", () => {
  test("are, where the platform says so", () => {
    expect(secretsOf(platformOf("email"), undefined)).toEqual({});
    expect(secretsOf(platformOf("email"), "password=p")).toEqual({ password: "p" });
    expect(secretsOf(platformOf("email"), JSON.stringify({ password: "p", dkimKey: "a\nb" }))).toEqual({
      password: "p",
      dkimKey: "a\nb",
    });
  });

  test("are no leave for others", () => {
    expect(() => secretsOf(platformOf("mattermost"), "token=x")).toThrow(/missing: commandToken/);
    expect(() => secretsOf(platformOf("email"), "pasword=x")).toThrow(/do not fit/);
  });
});

test("settings are read as the platform's schema says", () => {
  const given = {
    host: "mail.example",
    port: "465",
    security: "tls",
    from: "d@mail.example",
    allowPrivate: "true",
  };
  expect(settingsOf(platformOf("email"), given)).toMatchObject({
    port: 465,
    allowPrivate: true,
    fromName: "Doorward",
  });
  expect(() => settingsOf(platformOf("email"), { ...given, security: "none" })).toThrow(/security/);
});

test("a browser's subscription is a place", () => {
  const subscription = {
    endpoint: `https://push.example/${"x".repeat(600)}`,
    keys: { p256dh: "a", auth: "b" },
  };
  expect(place.parse(`person:${JSON.stringify(subscription)}`)).toContain("push.example");
  expect(place.safeParse("x".repeat(2_001)).success).toBe(false);
});
