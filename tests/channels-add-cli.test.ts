import { afterEach, beforeEach, expect, test } from "vitest";
import { EXIT, runCli, type Terminal } from "#cli";
import { type OperationsServer, serveOperations } from "./support/operations-server.ts";

let server: OperationsServer;
beforeEach(async () => {
  server = await serveOperations();
});
afterEach(async () => {
  await server.close();
});

/** `doorward channels add …` with a person who gives these answers; null: nobody is there. */
async function add(args: readonly string[], answers: readonly string[] | null, stdin = "") {
  const said = { out: "", error: "", asked: [] as string[], hidden: [] as string[] };
  const left = [...(answers ?? [])];
  const answer = (to: string[]) => async (question: string) => {
    to.push(question);
    return left.shift() ?? "";
  };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    error: (text) => void (said.error += text),
    width: answers === null ? null : 100,
    secret: answers === null ? null : answer(said.hidden),
    ask: answers === null ? null : answer(said.asked),
    stdin: async () => stdin,
  };
  const code = await runCli(["channels", "add", ...args], {
    version: "0",
    environment: { DOORWARD_URL: server.url, DOORWARD_TOKEN: "ada" },
    directory: "/nonexistent",
    terminal,
    fetch,
    local: [],
  });
  return { code, ...said };
}

test("a person is walked through: steps, settings, secrets unseen, who reaches it, a test card, what comes next", async () => {
  const ran = await add(["slack"], ["", "xoxb-s3cret", "olga-bot", "C1"]);
  expect(ran.error).toContain("Slack:\n  1. Make a bot at Slack\n  2. Copy its token\n");
  expect(ran.asked.map((question) => question.split(" (")[0])).toEqual([
    "bot",
    "Agents that can read or post at Slack by means Doorward does not see",
    "Where to send a test card",
  ]);
  expect(ran.hidden).toHaveLength(1);
  expect(ran.error).toContain("doorward channels link slack");
  expect(ran.error).toContain("doorward channels route --group GROUP --channel slack");
  expect(ran.out + ran.error).not.toContain("s3cret");
  expect(ran.code).toBe(EXIT.ok);
  expect(server.world.chats.messages).toMatchObject([
    { to: { kind: "room", id: "C1" }, card: { buttons: [] } },
  ]);
  expect(await server.world.ask("ada", "channels.get", { channel: "slack" })).toMatchObject({
    agentsMayReach: ["olga-bot"],
    account: "bot in T1",
  });
});

test("a webhook's address is shown once it is known", async () => {
  const ran = await add(["webhook"], ["", "s3cret", "", ""]);
  expect(ran.error).toMatch(
    /Give the platform this address: https:\/\/hooks\.example\/hooks\/webhook\/[\w-]{32}\n/,
  );
});

test("in a script nothing is asked, and secrets come from standard input", async () => {
  const ran = await add(
    ["telegram", "--secrets", "-", "--agents-may-reach", "none", "--json"],
    null,
    "token=s3cret\n",
  );
  expect([ran.code, ran.asked]).toEqual([EXIT.ok, []]);
  expect(ran.out).not.toContain("s3cret");
  expect(server.world.dump()).not.toContain("s3cret");
});

test("a token that the platform refuses adds nothing", async () => {
  const ran = await add(["slack", "--secrets", "-", "--agents-may-reach", "none"], null, "wrong");
  expect(ran.error).toContain("(channel_refused)");
  expect(await server.world.ask("ada", "channels.list", {})).toMatchObject({ items: [] });
});
