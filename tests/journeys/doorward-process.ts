import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { addressOf, operationNamed } from "#operations";

const MAIN = fileURLToPath(new URL("../../src/main/index.ts", import.meta.url));
const START_WAIT_MS = 50_000;
const UNTIL_WAIT_MS = 40_000;
const POLL_MS = 20;

/** A program that ended, or is about to: what it said and how. */
export interface Program {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly said: () => string;
  readonly complained: () => string;
  /** The exit status; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** A Doorward of its own process, as `npm start` runs it. */
export interface Running extends Program {
  readonly directory: string;
  /** http://127.0.0.1:PORT, or https:// where doorward.yaml says `tls` */
  readonly url: string;
  readonly link: string;
  /** Signals it (SIGINT unless another is named) and answers the exit status. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** The local admin over HTTP, signed in and present. */
export interface Admin {
  readonly token: string;
  /** The answer, whatever it is. */
  readonly ask: (operation: string, input?: object, dryRun?: boolean) => Promise<Answer>;
  /** The output; throws unless it was performed. */
  readonly perform: (operation: string, input?: object) => Promise<Record<string, unknown>>;
}

export const PASSWORD = "correct horse battery staple";

export function scratch(): { readonly path: string; readonly remove: () => void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "doorward-journey-")));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs `doorward …` from its source. `variables` are laid over this process's environment. */
export function doorward(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Program {
  return program(process.execPath, [MAIN, ...args], variables);
}

export function program(command: string, args: readonly string[], variables: NodeJS.ProcessEnv): Program {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...variables },
  });
  let [said, complained] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => void (said += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => void (complained += text));
  const ended = once(child, "close").then(([status]) => status as number | null);
  return { child, pid: child.pid ?? 0, said: () => said, complained: () => complained, ended };
}

/** Starts Doorward on a free port and waits until it serves. */
export async function startDoorward(directory: string, more: readonly string[] = []): Promise<Running> {
  const running = doorward(["start", "--data", directory, "--port", "0", "--no-tour", ...more]);
  const isOver = running.ended.then((status) => ({ status }));
  const latest = performance.now() + START_WAIT_MS;
  while (!running.said().includes("Ctrl-C stops")) {
    const over = await Promise.race([isOver, sleep(POLL_MS)]);
    if (over !== undefined || performance.now() > latest) {
      running.child.kill("SIGKILL");
      throw new Error(`Doorward did not start: ${running.said()}\n${running.complained()}`);
    }
  }
  const url = /https?:\/\/127\.0\.0\.1:\d+/.exec(running.said())?.[0] ?? "";
  const link = /https?:\/\/\S+\/login#\S+/.exec(running.said())?.[0] ?? "";
  const stop = (signal: NodeJS.Signals = "SIGINT"): Promise<number | null> => {
    running.child.kill(signal);
    return running.ended;
  };
  return { ...running, directory, url, link, stop };
}

/** As a browser: opens the one-time link and sets a password. Then signs a terminal in with it. */
export async function signIn(running: Pick<Running, "url" | "link">): Promise<Admin> {
  const session = `${running.url}/console/session`;
  const token = running.link.split("#").at(-1);
  const opened = await fetch(`${session}/open`, posting({ token }));
  const cookie = opened.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const { proof } = (await opened.json()) as { proof: string };
  const set = await fetch(
    `${session}/password`,
    posting({ password: PASSWORD }, { cookie, "x-doorward-csrf": proof }),
  );
  if (set.status !== 200) throw new Error(`no password set: ${await set.text()}`);
  return signInAgain(running.url);
}

/** The same person at another start of the same data directory. */
export async function signInAgain(url: string): Promise<Admin> {
  const signed = await post(`${url}/console/session/sign-in`, {
    name: "admin",
    password: PASSWORD,
    kind: "cli",
  });
  if (signed.status !== 200) throw new Error(`not signed in: ${JSON.stringify(signed)}`);
  return adminOf(url, String(signed.body["token"]));
}

function adminOf(url: string, token: string): Admin {
  const ask: Admin["ask"] = async (name, input = {}, dryRun = false) => {
    const { method, path } = addressOf(operationNamed(name));
    if (method === "POST") return post(`${url}${path}${dryRun ? "?dry-run" : ""}`, input, token);
    const query = new URLSearchParams(
      Object.entries(input).map(([key, value]): [string, string] => [key, String(value)]),
    );
    return answerOf(
      await fetch(`${url}${path}?${query.toString()}`, { headers: { authorization: `Bearer ${token}` } }),
    );
  };
  const perform: Admin["perform"] = async (name, input) => {
    const { status, body } = await ask(name, input);
    if (status >= 300) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  return { token, ask, perform };
}

function posting(body: object, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

async function post(url: string, body: object, token?: string): Promise<Answer> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return answerOf(await fetch(url, posting(body, headers)));
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Waits for something that another process makes true. */
export async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const limit = performance.now() + UNTIL_WAIT_MS;
  while (performance.now() < limit) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(POLL_MS);
  }
  throw new Error(`waited in vain for ${what}`);
}

/** The request for a yes that waits now, when there is one and only one. */
export async function waitingApproval(admin: Admin): Promise<Record<string, unknown>> {
  return until("a held action", async () => {
    const { items } = await admin.perform("approvals.list");
    return (items as Record<string, unknown>[])[0];
  });
}

/** Resident memory of a process in bytes; null where the system does not tell. */
export async function residentBytes(pid: number): Promise<number | null> {
  if (process.platform !== "linux") return null;
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1];
  return kib === undefined ? null : Number(kib) * 1_024;
}
