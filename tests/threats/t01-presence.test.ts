import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { UserId } from "#vocabulary";
import {
  addUser,
  ask,
  type ConsoleHarness,
  hold,
  openLink,
  type Reply,
  signedOf,
  startConsole,
} from "../journeys/console-harness.ts";

// T1: loopback and the operating system's user give no rights; what matters needs fresh presence. The attacker here is
// an agent on the same machine: it can reach the port, and may hold a stolen cookie, proof, token or old link.

const PASSWORD = "correct horse battery";
let harness: ConsoleHarness;
beforeEach(async () => {
  harness = await startConsole();
});
afterEach(async () => {
  await harness.close();
});

const codeOf = ({ status, body }: Reply): string => (status === 200 ? "ok" : String(body["code"]));
const tokenOf = async (): Promise<string> => new URL(await harness.link()).hash.slice(1);
const open = (token: string, kind = "console"): Promise<Reply> =>
  ask(harness, "POST /console/session/open", { body: { token, kind } });

const approve = (headers: object): Promise<Reply> => {
  const { id } = hold("1");
  harness.holds.set(id, hold("1"));
  return ask(harness, "POST /api/v1/approvals/approve", {
    headers: { ...headers },
    body: { approval: id },
  });
};
const post = (path: string, headers: object, body: object): Promise<Reply> =>
  ask(harness, `POST /console/session/${path}`, { headers: { ...headers }, body });

describe("the login link", () => {
  test("opens once, however many race for it", async () => {
    const token = await tokenOf();
    const codes = (await Promise.all(Array.from({ length: 8 }, () => open(token)))).map(codeOf);
    expect(codes.filter((code) => code === "ok")).toHaveLength(1);
    expect(codes.filter((code) => code === "login_link_invalid")).toHaveLength(7);
  });

  test("is over after fifteen minutes, and stays over when the clock jumps back", async () => {
    const token = await tokenOf();
    harness.passTime(15 * 60_000);
    expect(codeOf(await open(token))).toBe("login_link_invalid");
    const other = await tokenOf();
    harness.passTime(-3_600_000);
    expect(codeOf(await open(other))).toBe("login_link_invalid");
  });

  test("keeps its token in the fragment: no request, no header, no row has it", async () => {
    const url = new URL(await harness.link());
    expect(url.pathname + url.search).toBe("/login");
    const rows = await harness.store.query.selectFrom("login_links").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(url.hash.slice(1));
    expect(codeOf(await open(rows[0]?.hash ?? ""))).toBe("login_link_invalid");
  });

  test.each(["", "dwl_", "x".repeat(50), `dwu_${"A".repeat(43)}`])("does not open for %j", async (token) => {
    expect(codeOf(await open(token))).toBe("login_link_invalid");
  });

  test("gives no presence, and a command line gets nothing from a user's first one", async () => {
    const token = await tokenOf();
    expect(codeOf(await open(token, "cli"))).toBe("credential_needed");
    const opened = await open(token);
    expect(opened.body).toMatchObject({ presentUntil: 0, hasPassword: false, passkeys: 0 });
  });
});

describe("a session", () => {
  test("needs cookie and proof, for reads too: a cookie that another port was sent opens nothing", async () => {
    const { cookie, "x-doorward-csrf": proof } = await openLink(harness);
    const codes = async (headers: { [name: string]: string }): Promise<string[]> => [
      codeOf(await ask(harness, "GET /console/session", { headers })),
      codeOf(await ask(harness, "GET /api/v1/approvals", { headers })),
    ];
    expect(await codes({ cookie, "x-doorward-csrf": proof })).toEqual(["ok", "ok"]);
    expect(await codes({ cookie })).toEqual(["csrf_refused", "csrf_refused"]);
    expect(await codes({ cookie, "x-doorward-csrf": `dwc_${"A".repeat(43)}` })).toEqual([
      "csrf_refused",
      "csrf_refused",
    ]);
    expect(await codes({ "x-doorward-csrf": proof })).toEqual(["not_signed_in", "not_signed_in"]);
    expect(await codes({ cookie: `${cookie}; ${cookie}`, "x-doorward-csrf": proof })).toEqual([
      "not_signed_in",
      "not_signed_in",
    ]);
    expect(await codes({})).toEqual(["not_signed_in", "not_signed_in"]);
  });

  test("its secrets are stored hashed: what the database holds opens nothing", async () => {
    const signed = await openLink(harness);
    const rows = JSON.stringify(await harness.store.query.selectFrom("user_sessions").selectAll().execute());
    expect(rows).not.toContain(signed.cookie.split("=")[1]);
    expect(rows).not.toContain(signed["x-doorward-csrf"]);
  });

  test("ends at sign-out, at its twelfth hour, and with its user", async () => {
    const [one, two, three] = [await openLink(harness), await openLink(harness), await openLink(harness)];
    const code = async (headers: typeof one): Promise<string> =>
      codeOf(await ask(harness, "GET /console/session", { headers: { ...headers } }));
    await ask(harness, "POST /console/session/end", { headers: { ...one }, body: {} });
    expect([await code(one), await code(two)]).toEqual(["not_signed_in", "ok"]);
    harness.passTime(12 * 3_600_000);
    expect(await code(two)).toBe("not_signed_in");
    harness.passTime(-12 * 3_600_000);
    expect(await code(three)).toBe("ok");
    await harness.store.query.updateTable("users").set({ disabled_at: 1 }).execute();
    expect(await code(three)).toBe("not_signed_in");
  });
});

describe("presence", () => {
  test("without it nothing is approved; it lasts five minutes; a clock that jumps back ends it", async () => {
    const signed = await openLink(harness);
    expect(codeOf(await approve(signed))).toBe("presence_required");
    await post("password", signed, { password: PASSWORD });
    expect(codeOf(await approve(signed))).toBe("ok");
    harness.passTime(5 * 60_000);
    expect(codeOf(await approve(signed))).toBe("presence_required");
    expect(codeOf(await post("presence", signed, { password: PASSWORD }))).toBe("ok");
    expect(codeOf(await approve(signed))).toBe("ok");
    harness.passTime(-60_000);
    expect(codeOf(await approve(signed))).toBe("presence_required");
  });

  test("a second login link does not let its holder take the account over", async () => {
    await post("password", await openLink(harness), { password: PASSWORD });
    const thief = await openLink(harness);
    expect(codeOf(await post("password", thief, { password: "another fine password" }))).toBe(
      "presence_required",
    );
    expect(codeOf(await post("passkeys/options", thief, {}))).toBe("presence_required");
    expect(codeOf(await approve(thief))).toBe("presence_required");
  });

  test("of two sessions that set the first password at once, one wins", async () => {
    const [one, two] = [await openLink(harness), await openLink(harness)];
    const replies = await Promise.all([
      post("password", one, { password: PASSWORD }),
      post("password", two, { password: "another fine password" }),
    ]);
    const codes = replies.map(codeOf);
    expect(codes.filter((code) => code === "ok")).toHaveLength(1);
    expect(codes.find((code) => code !== "ok")).toMatch(
      /^(credential_exists|presence_required|not_signed_in)$/,
    );
    expect(harness.journal.kept.filter(({ kind }) => kind === "user.changed")).toHaveLength(1);
  });

  test("a new password ends every other session of its user, and is in the ledger without the password", async () => {
    const [one, two] = [await openLink(harness), await openLink(harness)];
    await post("password", one, { password: PASSWORD });
    expect(codeOf(await ask(harness, "GET /console/session", { headers: { ...two } }))).toBe("not_signed_in");
    expect(codeOf(await ask(harness, "GET /console/session", { headers: { ...one } }))).toBe("ok");
    expect(harness.journal.kept).toMatchObject([{ kind: "user.changed", body: { change: "password.set" } }]);
    expect(JSON.stringify(harness.journal.kept)).not.toContain(PASSWORD);
  });

  test("guessing is slowed down per person, and flooding the sign-in form does not lock the signed-in out", async () => {
    const signed = await openLink(harness);
    await post("password", signed, { password: PASSWORD });
    for (let n = 0; n < 5; n += 1) {
      const wrong = { name: "admin", password: `guess number ${n}` };
      expect(codeOf(await post("sign-in", {}, wrong))).toBe("sign_in_refused");
    }
    expect(codeOf(await post("sign-in", {}, { name: "admin", password: PASSWORD }))).toBe(
      "too_many_attempts",
    );
    expect(codeOf(await post("presence", signed, { password: PASSWORD }))).toBe("ok");
    harness.passTime(2_000);
    expect(codeOf(await post("sign-in", {}, { name: "admin", password: PASSWORD }))).toBe("ok");
  });

  test("signing in says the same for a wrong password, no password and no such user", async () => {
    await post("password", await openLink(harness), { password: PASSWORD });
    await addUser(harness.store, "usr_bob" as UserId, "bob");
    const replies = await Promise.all(
      ["admin", "bob", "nobody"].map((name) =>
        post("sign-in", {}, { name, password: "wrong password here" }),
      ),
    );
    const said = replies
      .filter(({ status }) => status !== 429)
      .map(({ status, body }) => JSON.stringify([status, body]));
    expect(new Set(said).size).toBe(1);
  });

  test("a command line's token carries presence only from a password, and never sets the first one", async () => {
    await post("password", await openLink(harness), { password: PASSWORD });
    const linked = await open(await tokenOf(), "cli");
    const bearer = { authorization: `Bearer ${String(linked.body["token"])}` };
    expect(linked.headers["set-cookie"]).toBeUndefined();
    expect(codeOf(await approve(bearer))).toBe("presence_required");
    expect(codeOf(await post("password", bearer, { password: "another fine password" }))).toBe(
      "presence_required",
    );
    expect(codeOf(await post("presence", bearer, { password: PASSWORD }))).toBe("ok");
    expect(codeOf(await approve(bearer))).toBe("ok");
  });

  test("a sign-in by password has presence and comes with cookie and proof of its own", async () => {
    const first = await openLink(harness);
    await post("password", first, { password: PASSWORD });
    const reply = await post("sign-in", {}, { name: "admin", password: PASSWORD });
    expect(reply.headers["set-cookie"]?.[0]).toMatch(/HttpOnly; SameSite=Strict/);
    expect(codeOf(await approve(signedOf(reply)))).toBe("ok");
    expect(signedOf(reply).cookie).not.toBe(first.cookie);
  });
});
