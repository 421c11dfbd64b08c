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

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  readonly asked: readonly string[];
}

/** Adds server `mail`; `answer` is what the person says when asked, null where nobody is there. */
async function add(flags: readonly string[], answer: (() => string) | null): Promise<Ran> {
  const said = { out: "", error: "" };
  const asked: string[] = [];
  const ask = async (question: string): Promise<string> => {
    asked.push(question);
    return answer?.() ?? "";
  };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    error: (text) => void (said.error += text),
    width: answer === null ? null : 100,
    secret: null,
    ask: answer === null ? null : ask,
    stdin: async () => "",
  };
  const code = await runCli(["servers", "add", "mail", ...flags, "--", "true"], {
    version: "0",
    environment: { DOORWARD_URL: server.url, DOORWARD_TOKEN: "ada" },
    directory: "/nonexistent",
    terminal,
    fetch,
    local: [],
  });
  return { code, asked, ...said };
}

const statuses = async (): Promise<unknown[]> => {
  const { items } = await server.world.ask("ada", "tools.list", { server: "mail" });
  return (items as { status: string }[]).map(({ status }) => status);
};

test("a person is shown what it offers, asked, and obeyed", async () => {
  const ran = await add([], () => "y");
  expect(ran.out).toMatch(/name +kind +effects +status +description/);
  expect(ran.out).toMatch(/mail\/write_file +tool +write +new/);
  expect(ran.asked).toEqual(["Accept all 2? [y/N] "]);
  expect([ran.code, await statuses()]).toEqual([EXIT.ok, ["accepted", "accepted"]]);
  expect(ran.error).toContain("doorward manifests init mail");
});

test.each(["", "n", "no", "yep", "accept"])(
  "an answer that is no yes (%j) accepts nothing",
  async (answer) => {
    const ran = await add([], () => answer);
    expect(ran.error).toContain("doorward tools accept 'mail/*'");
    expect([ran.code, await statuses()]).toEqual([EXIT.ok, ["new", "new"]]);
  },
);

test("what changes while the person reads is not accepted", async () => {
  const ran = await add([], () => {
    server.world.store.connection.exec("UPDATE tools SET fingerprint = 'sha256:other' WHERE server = 'mail'");
    return "yes";
  });
  expect(ran.error).toContain("(tool_changed)");
  expect([ran.code, await statuses()]).toEqual([EXIT.conflict, ["new", "new"]]);
});

test("nobody there: nobody is asked, and it says what waits and how to accept it", async () => {
  const ran = await add([], null);
  expect(ran.error).toContain("mail/read_file, mail/write_file");
  expect(ran.error).toContain("doorward tools accept 'mail/*'");
  expect(await statuses()).toEqual(["new", "new"]);
});

test("--json prints the API's answer alone and asks nobody; --accept and --dry-run ask nobody", async () => {
  const rehearsal = await add(["--dry-run"], () => "y");
  expect([rehearsal.asked, await statuses()]).toEqual([[], []]);
  const json = await add(["--json"], () => "y");
  expect([json.asked, JSON.parse(json.out)]).toMatchObject([[], { offers: [{ status: "new" }, {}] }]);
  expect(json.error).toContain("doorward tools accept 'mail/*'");
  await server.world.ask("ada", "servers.remove", { server: "mail" });
  const accepted = await add(["--accept"], () => "n");
  expect([accepted.asked, await statuses()]).toEqual([[], ["accepted", "accepted"]]);
  expect(accepted.error).toContain("doorward manifests init mail");
});

test("a description is the server's own words: shown inert, its first line alone, cut", async () => {
  const { upstreams } = server.world.as("ada");
  const inspect = upstreams.inspect;
  const description = `\u001b[2Jtrust \u202eme${"!".repeat(300)}\nsecond line`;
  Object.assign(upstreams, {
    inspect: async () => ({ ...(await inspect("mail")), tools: [{ name: "pay", description }] }),
  });
  const { out } = await add([], () => "n");
  for (const never of ["\u001b", "\u202e", "second line"]) expect(out).not.toContain(never);
  expect(out).toContain("trust");
});
