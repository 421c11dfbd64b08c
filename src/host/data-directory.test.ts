import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "#base";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDataDirectory } from "./data-directory.ts";

let scratch = "";
const children: ChildProcess[] = [];

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "doorward-host-"));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});

function faultOf(path: string): Fault {
  try {
    openDataDirectory(path).close();
  } catch (fault) {
    if (fault instanceof Fault) return fault;
    throw fault;
  }
  throw new Error("it was opened");
}

describe("the directory", () => {
  test("is made for its user alone, and opened again", () => {
    const path = join(scratch, "deep", "data");
    const data = openDataDirectory(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(data.file("keys")).toBe(join(data.path, "keys"));
    expect(statSync(data.file("lock")).mode & 0o777).toBe(0o600);
    data.close();
    openDataDirectory(path).close();
  });

  test("is refused when others may enter", () => {
    const path = join(scratch, "data");
    openDataDirectory(path).close();
    chmodSync(path, 0o750);
    expect(faultOf(path)).toMatchObject({
      code: "data_directory_exposed",
      message: expect.stringContaining("0750"),
    });
    chmodSync(path, 0o701);
    expect(faultOf(path).remedy).toContain("chmod 700");
  });

  test.skipIf(process.getuid?.() !== 0)(
    "is refused when it belongs to another user (skipped: not root)",
    () => {
      const path = join(scratch, "data");
      openDataDirectory(path).close();
      chownSync(path, 12_345, 12_345);
      expect(faultOf(path).code).toBe("data_directory_foreign");
    },
  );

  test("is refused when it is a file, and through a link to an exposed one", () => {
    writeFileSync(join(scratch, "file"), "");
    expect(faultOf(join(scratch, "file")).code).toBe("data_directory_unusable");
    expect(faultOf(join(scratch, "file", "below")).code).toBe("data_directory_unusable");
    chmodSync(scratch, 0o755);
    symlinkSync(scratch, `${scratch}-link`);
    expect(faultOf(`${scratch}-link`).code).toBe("data_directory_exposed");
    rmSync(`${scratch}-link`);
  });

  test("does not follow a lock file that is a link", () => {
    const path = join(scratch, "data");
    openDataDirectory(path).close();
    rmSync(join(path, "lock"));
    writeFileSync(join(scratch, "victim"), "precious");
    symlinkSync(join(scratch, "victim"), join(path, "lock"));
    expect(faultOf(path).code).toBe("data_directory_unusable");
    expect(statSync(join(scratch, "victim")).size).toBe(8);
  });
});

/** A second, real process that opens the directory and says how it went. */
async function opener(path: string): Promise<{ child: ChildProcess; said: string }> {
  const program = `import { openDataDirectory } from "#host";
    try { openDataDirectory(${JSON.stringify(path)}); console.log("open"); setInterval(() => {}, 1000); }
    catch (fault) { console.log(fault.code + ": " + fault.message + " " + fault.remedy); }`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [chunk] = await once(child.stdout as NodeJS.ReadableStream, "data");
  return { child, said: String(chunk).trim() };
}

describe("one process per directory", () => {
  test("a second process is refused by name, and let in when the first has been killed", async () => {
    const path = join(scratch, "data");
    const first = await opener(path);
    expect(first.said).toBe("open");
    const second = await opener(path);
    expect(second.said).toContain(`data_directory_in_use: another process (pid ${first.child.pid})`);
    expect(second.said).toContain(`kill ${first.child.pid}`);
    expect(faultOf(path).code).toBe("data_directory_in_use");

    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    // The dead owner's pid still stands there; only the kernel's lock counts.
    expect((await opener(path)).said).toBe("open");
  });

  test("a pid that lives again under another program locks nothing", () => {
    const path = join(scratch, "data");
    openDataDirectory(path).close();
    writeFileSync(join(path, "lock.owner"), "1\n");
    expect(() => openDataDirectory(path).close()).not.toThrow();
  });

  test("of many at once exactly one gets in", async () => {
    const path = join(scratch, "data");
    const all = await Promise.all(Array.from({ length: 4 }, () => opener(path)));
    expect(all.filter(({ said }) => said === "open")).toHaveLength(1);
  });

  test("the same process is refused too, and its lock survives the attempt", async () => {
    const path = join(scratch, "data");
    const data = openDataDirectory(path);
    expect(faultOf(path).code).toBe("data_directory_in_use");
    expect((await opener(path)).said).toContain("data_directory_in_use");
    data.close();
    data.close();
    expect((await opener(path)).said).toBe("open");
  });

  test("nonsense in the owner file is not repeated to the terminal", async () => {
    const path = join(scratch, "data");
    await opener(path);
    writeFileSync(join(path, "lock.owner"), "\u001b[2J12 rm -rf /");
    expect(faultOf(path).message).toContain("another process runs on");
  });
});
