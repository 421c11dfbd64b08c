import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { doorward, scratch } from "./doorward-process.ts";

// `doorward start --tour` as a newcomer sees it: it installs `@modelcontextprotocol/server-filesystem` with npm, so it is
// tried where the registry answers, and said to be skipped where it does not.

const SERVER = "@modelcontextprotocol/server-filesystem";
const REGISTRY_WAIT_MS = 20_000;
const TOUR_WAIT_MS = 150_000;

const { path: folder, remove } = scratch();
afterAll(remove);

async function registryAnswers(): Promise<boolean> {
  try {
    await promisify(execFile)("npm", ["view", SERVER, "version"], { timeout: REGISTRY_WAIT_MS });
    return true;
  } catch {
    return false;
  }
}

/** Everything that a start with the tour said, on both streams, from its first line to a clean stop. */
async function toured() {
  const running = doorward(["start", "--data", join(folder, "data"), "--port", "0", "--tour"]);
  try {
    await expect.poll(running.said, { timeout: TOUR_WAIT_MS }).toContain("Ctrl-C stops");
  } finally {
    running.child.kill("SIGINT");
  }
  return { status: await running.ended, said: running.said(), complained: running.complained() };
}

test("the tour shows the road from a read to verified receipts, and leaves nothing behind", async (context) => {
  if (!(await registryAnswers())) context.skip("skipped: no registry");
  const { status, said, complained } = await toured();
  expect(complained).toBe("");
  expect(said).toMatch(/read_text_file hello\.txt -> Hello\. Whoever reads this/);
  expect(said).toMatch(/write_file summary\.txt -> \S/);
  // The card names the place and where it was seen; the agent is told why.
  expect(said).toMatch(
    /write_file drop\.txt -> waiting as apr_\S+; its card says:\n.*drop\.txt.*was seen in/,
  );
  expect(said).toMatch(/denied by the local admin -> the agent reads:\n/);
  expect(said).toMatch(/create_directory reports -> waiting as apr_/);
  const verified = [...said.matchAll(/^ +act_\S+ +(\S+) +(\S+)$/gmu)].map(([, name, words]) => [name, words]);
  expect(verified).toHaveLength(4);
  expect(new Set(verified.map(([, words]) => words))).toEqual(new Set(["VERIFIED"]));
  expect(status).toBe(0);
}, 240_000);
