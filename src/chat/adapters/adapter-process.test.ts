import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createEgress } from "#egress";
import type { ChatOutside } from "../platform.ts";
import type { Inbox } from "../port.ts";
import { AdapterProcess } from "./adapter-process.ts";
import { readLine } from "./answers.ts";
import { installAdapter } from "./install.ts";
import { LINE_BYTES_MAX, lineReader } from "./lines.ts";

const SECRET = "8765336106:AAF-secret-secret-secret";
const folder = mkdtempSync(join(tmpdir(), "doorward-adapter-"));
const egress = createEgress({ ownAddresses: () => [] });
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await egress.close();
});

const outside: ChatOutside = {
  ambient: {
    now: Date.now,
    monotonic: () => performance.now(),
    id: (prefix) => `${prefix}_00000000000000000000000000`,
    random: (bytes) => new Uint8Array(bytes),
  },
  egress,
  directory: folder,
  report: () => {},
};

/** A package in the adapter's place, whose class is written here; beside it as much of `chat` as the process calls. */
function openAs(adapter: string, apiUrl = "http://127.0.0.1:9"): AdapterProcess {
  const directory = mkdtempSync(join(folder, "installed-"));
  const put = (name: string, code: string): void => {
    const place = join(directory, "node_modules", name);
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, "package.json"),
      JSON.stringify({ name, type: "module", exports: { ".": { import: "./index.js" } } }),
    );
    writeFileSync(join(place, "index.js"), code);
  };
  put("chat", CHAT);
  put("@chat-adapter/telegram", adapter);
  writeFileSync(join(directory, "package.json"), "{}");
  const start = {
    platform: "telegram",
    directory,
    settings: { apiUrl },
    secrets: { botToken: SECRET },
    webhook: null,
  };
  return new AdapterProcess(start, outside);
}

const CHAT = `export class Chat {
  constructor({ adapters }) {
    this.adapters = adapters;
    this.webhooks = {};
    this.handlers = {};
    for (const name of ["onAction", "onDirectMessage", "onNewMention", "onNewMessage", "onSlashCommand"])
      this[name] = (...args) => { this.handlers[name] = args.at(-1); };
  }
  async initialize() { await adaptersOf(this).initialize?.(this); }
}
const adaptersOf = (chat) => Object.values(chat.adapters)[0];`;

/** An adapter that answers \`getMe\` with what \`code\` makes. */
const telling = (code: string): string => `import * as fs from "node:fs";
import * as net from "node:net";
const tried = (make) => { try { return String(make()); } catch (cause) { return String(cause.code ?? cause.message); } };
const joined = (port, host, more = {}) => new Promise((done) => {
  const socket = net.connect({ port, host, ...more }, () => { done("connected"); socket.destroy(); });
  socket.on("error", (cause) => done(cause.message));
});
export class TelegramAdapter {
  name = "telegram";
  constructor(config) { this.config = config; }
  async telegramFetch() { ${code} }
}`;

async function told(process: AdapterProcess): Promise<string> {
  try {
    const result = await process.call({ method: "probe" });
    return "account" in result ? result.account.name : "";
  } finally {
    await process.close();
  }
}

const inboxOf = (states: string[]): Inbox => ({
  take: async () => null,
  state: (state) => void states.push(state),
  cursor: { get: () => null, set: async () => {} },
});

describe("what an adapter that means harm is kept from (T17, T25)", () => {
  test.each([
    ["writing a file", `fs.writeFileSync(${JSON.stringify(join(folder, "written"))}, "x")`],
    ["reading a file of the machine", `fs.readFileSync("/etc/passwd").length`],
    ["reading Doorward's own folder", `fs.readdirSync(${JSON.stringify(process.cwd())}).length`],
    ["starting a program", `process.getBuiltinModule("node:child_process").execFileSync("true")`],
    [
      "starting a thread",
      `new (process.getBuiltinModule("node:worker_threads").Worker)("1", { eval: true })`,
    ],
  ])("%s", async (_what, code) => {
    const said = await told(openAs(telling(`return { id: 1, username: tried(() => ${code}) };`)));
    expect(said).toBe("ERR_ACCESS_DENIED");
  });

  test("the environment of Doorward, and its own secret on the command line", async () => {
    const said = await told(
      openAs(
        telling("return { id: 1, username: JSON.stringify([process.env, process.argv, process.execArgv]) };"),
      ),
    );
    expect(said).not.toContain(SECRET);
    expect(said).not.toContain("PATH");
    expect(
      Object.keys(JSON.parse(said)[0]).filter((name) => !/^(?:SSL_CERT|NODE_EXTRA_CA|SystemRoot)/.test(name)),
    ).toEqual([]);
  });

  test("connections to anything but the platform, by name, by address or by a local socket", async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const code = `return { id: 1, username: JSON.stringify(await Promise.all([
      joined(${port}, "127.0.0.1"), joined(${port}, "localhost"), joined(443, "169.254.169.254"), joined(443, "evil.example"),
      joined(undefined, "127.0.0.1", { path: "/var/run/docker.sock" }),
      fetch("http://localhost:${port}/").then(() => "connected", (cause) => cause.cause.message),
    ])) };`;
    const refused = JSON.parse(await told(openAs(telling(code), "http://127.0.0.1:9")));
    expect(refused).toHaveLength(6);
    for (const one of refused) expect(one).toMatch(/is not one of the platform's hosts/);
    const allowed = `return { id: 1, username: await joined(${port}, "127.0.0.1") };`;
    expect(await told(openAs(telling(allowed), `http://127.0.0.1:${port}`))).toBe("connected");
    server.close();
  });

  test("its secret in the words of a fault", async () => {
    const process = openAs(telling("throw new Error(`no ${this.config.botToken} here`);"));
    await expect(told(process)).rejects.toMatchObject({
      code: "channel_unreachable",
      message: "no (secret) here",
    });
  });

  test("lines that it writes to stdout as if it were the host", async () => {
    const forged =
      '{"kind":"result","id":1,"result":{"account":{"id":"forged","name":"forged","tenant":null}}}';
    const code = `process.stdout.write(${JSON.stringify(`${forged}\n`)}); console.log("x"); return { id: 1, username: "true" };`;
    expect(await told(openAs(telling(code)))).toBe("true");
  });
});

describe("a process that goes wrong", () => {
  test("is said to be unfit where it cannot be made", async () => {
    const process = openAs(
      `export class TelegramAdapter { constructor() { throw new Error("botToken is required"); } }`,
    );
    await expect(told(process)).rejects.toMatchObject({ code: "channel_refused" });
  });

  test("ends the calls that wait when it dies, and is there again later", async () => {
    const process = openAs(
      telling(
        `if (!globalThis.asked) { globalThis.asked = 1; return { id: 1, username: "first" }; } processExit();`,
      ),
    );
    expect("account" in (await process.call({ method: "probe" }))).toBe(true);
    const first = process.pid;
    const waiting = process.call({ method: "post", to: { kind: "person", id: "1" }, card: CARD, key: "k" });
    await expect(waiting).rejects.toMatchObject({ code: "channel_unreachable" });
    expect(first).toBeTypeOf("number");
    await process.close();
  });

  test("is begun anew while somebody listens, and says so", async () => {
    const states: string[] = [];
    const process = openAs(telling(`return { id: 1, username: "here" };`));
    await process.listen(inboxOf(states));
    await until(() => states.includes("up"));
    const { pid } = process;
    globalThis.process.kill(pid ?? 0, "SIGKILL");
    await until(() => states.length >= 3);
    expect(states.slice(0, 3)).toEqual(["up", "down", "up"]);
    expect(process.pid).not.toBe(pid);
    await process.close();
    expect(states.length).toBe(3);
  });

  test("that could not begin is begun anew by a later call", async () => {
    const child = openAs(
      telling("return { id: 1, username: 'here' };").replace(
        "async telegramFetch",
        "async initialize() { throw new Error('not now'); } async telegramFetch",
      ),
    );
    await expect(child.call({ method: "probe" })).rejects.toMatchObject({ message: "not now" });
    const { pid } = child;
    await until(() => child.pid === undefined);
    await expect(child.call({ method: "probe" })).rejects.toMatchObject({ code: "channel_unreachable" });
    expect(pid).toBeTypeOf("number");
    await child.close();
  });

  test("leaves nothing behind when it is closed", async () => {
    const process = openAs(telling(`return { id: 1, username: "here" };`));
    await process.call({ method: "probe" });
    const { pid } = process;
    await process.close();
    expect(() => globalThis.process.kill(pid ?? 0, 0)).toThrow(/ESRCH/);
    await expect(process.call({ method: "probe" })).rejects.toMatchObject({ code: "channel_unreachable" });
  });
});

test("an adapter that npm cannot install is said to be so, and leaves nothing behind", async () => {
  const { PATH } = process.env;
  const directory = join(folder, "nothing");
  process.env["PATH"] = folder;
  try {
    await expect(installAdapter(directory, "telegram")).rejects.toMatchObject({
      code: "channel_install_failed",
    });
  } finally {
    process.env["PATH"] = PATH;
  }
  expect(readdirSync(directory)).toEqual([]);
});

describe("lines", () => {
  test.each([
    ["", null],
    ["null", null],
    ['{"kind":"start"}', null],
    ['{"kind":"result","id":1,"result":{"account":{"id":"","name":"","tenant":null}}}', null],
    [
      '{"kind":"inbound","id":1,"inbound":{"kind":"tap","token":"t","event":"e","user":{"id":"u"},"at":1,"message":null}}',
      null,
    ],
    [`{"kind":"failure","id":1,"failure":{"kind":"fine","why":"","retryAfterMs":null}}`, null],
  ])("%s is none that the process may say", (line, expected) => {
    expect(readLine(line)).toBe(expected);
  });

  test("are cut at line feeds wherever the stream is cut, and bounded", () => {
    const lines: string[] = [];
    let tooLong = 0;
    const read = lineReader(
      (line) => void lines.push(line),
      () => {
        tooLong += 1;
      },
    );
    for (const byte of Buffer.from("one\n\ntwo\nthr")) read(Buffer.from([byte]));
    expect(lines).toEqual(["one", "two"]);
    read(Buffer.alloc(LINE_BYTES_MAX, 120));
    expect([lines.length, tooLong]).toEqual([2, 1]);
  });
});

describe("the lock files", () => {
  const platforms = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );

  test.each(platforms.map(({ name }) => name))("%s: exact versions, each with its digest", (name) => {
    const lock = JSON.parse(readFileSync(join(import.meta.dirname, name, "package-lock.json"), "utf8"));
    const { "": root, ...packages } = lock.packages;
    for (const version of Object.values(root.dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const open = Object.entries(packages).filter(
      ([, pinned]) => !String(Reflect.get(Object(pinned), "integrity")).startsWith("sha512-"),
    );
    expect(open).toEqual([]);
  });

  /** Named in no manifest, and by their files: limiter 1 MIT, url-template 2 BSD-3-Clause; type-fest is either. */
  const PERMISSIVE =
    /^(?:MIT|ISC|0BSD|BSD(?:-[23]-Clause)?|Apache-2\.0|BlueOak-1\.0\.0|MIT-0|Unlicense|CC0-1\.0|\(MIT OR CC0-1\.0\))$/;

  test.each(platforms.map(({ name }) => name))("%s: permissive licences alone", (name) => {
    const lock = JSON.parse(readFileSync(join(import.meta.dirname, name, "package-lock.json"), "utf8"));
    const others = Object.entries(lock.packages).filter(
      ([path, pinned]) => path !== "" && !PERMISSIVE.test(String(Reflect.get(Object(pinned), "license"))),
    );
    expect(others.map(([path]) => path).filter((path) => path !== "node_modules/limiter")).toEqual([]);
  });
});

const CARD = {
  title: "t",
  status: { kind: "open", text: "s" },
  sections: [],
  buttons: [],
  link: null,
  typed: null,
} as const;

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 1_000) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
