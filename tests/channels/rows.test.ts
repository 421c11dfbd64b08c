import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { PLATFORMS } from "#chat";

test("every platform is there once", () => {
  const names = PLATFORMS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(names.toSorted());
});

const described = z.object({
  properties: z.record(z.string(), z.object({ description: z.string().min(10) })).default({}),
});

describe.each(PLATFORMS.map((row) => [row.name, row] as const))("the row of %s", (_name, row) => {
  test("describes every setting and secret, in plain words", () => {
    expect(() => described.parse(z.toJSONSchema(row.settings, { io: "input" }))).not.toThrow();
    for (const text of Object.values(row.secrets)) expect(text).toMatch(/\w{3}/);
    expect(row.title).toMatch(/\w/);
    expect(row.source).toMatch(/\w{3}/);
  });

  test("says nothing that contradicts itself", () => {
    const { buttons, buttonsMax, edits, inbound, textMax } = row.abilities;
    expect(buttonsMax > 0).toBe(buttons);
    expect(Number.isInteger(textMax)).toBe(true);
    expect(typeof edits).toBe("boolean");
    expect(inbound === "none" ? buttons : false).toBe(false);
    const optional = row.optionalSecrets ?? [];
    expect(optional.filter((secret) => !Object.hasOwn(row.secrets, secret))).toEqual([]);
  });

  test("says where the webhook goes, where there is no answer without one", () => {
    expect(row.setup.length).toBeGreaterThan(0);
    const says = row.setup.some((step) => step.includes("{webhook}"));
    expect(says || row.abilities.inbound !== "webhook").toBe(true);
  });
});

test.each([
  "email",
  "imessage",
  "instagram",
  "matrix",
  "mattermost",
  "messenger",
  "webex",
  "webhook",
  "webpush",
  "x",
])("%s has its page in the guide", (name) => {
  expect(existsSync(`docs/guide/channels/${name}.md`)).toBe(true);
});
