import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { javaSettings } from "./bubblewrap.ts";
import { limiter } from "./rlimits.ts";
import { defaultLimits, makePlan } from "./plan.ts";
import type { Wanted } from "./port.ts";
import { javaStore } from "./trust.ts";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "dw-plan-")));
  for (const path of ["home/.ssh", "home/job/.git/objects", "home/job/lib/deep", "data", "home/.local/bin"])
    mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, "home/job/.git/config"), "[core]\n\thooksPath = tools/hooks\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const work = () => join(root, "home/job");
const at = (...paths: string[]) => join(work(), ...paths);
const plan = (wanted: Partial<Wanted> = {}, environment: Record<string, string> = {}) =>
  makePlan(
    { from: work(), command: ["true"], read: [], write: [], environment: [], limits: {}, ...wanted },
    { environment, home: join(root, "home"), secret: [join(root, "data")], cores: 2, trusts: true },
  );
const kinds = (made: ReturnType<typeof plan>) =>
  Object.fromEntries(made.plan.mounts.map(({ path, kind }) => [path.slice(work().length + 1), kind]));

describe("what stays as it is in a workspace", () => {
  test("hooks, settings and secrets, wherever they lie, and no folder above them can be moved", () => {
    mkdirSync(at("lib/deep/.git/hooks"), { recursive: true });
    mkdirSync(at("tools/hooks"), { recursive: true });
    for (const name of ["CLAUDE.md", ".envrc", ".env", ".env.example", "lib/key.pem", "x.code-workspace"])
      writeFileSync(at(name), "x");
    const made = plan();
    expect(kinds(made)).toMatchObject({
      "": "write",
      ".git": "pin",
      ".git/config": "fix",
      ".git/hooks": "fix",
      ".git/commondir": "fix",
      "tools/hooks": "fix",
      tools: "pin",
      lib: "pin",
      "lib/deep": "pin",
      "lib/deep/.git": "pin",
      "lib/deep/.git/hooks": "fix",
      ".vscode": "fix",
      ".claude": "fix",
      "CLAUDE.md": "fix",
      "x.code-workspace": "fix",
      ".envrc": "fix",
      ".env": "hide",
      "lib/key.pem": "hide",
    });
    expect(kinds(made)).not.toHaveProperty([".env.example"]);
    const order = made.plan.mounts.map(({ path }) => path.length);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(readFileSync(at(".git/commondir"), "utf8")).toBe(".\n");
    made.undo();
    expect([".git/commondir", ".git/hooks", ".vscode"].filter((name) => existsSync(at(name)))).toEqual([]);
    expect(existsSync(at("CLAUDE.md"))).toBe(true);
  });

  test("what a person names is lifted out of it", () => {
    writeFileSync(at(".env"), "x");
    const made = plan({ read: [".env"], write: [".git"] });
    expect(kinds(made)).not.toMatchObject({ ".env": "hide" });
    expect(kinds(made)).not.toHaveProperty([".git/config"]);
    made.undo();
  });

  test("a link in their place is refused, and nothing is left behind; one of instructions is not", () => {
    symlinkSync(join(root, "home/.ssh"), at(".vscode"));
    expect(() => plan()).toThrow(/symbolic link/);
    expect(existsSync(at(".claude"))).toBe(false);
    rmSync(at(".vscode"));
    symlinkSync("AGENTS.md", at("CLAUDE.md"));
    plan().undo();
    symlinkSync("/etc/passwd", at(".git/hooks"));
    expect(() => plan()).toThrow(/symbolic link/);
  });
});

describe("what cannot be given", () => {
  test.each<[string, () => Partial<Wanted>]>([
    ["a home", () => ({ from: join(root, "home") })],
    ["what holds a home", () => ({ from: root })],
    ["a folder of the system", () => ({ write: ["/usr/local"] })],
    ["the root", () => ({ from: "/" })],
    ["Doorward's data", () => ({ read: [join(root, "data")] })],
    ["what holds it", () => ({ read: [root] })],
    ["nothing at all", () => ({ read: [join(root, "none")] })],
  ])("%s", (_, wanted) => {
    expect(() => plan(wanted())).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^sandbox_/) }),
    );
  });
});

test("a home that is shown has its dot-files hidden", () => {
  const made = plan({ read: [join(root, "home")] });
  const hidden = made.plan.mounts.filter(({ kind }) => kind === "hide").map(({ path }) => path);
  expect(hidden).toEqual(expect.arrayContaining([join(root, "home/.ssh"), join(root, "home/.local")]));
  made.undo();
});

test("the program's own installation is shown, and no more of the home", () => {
  mkdirSync(join(root, "home/.nvm/v24/bin"), { recursive: true });
  mkdirSync(join(root, "home/.nvm/v24/lib"));
  writeFileSync(join(root, "home/.nvm/v24/bin/agent"), "", { mode: 0o755 });
  symlinkSync("../../.nvm/v24/bin/agent", join(root, "home/.local/bin/agent"));
  const made = plan({ command: ["agent"] }, { PATH: join(root, "home/.local/bin") });
  const shown = made.plan.mounts.filter(({ kind }) => kind === "read").map(({ path }) => path);
  expect(shown.toSorted()).toEqual(
    [join(root, "home/.local/bin/agent"), join(root, "home/.nvm/v24")].toSorted(),
  );
  made.undo();
});

test("of the environment nothing is inherited but how the terminal speaks, and what is named", () => {
  const made = plan(
    { environment: ["MINE", "SET=1", "LD_PRELOAD=/x.so", "DOORWARD_TOKEN", "BASH_ENV=x"] },
    {
      MINE: "mine",
      TERM: "xterm",
      LC_ALL: "C",
      AWS_SECRET_ACCESS_KEY: "s",
      DOORWARD_TOKEN: "t",
      PATH: `/usr/bin:${root}/home/.local/bin`,
    },
  );
  const { environment } = made.plan;
  expect(environment).toMatchObject({
    MINE: "mine",
    SET: "1",
    TERM: "xterm",
    LC_ALL: "C",
    HOME: "/home/agent",
    SSL_CERT_FILE: "/run/doorward/ca.pem",
  });
  for (const name of ["LD_PRELOAD", "DOORWARD_TOKEN", "BASH_ENV", "AWS_SECRET_ACCESS_KEY"])
    expect(environment).not.toHaveProperty([name]);
  expect(environment["PATH"]).not.toContain(root);
  // Both spellings: programs differ in which they read.
  expect(environment["https_proxy"]).toBe(environment["HTTPS_PROXY"]);
  made.undo();
});

test("limits never ask for more than this process itself has", () => {
  const own =
    "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 2048                 files     \nMax data size             unlimited            unlimited            bytes     \n";
  const limits = { ...defaultLimits(2), openFiles: 4_096, memoryBytes: 5 };
  expect(limiter(limits, false, own)).toEqual(
    expect.arrayContaining(["prlimit", "--data=5", "--nofile=2048", "--core=0"]),
  );
  expect(limiter(limits, true, own).join(" ")).not.toMatch(/--data|--nproc/);
});

test("a Java key store begins and ends as Java has it", () => {
  const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from("not a certificate").toString("base64")}\n-----END CERTIFICATE-----`;
  const store = javaStore([pem]);
  expect(store.readUInt32BE(0)).toBe(0xfeed_feed);
  expect(store.readUInt32BE(8)).toBe(1);
  expect(store.includes("not a certificate")).toBe(true);
  expect(store.length).toBe(12 + 4 + 2 + 3 + 8 + 2 + 5 + 4 + 17 + 20);
});

test("Java finds its settings, and nobody the passwords that may stand beside them", () => {
  const etc = join(root, "etc");
  for (const path of ["java-17-openjdk/security", "java-17-openjdk/management", "javascript", "java"])
    mkdirSync(join(etc, path), { recursive: true });
  writeFileSync(join(etc, "java-17-openjdk/net.properties"), "x");
  writeFileSync(join(etc, "java-17-openjdk/management/jmxremote.password"), "x");
  writeFileSync(join(etc, "java-file"), "x");
  expect(javaSettings(etc).toSorted()).toEqual([
    "java-17-openjdk/net.properties",
    "java-17-openjdk/security",
  ]);
});
