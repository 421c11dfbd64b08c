import { beforeEach, describe, expect, test } from "vitest";
import { openWorld, type World } from "../support/operations.ts";

// T16: a user is (issuer, subject). Who adds users says both or neither; nobody gets a second way in.

const issuer = "https://login.example.org";
const ben = { name: "ben", roles: ["approver"], issuer, subject: "248289761001" };

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

describe("users.add", () => {
  test("takes a user of an identity provider, and the ledger gets the issuer without the subject", async () => {
    expect(await world.ask("ada", "users.add", ben)).toMatchObject({
      name: "ben",
      issuer,
      subject: ben.subject,
    });
    const entry = world.kept.findLast(({ kind }) => kind === "user.added");
    expect(entry?.body).toMatchObject({ issuer, roles: ["approver"] });
    expect(JSON.stringify(entry)).not.toContain(ben.subject);
  });

  test("takes a local user without, whose subject is nobody's business", async () => {
    const added = await world.ask("ada", "users.add", { name: "lea", roles: ["owner"] });
    expect(added).toMatchObject({ issuer: "local", subject: null });
  });

  test.each<[string, object]>([
    ["a subject without an issuer", { issuer: undefined }],
    ["an issuer without a subject", { subject: undefined }],
    ["an issuer that would be Doorward itself", { issuer: "local" }],
    ["an issuer with a query", { issuer: `${issuer}?tenant=1` }],
    ["an issuer with a password", { issuer: "https://u:p@login.example.org" }],
    ["an empty subject", { subject: "" }],
    ["a subject with a line break", { subject: "1\n2" }],
    ["a subject beyond ASCII", { subject: "аdmin" }],
    ["a subject without end", { subject: "1".repeat(256) }],
  ])("refuses %s", async (_name, over) => {
    expect(await world.ask("ada", "users.add", { ...ben, ...over })).toEqual({ fault: "input_invalid" });
  });

  test("takes issuer and subject once, and the same subject at another issuer as another user", async () => {
    await world.ask("ada", "users.add", ben);
    expect(await world.ask("ada", "users.add", { ...ben, name: "benjamin" })).toEqual({
      fault: "user_exists",
    });
    const other = { ...ben, name: "benjamin", issuer: "https://other.example.org" };
    expect(await world.ask("ada", "users.add", other)).toMatchObject({ name: "benjamin" });
  });
});

test("a user of the provider gets no login link", async () => {
  await world.ask("ada", "users.add", ben);
  expect(await world.ask("ada", "login-links.create", { user: "ben" })).toEqual({
    fault: "login_link_needless",
  });
});
