import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EXIT, runCli, type Terminal } from "#cli";
import { type OperationsServer, serveOperations } from "./support/operations-server.ts";

let server: OperationsServer;
let directory: string;
beforeEach(async () => {
  server = await serveOperations();
  directory = mkdtempSync(join(tmpdir(), "doorward-cli-"));
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

interface Run {
  readonly as?: string;
  readonly url?: string;
  readonly width?: number;
  readonly stdin?: string;
  readonly secrets?: readonly string[];
  readonly fetch?: typeof fetch;
}

async function doorward(args: readonly string[], run: Run = {}): Promise<Ran> {
  const said = { out: "", error: "" };
  const secrets = [...(run.secrets ?? [])];
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    error: (text) => void (said.error += text),
    width: run.width ?? null,
    secret: run.secrets === undefined ? null : async () => secrets.shift() ?? "",
    ask: run.secrets === undefined ? null : async () => "admin",
    stdin: async () => run.stdin ?? "",
  };
  const code = await runCli(args, {
    version: "0",
    environment: {
      DOORWARD_URL: run.url ?? server.url,
      DOORWARD_DATA: directory,
      DOORWARD_TOKEN: run.as ?? "ada",
    },
    directory,
    terminal,
    fetch: run.fetch ?? fetch,
    local: [{ name: "start", summary: "Start", run: async (rest) => rest.length }],
  });
  return { code, ...said };
}

const on = (line: string, run?: Run): Promise<Ran> => doorward(line.split(" "), run);

describe("exit codes", () => {
  test.each([
    ["agents list", {}, EXIT.ok],
    ["--help", {}, EXIT.ok],
    ["agents add --help", {}, EXIT.ok],
    ["--version", {}, EXIT.ok],
    ["agents addd x", {}, EXIT.usage],
    ["agents add", {}, EXIT.usage],
    ["agents add UPPER", {}, EXIT.usage],
    ["agents list --limit many", {}, EXIT.usage],
    ["agents set-stage olga-bot sleep", {}, EXIT.usage],
    ["policy check /nonexistent/file", {}, EXIT.usage],
    ["policy check /", {}, EXIT.usage],
    ["completion tcsh", {}, EXIT.usage],
    ["agents add x", { as: "aud" }, EXIT.refused],
    ["agents list", { as: "nobody" }, EXIT.refused],
    ["agents get nobody", {}, EXIT.unknown],
    ["agents list", { url: "http://127.0.0.1:1" }, EXIT.unreachable],
    ["agents list", { url: "no address" }, EXIT.usage],
    ["agents add olga-bot", {}, EXIT.conflict],
    ["start a b c", {}, 3],
  ])("doorward %s %j ends with %i", async (line, run, code) => {
    expect((await on(line, run)).code).toBe(code);
  });

  test("bad news ends with 1, so that scripts notice", async () => {
    const ran = await on("policy check -", { stdin: "permit (" });
    expect(ran.code).toBe(EXIT.failed);
    expect(ran.out).toContain("ok");
  });
});

describe("answers", () => {
  test("a list is a table; --json is the API's own answer", async () => {
    const { out } = await on("agents list");
    expect(out.split("\n").slice(0, 2)).toEqual([
      expect.stringMatching(
        /^name +stage +stage from +bypassable +reaches +stage proof +owner name +purpose +last seen at +revoked at$/,
      ),
      expect.stringMatching(
        /^olga-bot +enforce +default +not seen +observe: everything; enforce: .*; isolate: the same, .* - +olga +- +-$/,
      ),
    ]);
    const json: unknown = JSON.parse((await on("agents list --json")).out);
    expect(json).toMatchObject({ items: [{ name: "olga-bot" }, { name: "otto-bot" }], next: null });
  });

  test("a page says how to go on", async () => {
    const { out } = await on("agents list --limit 1");
    const after = /More: --after (\S+)/.exec(out)?.[1] ?? "";
    expect((await on(`agents list --limit 1 --after ${after}`)).out).toContain("otto-bot");
  });

  test("a narrow terminal gets a narrow table, a pipe everything", async () => {
    const narrow = (await on("approvals list", { width: 80 })).out;
    expect(Math.max(...narrow.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(narrow).toContain("…");
    expect((await on("approvals list")).out).not.toContain("…");
  });

  test("a policy set is a table for a person, and its own text in a pipe", async () => {
    const { out } = await on("policy show");
    expect((await on("policy check -", { stdin: out })).code).toBe(EXIT.ok);
    expect((await on("policy show", { width: 100 })).out).toMatch(/^digest +sha256:/);
    const held = `@id("w") @hold("admins") @expires("90m") @escalate("15m leads, 1h owners") @breakglass("oncall")
@grantable("session; 5 times; 8h") forbid (principal, action, resource);`;
    const checked = await on("policy check -", { stdin: held, width: 200 });
    expect(checked.out).toMatch(/w +forbid +admins +90m +15m leads, 1h owners +oncall +session; 5 times; 8h/);
  });

  test("--dry-run says what would happen", async () => {
    expect((await on("agents revoke olga-bot --dry-run")).out).toBe(
      "Would revoke agent olga-bot for good. Nothing was changed.\n",
    );
    expect((await on("agents get olga-bot")).out).toMatch(/revoked at +-\n/);
  });

  test("--idempotency-key does it once", async () => {
    const first = await on("agents add x --idempotency-key k --json");
    expect((await on("agents add x --idempotency-key k --json")).out).toBe(first.out);
  });

  test("a receipt is printed as the file it is", async () => {
    const { out } = await on(`receipts get ${server.world.ids.actions["olga"]}`);
    expect(JSON.parse(out)).toMatchObject({ format: "doorward-receipt@v1" });
  });

  test("with --json a problem is JSON too", async () => {
    const { error } = await on("agents get nobody --json");
    expect(JSON.parse(error)).toMatchObject({ code: "agent_unknown", remedy: expect.any(String) });
  });

  test("every kind of input arrives: lists, records, JSON, files, flags", async () => {
    const file = join(directory, "p.cedar");
    writeFileSync(file, '@id("a") permit (principal, action, resource);');
    expect((await doorward(["policy", "check", file])).out).toMatch(/^ok +yes/);
    expect((await on("users add zoe --roles approver auditor --groups finance it --json")).out).toContain(
      '"it"',
    );
    const why = ["policy", "why", "--agent", "olga-bot", "--tool", "fs/write_file", "--arguments", '{"a":1}'];
    expect((await doorward(why)).out).toMatch(/^verdict +hold/);
    await doorward([
      "servers",
      "add",
      "more",
      "--environment",
      "A=1",
      "B=x=y",
      "--accept",
      "--",
      "true",
      "--flag",
      "-y",
    ]);
    expect(server.world.told).toContain("secrets more env:A,env:B");
    expect((await on("servers get more")).out).toContain("true --flag -y");
  });
});

describe("what agents and servers wrote (T19)", () => {
  const HOSTILE = "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp.exe\u200b\r\nDeny: no";

  test("cannot move, recolour, hide or reorder anything", async () => {
    server.world.store.connection.prepare("UPDATE agents SET purpose = ?").run(HOSTILE);
    for (const line of ["agents list", "agents get olga-bot", "agents get olga-bot --json"]) {
      const { out } = await on(line, { width: 200 });
      expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(out).toMatch(/\\u\{?1?0*1b/);
    }
  });

  test("stays what it was in JSON", async () => {
    server.world.store.connection.prepare("UPDATE agents SET purpose = ?").run(HOSTILE);
    expect(JSON.parse((await on("agents get olga-bot --json")).out)).toMatchObject({ purpose: HOSTILE });
  });

  test("is inert in errors, too", async () => {
    const { error } = await doorward(["agents", "get", "\u001b[31mx"]);
    expect(error).toContain("\\u");
    expect(error).not.toContain("\u001b");
  });
});

const session = (routes: Readonly<Record<string, unknown>>, seen: string[] = []): typeof fetch =>
  (async (url: URL, init: RequestInit) => {
    const step = url.pathname.replace(/^\/console\/session\/?/, "");
    seen.push(`${step} ${JSON.stringify(init.body)}`);
    return step in routes ? Response.json(routes[step]) : fetch(url, init);
  }) as typeof fetch;

describe("signing in", () => {
  test("with name and password keeps a token that only its owner reads", async () => {
    const ran = await on("login", {
      secrets: ["pw"],
      fetch: session({ provider: { host: null }, "sign-in": { token: "dwu_x", name: "ada", expiresAt: 0 } }),
    });
    expect(ran).toMatchObject({ code: 0, out: "Signed in as ada, until 1970-01-01T00:00:00.000Z.\n" });
    expect(readFileSync(join(directory, "cli-token"), "utf8")).toBe("dwu_x\n");
    expect(statSync(join(directory, "cli-token")).mode & 0o777).toBe(0o600);
  });

  test("with a link sends only the token in it", async () => {
    const seen: string[] = [];
    await on("login http://localhost:7420/login#dwl_x", {
      fetch: session({ open: { token: "dwu_y", name: "ada", expiresAt: 0 } }, seen),
    });
    expect(seen).toEqual([`open ${JSON.stringify('{"token":"dwl_x","kind":"cli"}')}`]);
  });

  test("without a terminal there is nobody to ask", async () => {
    expect(await on("login", { fetch: session({ provider: { host: null } }) })).toMatchObject({
      code: EXIT.usage,
      error: expect.stringContaining("nobody_to_ask"),
    });
  });

  test("with a provider, and without a terminal, shows a code and waits until it is confirmed", async () => {
    const begun = {
      ticket: "dwt_x",
      userCode: "ABCD-\u001b[2J",
      address: "https://login.example.org/device",
      wholeAddress: null,
      intervalS: 0,
      expiresInS: 60,
    };
    const polls = [
      { waiting: true, intervalS: 0 },
      { token: "dwu_z", name: "ben", expiresAt: 0 },
    ];
    const routes = {
      provider: { host: "login.example.org" },
      device: begun,
      get "device/poll"() {
        return polls.shift();
      },
    };
    const seen: string[] = [];
    const ran = await on("login", { fetch: session(routes, seen) });
    expect(ran).toMatchObject({ code: 0, out: "Signed in as ben, until 1970-01-01T00:00:00.000Z.\n" });
    expect(ran.error).toContain("https://login.example.org/device");
    expect(ran.error).not.toContain("\u001b");
    expect(seen.filter((step) => step.startsWith("device/poll"))).toHaveLength(2);
    expect(readFileSync(join(directory, "cli-token"), "utf8")).toBe("dwu_z\n");
  });

  test("a token file that others may read is not used", async () => {
    writeFileSync(join(directory, "cli-token"), "dwu_x\n", { mode: 0o644 });
    const said: string[] = [];
    const code = await runCli(["agents", "list"], {
      version: "0",
      environment: {},
      directory,
      terminal: {
        out: () => {},
        error: (text) => void said.push(text),
        width: null,
        secret: null,
        ask: null,
        stdin: async () => "",
      },
      fetch,
      local: [],
    });
    expect([code, said.join("")]).toEqual([EXIT.usage, expect.stringContaining("token_exposed")]);
  });

  const person = { provider: null, hasPassword: true, passkeys: 0, session: "tok_0123456789abcdef" };
  const code = { ticket: "dwt_x", userCode: "ABCD", address: "https://x.example/", wholeAddress: null };
  test.each([
    ["the password", person, ["GET", "presence"]],
    ["the provider", { ...person, provider: "x.example" }, ["GET", "device", "device/poll"]],
    ["the console, for a passkey", { ...person, hasPassword: false, passkeys: 1 }, ["GET"]],
  ])(
    "where presence is needed a person shows it by %s, once; a script is refused",
    async (_name, is, steps) => {
      const { world } = server;
      let present = false;
      const seen: string[] = [];
      const present401 = (async (url: URL, init: RequestInit) => {
        if (url.pathname === "/console/session") {
          seen.push("GET");
          // From here on they are about to be there: what was asked for next is answered well.
          present = true;
          return Response.json(is);
        }
        if (url.pathname.startsWith("/console/session/")) {
          seen.push(url.pathname.replace("/console/session/", ""));
          return Response.json({ ...code, intervalS: 0, expiresInS: 60 });
        }
        if (present) return fetch(url, init);
        const problem = { code: "presence_required", status: 403, detail: "be here", remedy: "Confirm." };
        return Response.json(problem, {
          status: 403,
          headers: { "content-type": "application/problem+json" },
        });
      }) as typeof fetch;
      expect((await on("agents add x", { fetch: present401 })).code).toBe(EXIT.refused);
      expect((await on("agents add x", { fetch: present401, secrets: ["pw"] })).code).toBe(EXIT.ok);
      expect(seen).toEqual(steps);
      expect(world.kept.at(-1)?.kind).toBe("agent.added");
    },
  );
});
