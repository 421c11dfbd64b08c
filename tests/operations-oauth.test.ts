import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EXIT, runCli, type Terminal } from "#cli";
import { type OperationsServer, serveOperations } from "./support/operations-server.ts";

// What servers.add takes for OAuth, and where its secrets may come from.

const URL_OF = "https://crm.example/mcp";
const PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----";
const ISSUER = "https://login.example";
const MACHINE = { oauthGrant: "client_credentials", oauthIssuer: ISSUER, oauthClientId: "doorward" };
const SECRET = "hunter2-is-a-secret";
let server: OperationsServer;
let directory: string;
beforeEach(async () => {
  server = await serveOperations();
  directory = mkdtempSync(join(tmpdir(), "doorward-oauth-"));
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

/** As it stands in the row of the server. */
async function kept(name: string): Promise<unknown> {
  const { configuration } = await server.world.store.query
    .selectFrom("servers")
    .select("configuration")
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return JSON.parse(configuration);
}

describe("servers.add", () => {
  test.each<[object, object, string]>([
    [{ oauthClientId: "doorward" }, { clientId: "doorward" }, "secrets crm "],
    [{ oauthScope: "read write" }, { scope: "read write" }, "secrets crm "],
    [
      { oauthClientId: "doorward", oauthClientSecret: SECRET },
      { clientId: "doorward" },
      "secrets crm oauth:client-secret",
    ],
    [
      { ...MACHINE, oauthClientSecret: SECRET },
      { clientId: "doorward", grant: "client_credentials", issuer: ISSUER },
      "secrets crm oauth:client-secret",
    ],
    [
      { ...MACHINE, oauthPrivateKey: PEM, oauthAlgorithm: "RS256" },
      { clientId: "doorward", grant: "client_credentials", issuer: ISSUER, algorithm: "RS256" },
      "secrets crm oauth:private-key",
    ],
  ])("%j is kept as %j", async (given, oauth, told) => {
    await server.world.ask("ada", "servers.add", { name: "crm", url: URL_OF, ...given });
    expect(await kept("crm")).toEqual({
      transport: "http",
      url: URL_OF,
      headers: [],
      allowPrivate: false,
      oauth,
    });
    expect(server.world.told).toContain(told);
    expect(server.world.dump() + JSON.stringify(server.world.kept)).not.toContain(SECRET);
  });

  test.each<[object, string]>([
    [{ oauthClientSecret: SECRET }, "server_oauth_invalid"],
    [{ oauthPrivateKey: PEM }, "server_oauth_invalid"],
    [{ oauthClientId: "doorward", oauthPrivateKey: PEM }, "server_oauth_invalid"],
    [MACHINE, "server_oauth_invalid"],
    [{ ...MACHINE, oauthClientSecret: SECRET, oauthPrivateKey: PEM }, "server_oauth_invalid"],
    [{ ...MACHINE, oauthPrivateKey: "-----BEGIN EC PRIVATE KEY-----" }, "server_oauth_invalid"],
    [{ ...MACHINE, oauthClientSecret: SECRET, oauthAlgorithm: "ES256" }, "server_oauth_invalid"],
    [{ oauthGrant: "client_credentials", oauthClientSecret: SECRET }, "server_oauth_invalid"],
    [
      { oauthGrant: "client_credentials", oauthClientId: "d", oauthClientSecret: SECRET },
      "server_oauth_invalid",
    ],
    [{ oauthIssuer: ISSUER, oauthClientId: "d" }, "server_oauth_invalid"],
    [{ ...MACHINE, oauthPrivateKey: PEM, oauthAlgorithm: "none" }, "input_invalid"],
    [{ oauthGrant: "password" }, "input_invalid"],
    [{ oauthScope: 'a "b"' }, "input_invalid"],
    [{ oauthScope: "two  spaces" }, "input_invalid"],
    [{ url: undefined, command: ["true"], oauthClientId: "doorward" }, "server_input_invalid"],
  ])("%j is refused with %s", async (given, code) => {
    const input = JSON.parse(JSON.stringify({ name: "crm", url: URL_OF, ...given }));
    expect(await server.world.ask("ada", "servers.add", input)).toEqual({ fault: code });
  });
});

/** Adds a machine's server, its secret found at `place`. */
async function add(place: string, variables: Record<string, string> = {}, stdin = "") {
  const said = { out: "", error: "" };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    error: (text) => void (said.error += text),
    width: null,
    secret: null,
    ask: null,
    stdin: async () => stdin,
  };
  const words = [
    "servers",
    "add",
    "crm",
    "--url",
    URL_OF,
    "--oauth-grant",
    "client_credentials",
    "--oauth-issuer",
    ISSUER,
  ];
  const code = await runCli([...words, "--oauth-client-id", "doorward", "--oauth-client-secret", place], {
    version: "0",
    environment: { DOORWARD_URL: server.url, DOORWARD_TOKEN: "ada", ...variables },
    directory,
    terminal,
    fetch,
    local: [],
  });
  return { code, ...said };
}

describe("on the command line", () => {
  test.each<[string, (path: string) => string, Record<string, string>, string]>([
    ["a file, its last line feed apart", (path) => path, {}, ""],
    ["an environment variable", () => "env:CRM_SECRET", { CRM_SECRET: SECRET }, ""],
    ["standard input", () => "-", {}, `${SECRET}\n`],
  ])("a secret comes from %s", async (_what, place, variables, stdin) => {
    const path = join(directory, "secret");
    writeFileSync(path, `${SECRET}\n`);
    const ran = await add(place(path), variables, stdin);
    expect(ran).toMatchObject({ code: EXIT.ok });
    expect(server.world.sealed["crm"]).toEqual({ "oauth:client-secret": SECRET });
    expect(ran.out + ran.error).not.toContain(SECRET);
  });

  test("never from the command line itself, nor from a variable that is not there", async () => {
    expect(await add(SECRET)).toMatchObject({
      code: EXIT.usage,
      error: expect.stringContaining("file_missing"),
    });
    const ran = await add("env:NOT_SET");
    expect(ran).toMatchObject({ code: EXIT.usage, error: expect.stringContaining("environment_missing") });
  });
});
