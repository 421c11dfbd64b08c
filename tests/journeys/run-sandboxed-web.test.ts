import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { lookup } from "node:dns/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findMeans, NODE } from "#sandbox";
import { answerGit, hasGitBackend } from "../support/git-backend.ts";
import { type HttpHouse, openHttpHouse } from "../support/http-house.ts";
import { testAuthority } from "../support/proxy/certificates.ts";
import { program, scratch } from "./doorward-process.ts";

// The web from inside `doorward run`: clients of several languages, and git with a credential of the vault, ask a host over TLS
// and are told nothing but the environment that the sandbox has. Skipped, and said so, where no sandbox can be made.

const means = findMeans();
const MAIN = fileURLToPath(new URL("../../src/main/index.ts", import.meta.url));
const TOKEN = "canary.git.sandbox.0123456789";
const CONTROL = "control.of.the.search.9876543210";
const BASIC = Buffer.from(`x-access-token:${TOKEN}`).toString("base64");
const RUN_MS = 120_000;

const folder = scratch();
const repositories = join(folder.path, "repositories");
const workspace = join(folder.path, "work");
const world = testAuthority("The world outside");
const heard: string[] = [];
/** Processes of this machine that had the credential in sight when it was used. */
const tellers: string[] = [];
let server: Server;
let house: HttpHouse;
let at = "";

beforeAll(async () => {
  if (means.kind === "missing") return;
  mkdirSync(workspace);
  const name = await openServer();
  const trusted = join(folder.path, "world.pem");
  writeFileSync(trusted, world.certificate);
  const before = process.env["NODE_EXTRA_CA_CERTS"];
  process.env["NODE_EXTRA_CA_CERTS"] = trusted;
  house = await openHttpHouse();
  if (before === undefined) delete process.env["NODE_EXTRA_CA_CERTS"];
  else process.env["NODE_EXTRA_CA_CERTS"] = before;
  at = `${isIP(name) === 6 ? `[${name}]` : name}:${(server.address() as AddressInfo).port}`;
  await house.admin.perform("agents.add", { name: "coder" });
  await house.grant("coder", at, { trusted: true });
  const credential = { name: "git", kind: "basic", user: "x-access-token", to: [`https://${at}/acme`] };
  await house.admin.perform("vault.add", { ...credential, secret: TOKEN });
}, 90_000);
afterAll(async () => {
  await house?.close();
  server?.closeAllConnections();
  server?.close();
  folder.remove();
});

/**
 * A host by a name of this machine that is not `localhost`: that one stays inside the sandbox (NO_PROXY), as it does for every
 * client.
 */
async function openServer(): Promise<string> {
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const addresses = own.filter(({ internal }) => !internal).map(({ address }) => address);
  for (const name of [hostname(), "ip6-localhost", ...addresses]) {
    try {
      const { address } = await lookup(name);
      const leaf = world.leaf(name);
      server = createServer({ cert: leaf.certificate, key: leaf.key }, answer).listen(0, address);
      await once(server, "listening");
      return name;
    } catch {
      // The next name.
    }
  }
  throw new Error("this machine has no name and no address but localhost");
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { method, url = "", headers } = request;
  heard.push(`${method} ${url}`);
  if (!url.startsWith("/acme/")) {
    response.writeHead(200, { "content-type": "text/plain" }).end(`${method} ${url} over TLS`);
    return;
  }
  if (headers.authorization !== `Basic ${BASIC}`) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    return;
  }
  tellers.push(...processesThatTell());
  answerGit(repositories, request, response);
}

/** Command lines and environments of every process of this machine that can be read, searched for the credential. */
function processesThatTell(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])
    .filter((path) => {
      try {
        const text = readFileSync(path, "latin1");
        return text.includes(TOKEN) || text.includes(BASIC);
      } catch {
        return false;
      }
    });
}

/** A script of sh in a sandbox of its own, with these arguments; what it said, whole. */
async function inside(script: string, ...args: string[]): Promise<{ status: number | null; said: string }> {
  const words = ["run", "coder", "--", "/bin/sh", "-c", script, "sh", ...args];
  const ran = program("/usr/bin/env", ["-C", workspace, process.execPath, MAIN, ...words], {
    DOORWARD_URL: house.running.url,
    DOORWARD_DATA: join(folder.path, "terminal"),
    DOORWARD_TOKEN: house.admin.token,
  });
  return { status: await ran.ended, said: `${ran.said()}${ran.complained()}` };
}

const has = (name: string, ...args: string[]): boolean => spawnSync(name, args).status === 0;
/** A source file is run as it is (JEP 330), which a runtime without a compiler does not. */
const runsJava = (spawnSync("java", ["--list-modules"], { encoding: "utf8" }).stdout ?? "").includes(
  "jdk.compiler",
);

const FETCH = "console.log(await (await fetch(process.argv[2])).text())";
const GET = `require("node:https").get(process.argv[2], (answer) => answer.pipe(process.stdout));`;
const PYTHON = "import sys, urllib.request as r\nprint(r.urlopen(sys.argv[1]).read().decode())";
const JAVA = `import java.net.URI;
import java.net.http.*;
public class Get {
  public static void main(String[] a) throws Exception {
    var asked = HttpRequest.newBuilder(URI.create(a[0])).build();
    System.out.println(HttpClient.newHttpClient().send(asked, HttpResponse.BodyHandlers.ofString()).body());
  }
}`;

/** A client, its file, how it is called with an address, what it trusts by, and whether it is here. */
type Client = readonly [name: string, file: readonly [string, string], call: string, by: string, is: boolean];
const CLIENTS: readonly Client[] = [
  ["Node's fetch", ["fetch.mjs", FETCH], `${NODE} fetch.mjs "$1"`, "NODE_EXTRA_CA_CERTS", true],
  ["Node's https", ["get.cjs", GET], `${NODE} get.cjs "$1"`, "NODE_EXTRA_CA_CERTS", true],
  [
    "Python's urllib",
    ["get.py", PYTHON],
    'python3 get.py "$1"',
    "SSL_CERT_FILE",
    has("/usr/bin/python3", "--version"),
  ],
  [
    "curl",
    ["empty", ""],
    'curl -sS --fail "$1"',
    "CURL_CA_BUNDLE -u SSL_CERT_FILE",
    has("curl", "--version"),
  ],
  ["Java's HttpClient", ["Get.java", JAVA], 'java Get.java "$1"', "JAVA_TOOL_OPTIONS", runsJava],
];

describe.skipIf(means.kind === "missing")(
  "over TLS from inside (skipped where no sandbox can be made)",
  () => {
    for (const [name, [file, text], call, by, isHere] of CLIENTS)
      test.skipIf(!isHere)(
        `${name} is answered, by the environment alone (skipped where it is not installed)`,
        async () => {
          writeFileSync(join(workspace, file), text);
          // What is trusted is Doorward's authority, and by that name: without it nobody is answered.
          const script = `${call} || exit 8; if env -u ${by} ${call}; then exit 9; fi`;
          const asked = heard.length;
          const answered = { status: 0, said: expect.stringContaining("GET /page over TLS") };
          expect(await inside(script, `https://${at}/page`)).toMatchObject(answered);
          expect(heard).toHaveLength(asked + 1);
        },
        RUN_MS,
      );
  },
);

/** Looks for the words of a file in everything that the program can read: environment, processes, files of its own. */
const SEARCH = `
{ env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null; } | tr '\\0' '\\n' | grep -c -F -f "$1" | sed "s/^/environments: /"
grep -r -l -F -f "$1" --exclude-dir=words "$HOME" /tmp /run /etc /var /dev/shm . 2>/dev/null | sed "s/^/file: /"
`;
const CLONE = `
set -e
git ls-remote --get-url git@github.com:acme/tool.git
git config --global url."https://$1/".insteadOf git@git.example:
git clone -q git@git.example:acme/tool.git tool
cd tool
git -c user.name=robot -c user.email=robot@example.com commit -q --allow-empty -m "By the agent"
git push -q origin HEAD:work
cat a.txt
cd ..
set +e
`;

describe.skipIf(means.kind === "missing" || !hasGitBackend())(
  "git (skipped where it is not installed)",
  () => {
    beforeAll(() => {
      const bare = join(repositories, "acme", "tool.git");
      mkdirSync(repositories);
      const git = (...args: string[]) => spawnSync("git", args, { cwd: folder.path });
      git("init", "-q", "--bare", "-b", "main", bare);
      const seed = join(folder.path, "seed");
      git("clone", "-q", bare, seed);
      writeFileSync(join(seed, "a.txt"), "a line of the repository\n");
      git("-C", seed, "add", "a.txt");
      git("-C", seed, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "-m", "Begin");
      git("-C", seed, "push", "-q", "origin", "HEAD:main");
    });

    test(
      "clones and pushes by an address for SSH; the vault's credential is nowhere in the sandbox",
      async () => {
        const { status, said } = await inside(`${CLONE}${searching()}`, at);
        expect([status, said]).toEqual([0, expect.stringContaining("a line of the repository")]);
        expect(said).toContain("https://github.com/acme/tool.git");
        expect(heard.some((line) => line === "POST /acme/tool.git/git-receive-pack")).toBe(true);
        const found = said.split("\n").filter((line) => /^(?:environments|file): /.test(line));
        // The search finds what is there: the control's word, in the file and in the environment that were given it.
        const [of, ...control] = found;
        expect(of).toBe("environments: 0");
        expect(control).toEqual([expect.stringMatching(/^environments: [1-9]/), "file: /home/agent/control"]);
        expect(said).not.toContain(TOKEN);
        expect(tellers).toEqual([]);
        expect(processesThatTell()).toEqual([]);
      },
      RUN_MS,
    );
  },
);

/** What is looked for is spelled in octal (printf(1)), so that the script itself does not hold it. */
function printing(...words: readonly string[]): string {
  const lines = words.map((word) => [...Buffer.from(`${word}\n`)].map((byte) => `\\${byte.toString(8)}`));
  return `printf '${lines.flat().join("")}'`;
}

function searching(): string {
  return `
mkdir words
${printing(TOKEN, BASIC, Buffer.from(TOKEN).toString("base64"))} > words/credential
${printing(CONTROL)} > words/control
look() { ${SEARCH} }
look words/credential
cp words/control "$HOME/control"
MARK=$(cat words/control)
export MARK
look words/control
rm -r words
exit 0
`;
}
