import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decide, evaluation } from "#operations";
import { type OperationsServer, serveOperations } from "./support/operations-server.ts";

// AuthZEN Authorization API 1.0: others ask our decisions. The questions of `INTEROP` are those of the working group's todo
// scenario, from github.com/openid/authzen at 73ea4bba64166fb0709986414a8b939d8dfad060,
// interop/authzen-todo-backend/test/decisions-authorization-api-1_0-00.json: of subjects and resources that are none of
// ours, so each must be read, and answered with a no.

let server: OperationsServer;
beforeEach(async () => {
  server = await serveOperations();
});
afterEach(() => server.close());

const INTEROP = [
  {
    subject: {
      type: "user",
      id: "rick@the-citadel.com",
      identity: "CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
    },
    action: { name: "can_read_user" },
    resource: { type: "user", id: "beth@the-smiths.com", userID: "beth@the-smiths.com" },
  },
  {
    subject: {
      type: "user",
      id: "morty@the-citadel.com",
      identity: "CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
    },
    action: { name: "can_update_todo" },
    resource: { type: "todo", id: "7240d0db-8ff0-41ec-98b2-34a096273b92", ownerID: "rick@the-citadel.com" },
  },
];
const question = (tool: string, agent = "olga-bot") => ({
  subject: { type: "agent", id: agent },
  action: { name: "tools/call" },
  resource: { type: "tool", id: tool },
  context: { arguments: { path: "/srv/a" } },
});
const ONE = "POST /access/v1/evaluation";
const MANY = "POST /access/v1/evaluations";
const ask = (body: unknown, who = "ada", to = ONE) => server.send(who, to, { body });

const decisions = async (body: object): Promise<unknown> => {
  const answer = await ask(body, "ada", MANY);
  return (answer.body["evaluations"] as { decision: boolean }[]).map(({ decision }) => decision);
};
const under = (delegation: unknown) => ({ ...question("fs/read_file"), context: { delegation } });

describe("one question", () => {
  test.each([
    ["fs/read_file", true],
    ["fs/write_file", false],
  ])("of %s is answered with %j, and why", async (tool, decision) => {
    const { status, body } = await ask(question(tool));
    expect([status, body]).toEqual([
      200,
      {
        decision,
        context: {
          id: "0",
          reason_user: { en: expect.any(String) },
          reason_admin: { en: expect.any(String) },
        },
      },
    ]);
  });

  test.each([
    ["send", "send", false],
    ["read", "read", true],
    ["read, with a graver effect where an argument is given", "read\n  effectIf: { path: send }", false],
  ])(
    "of a tool whose manifest says %s goes by that, whatever it was accepted with",
    async (_, effect, decision) => {
      const text = `read_file:\n  effect: ${effect}\n  output: { integrity: untrusted }\n`;
      await server.world.ask("ada", "manifests.set", { server: "fs", text });
      expect((await ask(question("fs/read_file"))).body).toMatchObject({ decision });
    },
  );

  test("of a labelled write without a session is a no that says what is missing; in one, of what is known there", async () => {
    const text =
      "write_file:\n  effect: write\n  roles: { path: path }\n  output: { integrity: untrusted }\n";
    await server.world.ask("ada", "manifests.set", { server: "fs", text });
    const alone = await ask(question("fs/write_file"));
    expect(alone.body).toMatchObject({
      decision: false,
      context: { reason_admin: { en: expect.stringMatching(/^No session was given.*outside the folders/) } },
    });
    const asked = question("fs/write_file");
    const session = server.world.ids.sessions["olga"];
    const within = await ask({ ...asked, context: { ...asked.context, session } });
    expect(within.body).toMatchObject({
      context: { reason_admin: { en: expect.not.stringMatching(/No session|Nobody reviewed/) } },
    });
    const nowhere = await ask({ ...asked, context: { ...asked.context, session: "ses_none" } });
    expect(nowhere.body).toMatchObject({
      decision: false,
      context: { reason_user: { en: expect.stringContaining("knows no such") } },
    });
  });

  test("that would be held is no yes, and says so", async () => {
    const { body } = await ask(question("fs/write_file"));
    expect(body).toMatchObject({
      decision: false,
      context: { reason_user: { en: expect.stringMatching(/hold/) } },
    });
  });

  test.each(INTEROP.map((one) => [one.action.name, one] as const))(
    "of the interop scenario, %s: no",
    async (_n, one) => {
      expect(await ask(one)).toMatchObject({ status: 200, body: { decision: false } });
    },
  );

  test("leaves no trace as an action, and one entry a minute and asker", async () => {
    const [actions, kept] = [await server.world.ask("ada", "actions.list", {}), server.world.kept.length];
    for (let asked = 0; asked < 3; asked += 1) await ask(question("fs/write_file"));
    expect(await server.world.ask("ada", "actions.list", {})).toEqual(actions);
    expect(server.world.kept.slice(kept)).toMatchObject([{ kind: "decisions.asked", body: { before: 0 } }]);
    server.world.ambient.advance(60_000);
    await ask(question("fs/write_file"));
    expect(server.world.kept.at(-1)).toMatchObject({ kind: "decisions.asked", body: { before: 3 } });
  });

  test("carries the request's id back", async () => {
    const headers = { "x-request-id": "bfe9eb29-ab87-4ca3-be83-a1d5d8305716" };
    const answer = await server.send("ada", ONE, { body: question("fs/read_file"), headers });
    expect(answer.headers.get("x-request-id")).toBe(headers["x-request-id"]);
  });

  test.each<[string, unknown]>([
    ["without a subject", { ...question("fs/read_file"), subject: undefined }],
    ["without a type", { ...question("fs/read_file"), subject: { id: "olga-bot" } }],
    ["without an action's name", { ...question("fs/read_file"), action: {} }],
    ["without a resource's id", { ...question("fs/read_file"), resource: { type: "tool" } }],
    ["that is a list", []],
  ])("%s is a 400", async (_name, body) => {
    expect(await ask(body)).toMatchObject({ status: 400, body: { code: "input_invalid" } });
  });

  test("is asked with POST and JSON", async () => {
    expect((await server.send("ada", "GET /access/v1/evaluation")).status).toBe(405);
    const headers = { "content-type": "text/plain" };
    expect((await server.send("ada", ONE, { raw: "{}", headers })).status).toBe(415);
  });
});

describe("who asks", () => {
  test("is a user; an agent or a stranger is not", async () => {
    expect((await ask(question("fs/read_file"), "nobody")).status).toBe(401);
    expect((await ask(question("fs/read_file"), "")).status).toBe(401);
  });

  test("needs the permission", async () => {
    server.become.set("ada", []);
    expect(await ask(question("fs/read_file"))).toMatchObject({
      status: 403,
      body: { code: "permission_denied" },
    });
  });

  test("an owner hears of own agents alone, in the words for what was never there, and no rules", async () => {
    const own = await ask(question("fs/read_file"), "olga");
    expect(own.body).toEqual({
      decision: true,
      context: { id: "0", reason_user: { en: expect.any(String) } },
    });
    const [foreign, absent] = [
      await ask(question("fs/read_file", "otto-bot"), "olga"),
      await ask(question("fs/read_file", "no-bot"), "olga"),
    ];
    expect(foreign.body).toEqual(absent.body);
    expect(foreign.body).toMatchObject({ decision: false });
  });

  test("another's delegation is as unknown as one that is not there", async () => {
    const foreign = await ask(under(server.world.ids.delegations["otto"]), "olga");
    const absent = await ask(under("dlg_00000000000000000000000000"), "olga");
    expect(foreign.body).toEqual(absent.body);
    expect(foreign.body).toMatchObject({ decision: false });
  });

  test("asks so much a minute and no more", async () => {
    const evaluations = Array.from({ length: 100 }, () => ({}));
    const body = { ...INTEROP[0], evaluations };
    let status = 200;
    for (let asked = 0; asked < 31 && status === 200; asked += 1)
      status = (await ask(body, "ada", MANY)).status;
    expect(status).toBe(429);
    expect((await ask(question("fs/read_file"), "aud")).status).toBe(200);
    server.world.ambient.advance(60_000);
    expect((await ask(question("fs/read_file"))).status).toBe(200);
  });
});

describe("many questions", () => {
  const tools = ["fs/read_file", "fs/write_file", "fs/read_file"].map((id) => ({
    resource: { type: "tool", id },
  }));
  const { resource: _resource, ...common } = question("");

  test("share what they leave out", async () => {
    expect(await decisions({ ...common, evaluations: tools })).toEqual([true, false, true]);
  });

  test.each([
    ["execute_all", [true, false, true]],
    ["deny_on_first_deny", [true, false]],
    ["permit_on_first_permit", [true]],
  ])("end as %s says", async (evaluations_semantic, expected) => {
    expect(await decisions({ ...common, evaluations: tools, options: { evaluations_semantic } })).toEqual(
      expected,
    );
  });

  test("without a list are one", async () => {
    expect(await decisions(question("fs/read_file"))).toEqual([true]);
  });

  test("of which one is none are answered all the same", async () => {
    const { body } = await ask({ ...common, evaluations: [{}, tools[0]] }, "ada", MANY);
    expect(body["evaluations"]).toMatchObject([
      { decision: false, context: { error: { status: 400 } } },
      { decision: true, context: { id: "1" } },
    ]);
  });

  test("are a hundred at most", async () => {
    const evaluations = Array.from({ length: 101 }, () => ({}));
    expect((await ask({ ...question("fs/read_file"), evaluations }, "ada", MANY)).status).toBe(400);
  });
});

test("the metadata say where to ask, to anybody", async () => {
  const { body } = await server.send("", "GET /.well-known/authzen-configuration");
  expect(body).toEqual({
    policy_decision_point: "https://doorward.example",
    access_evaluation_endpoint: "https://doorward.example/access/v1/evaluation",
    access_evaluations_endpoint: "https://doorward.example/access/v1/evaluations",
  });
});

const DISTRUSTED = { repeated: 1, missed: 0, disagreements: 1, isDistrusted: true };

test("once the policy engines differed, nothing is promised in advance", async () => {
  const own = server.world.as("ada");
  const distrusted = { ...own, crosscheck: { state: () => DISTRUSTED } };
  const asked = evaluation.parse(question("fs/read_file"));
  expect((await decide(own, asked, "0")).decision).toBe(true);
  const answer = await decide(distrusted, asked, "0");
  expect(answer.decision).toBe(false);
  expect(answer.context.reason_admin?.en).toMatch(/engines differed/);
});
