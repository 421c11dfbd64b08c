import { spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certifyHost, makeAuthority } from "#authority";
import { type HttpHouse, openHttpHouse } from "../support/http-house.ts";
import { doorward, program, scratch } from "./doorward-process.ts";

// `doorward ca show|env|install` as a signed-in person runs them, beside a real Doorward: what is printed is evaluated by a
// shell, and clients then reach a TLS upstream through the http door. Of the whole system's trust: in a root of its own.

const MAIN = fileURLToPath(new URL("../../src/main/index.ts", import.meta.url));
const DAY_MS = 86_400_000;
const { path: folder, remove } = scratch();
const isHere = (name: string): boolean => spawnSync(name, ["--version"]).status === 0;

let house: HttpHouse;
let upstream: Server;
let url = "";
let through: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  const { authority, certificate, key } = outside();
  const before = process.env["NODE_EXTRA_CA_CERTS"];
  process.env["NODE_EXTRA_CA_CERTS"] = file("world.pem", authority);
  house = await openHttpHouse();
  if (before === undefined) delete process.env["NODE_EXTRA_CA_CERTS"];
  else process.env["NODE_EXTRA_CA_CERTS"] = before;
  upstream = createServer({ cert: certificate, key }, (asked, response) => {
    response.end(`${asked.method} ${asked.url}`);
  }).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const name = `localhost:${(upstream.address() as AddressInfo).port}`;
  url = `https://${name}/page`;
  const agent = await house.session("surfer");
  await house.grant("surfer", name);
  const proxy = house.proxy.replace("://", `://agent:${agent}@`);
  // Nothing of this machine's that says what to trust, or leads elsewhere.
  const { PATH, HOME } = process.env;
  through = { PATH, HOME, HTTPS_PROXY: proxy, https_proxy: proxy, NODE_USE_ENV_PROXY: "1" };
});
afterAll(async () => {
  await house?.close();
  upstream?.closeAllConnections();
  upstream?.close();
  remove();
});

interface Said {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

const signedIn = (): NodeJS.ProcessEnv => ({
  DOORWARD_URL: house.running.url,
  DOORWARD_DATA: join(folder, "terminal"),
  DOORWARD_TOKEN: house.admin.token,
});

async function cli(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Said> {
  const ran = doorward(args, { ...signedIn(), ...variables });
  return { status: await ran.ended, out: ran.said(), error: ran.complained() };
}

/** A program with no environment but the given one. */
function inClean(environment: NodeJS.ProcessEnv, ...command: string[]) {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value ?? ""}`);
  return program("env", ["-i", ...variables, ...command], {});
}

/** A command in a shell that has evaluated these lines first. */
async function shell(lines: string, environment: NodeJS.ProcessEnv, ...command: string[]): Promise<Said> {
  const ran = inClean(environment, "sh", "-c", 'eval "$1"; shift; exec "$@"', "sh", lines, ...command);
  return { status: await ran.ended, out: ran.said(), error: ran.complained() };
}

test("ca show says which authority it is and until when, and writes its certificate into a pipe", async () => {
  const told = JSON.parse((await cli(["ca", "show", "--json"])).out) as Record<string, string>;
  const piped = new X509Certificate((await cli(["ca", "show"])).out);
  expect(told["fingerprint"]).toBe(piped.fingerprint256);
  expect(told["validTo"]).toBe(piped.validToDate.toISOString());
  expect(piped.validToDate.getTime() - Date.now()).toBeGreaterThan(1_800 * DAY_MS);
  expect(told["subject"]).toContain("Doorward");
  expect(JSON.stringify(told)).not.toContain("PRIVATE");
  expect((await cli(["ca", "show"], { DOORWARD_TOKEN: "dwt_nobody" })).status).toBe(3);
});

const NODE = `fetch(process.argv[1]).then((answer) => answer.text()).then(console.log,
  (error) => { console.error(error.cause?.code ?? error); process.exit(1); });`;
const PYTHON =
  "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode())";
/** How each is asked for a page, by the environment alone. */
const CLIENTS = [
  ["curl", ["curl", "-sS", "--max-time", "20"]],
  ["node", ["node", "-e", NODE]],
  ["python3", ["python3", "-c", PYTHON]],
] as const;

describe("ca env, evaluated by a shell", () => {
  let env: Said;
  beforeAll(async () => {
    env = await cli(["ca", "env", "--agent", "surfer"]);
  });

  test("prints variables and nothing else, and proves itself with the clients that are here", () => {
    expect([env.status, env.error]).toEqual([0, expect.stringContaining("node: trusts it\n")]);
    for (const line of env.out.trim().split("\n")) expect(line).toMatch(/^export [A-Z_]+='[^']*'$/);
    for (const name of ["curl", "python3"])
      expect(env.error).toContain(
        isHere(name) ? `${name}: trusts it\n` : `${name}: is not on this machine\n`,
      );
  });

  for (const [name, command] of CLIENTS)
    test.skipIf(!isHere(name))(
      `${name} reads a page over HTTPS through the http door, and without the variables does not (skipped where it is not installed)`,
      { timeout: 120_000 },
      async () => {
        const trusting = await shell(env.out, through, ...command, url);
        expect([trusting.status, trusting.out.trim(), trusting.error]).toEqual([0, "GET /page", ""]);
        const without = await shell("", through, ...command, url);
        expect(without.status).not.toBe(0);
        expect(without.error).toMatch(/certificate|CERT|VERIFY/);
      },
    );

  test("fails where a client that is here does not trust it, with that client's reason", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    file("bin/curl", "#!/bin/sh\necho 'curl: (60) SSL certificate problem: pinned' >&2\nexit 60\n");
    chmodSync(join(bin, "curl"), 0o755);
    const failed = await cli(["ca", "env"], { PATH: `${bin}:${process.env["PATH"]}` });
    expect(failed.status).toBe(1);
    expect(failed.error).toContain("curl: does not trust it (curl: (60) SSL certificate problem: pinned)");
    expect((await cli(["ca", "env", "--shell", "csh"])).status).toBe(2);
  });
});

test("ca install asks where; for an image it writes the file that its lines copy", async () => {
  const nowhere = await cli(["ca", "install"]);
  expect([nowhere.status, nowhere.error]).toEqual([2, expect.stringContaining("--system")]);
  const image = await cli(["ca", "install", "--container"]);
  expect([image.status, image.out]).toEqual([0, expect.stringContaining("RUN update-ca-certificates")]);
  const copied = /Copy (\S+) beside/.exec(image.error)?.[1] ?? "";
  expect(readFileSync(copied, "utf8")).toBe((await cli(["ca", "show"])).out);
});

/** A root in which the folders of this machine's trust are others': what is written there is gone with the last process. */
const THROW_AWAY = (
  "--unshare-user --uid 0 --gid 0 --dev-bind / / " +
  "--tmpfs /usr/local/share/ca-certificates --tmpfs /etc/ssl/certs --die-with-parent --"
).split(" ");
const STORE = ["/usr/local/share/ca-certificates", "/etc/ssl/certs"];
const isRootMade =
  isHere("curl") &&
  spawnSync("bwrap", [...THROW_AWAY, "sh", "-c", "command -v update-ca-certificates"]).status === 0;

describe.skipIf(!isRootMade)(
  "ca install --system (skipped without curl, or bubblewrap to make a root, or Debian's update-ca-certificates)",
  () => {
    test("everything in that root trusts it, until it is taken back; outside of it nothing changed", {
      timeout: 180_000,
    }, async () => {
      const before = STORE.map((place) => readdirSync(place));
      const run = `"${process.execPath}" "${MAIN}" ca`;
      const asked = `curl -sS --max-time 20 "${url}"`;
      const steps = `${run} install --system && echo && ${asked}; echo " status $?"
          ${run} uninstall --system; ${asked}; echo "status $?"`;
      const ran = inClean({ ...signedIn(), ...through }, "bwrap", ...THROW_AWAY, "sh", "-c", steps);
      expect(await ran.ended).toBe(0);
      expect(ran.said()).toMatch(/trusts it now \(Debian, Ubuntu, Alpine: \S+doorward-ca\.crt\)/);
      expect(ran.said()).toContain("GET /page status 0");
      expect(ran.said()).toMatch(/trusts it no more\n[\s\S]*status 60\n$/);
      expect(ran.complained()).toContain("curl: trusts it\n");
      expect(ran.complained()).toMatch(/^Roots of their own, .*`doorward ca env`.*: node\b/m);
      expect(STORE.map((place) => readdirSync(place))).toEqual(before);
    });
  },
);

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function p256() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/** The world's own authority, and its certificate of localhost. */
function outside() {
  const [leaf, keys] = [p256(), p256()];
  const [now, random] = [Date.now(), randomBytes];
  const authority = makeAuthority({ name: "The world outside", now, random, keys });
  const publicKey = leaf.publicKey.export({ type: "spki", format: "der" });
  const certificate = certifyHost({ authority, host: "localhost", publicKey, now, random });
  const key = leaf.privateKey.export({ type: "pkcs8", format: "pem" });
  return { authority: authority.certificate, certificate, key };
}
