import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatReceipt, type Receipt } from "#ledger";
import { run } from "../../verifier/src/index.ts";
import { bitTurned, type PublishedLog, publishLog } from "./published-log.ts";
import { freePort, lackOf, type Running, start, toolPath } from "./tools.ts";

// `litewitness` of torchwood as an outside witness on loopback: it cosigns our checkpoints after checking our consistency
// proofs, and nothing else; our verifier then says who witnessed (T23). Debian 13's older build of it (litetlog 0.4.3)
// cannot cosign anybody's: docs/outside-verifiers.md.

const missing = lackOf("torchwood", "litewitness", "ssh-agent", "ssh-keygen", "ssh-add");
const ATTEMPTS_MAX = 100;

describe.skipIf(missing !== null)(`litewitness (${missing ?? "Debian's torchwood"})`, () => {
  const dir = mkdtempSync(join(tmpdir(), "doorward-witness-"));
  const running: Running[] = [];
  let log: PublishedLog;
  let receipt: Receipt;
  let [address, witnessKey, first, second, cosigned] = ["", "", "", "", ""];

  function must(program: string, ...args: readonly string[]): string {
    const env = { ...process.env, SSH_AUTH_SOCK: join(dir, "agent") };
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
    return stdout;
  }

  /** Asks for a cosignature (C2SP tlog-witness, add-checkpoint). */
  async function submit(old: number, proof: string, checkpoint: string) {
    const body = `old ${old}\n${proof}\n${checkpoint}`;
    const response = await fetch(`${address}/add-checkpoint`, { method: "POST", body });
    return { status: response.status, text: await response.text() };
  }

  /** litewitness says that it listens a moment before it does. */
  async function answers(): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const isThere = await fetch(address).then(
        () => true,
        () => false,
      );
      if (isThere) return;
      await wait(20);
    }
    throw new Error("litewitness does not answer");
  }

  beforeAll(async () => {
    log = await publishLog();
    await log.grow(500);
    first = log.checkpoint();
    await log.grow(777);
    second = log.checkpoint();
    receipt = await log.receipt("act_1000");
    const agent = start("ssh-agent", ["-D", "-a", join(dir, "agent")]);
    running.push(agent);
    await agent.until(/Agent pid/);
    must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(dir, "key"));
    must("ssh-add", "-q", join(dir, "key"));
    const fingerprint = must("ssh-keygen", "-lf", join(dir, "key.pub")).split(" ")[1] ?? "";
    const [origin = ""] = log.vkey.split("+");
    const database = ["-db", join(dir, "witness.db")];
    const control = toolPath("torchwood", "witnessctl");
    must(control, "add-log", ...database, "-origin", origin);
    must(control, "add-key", ...database, "-origin", origin, "-key", log.vkey);
    const listen = `127.0.0.1:${await freePort()}`;
    const identity = ["-name", "witness.example", "-key", fingerprint, "-ssh-agent", join(dir, "agent")];
    const witness = start(toolPath("torchwood", "litewitness"), [
      ...database,
      ...identity,
      "-listen",
      listen,
    ]);
    running.push(witness);
    witnessKey = (await witness.until(/vkey=(\S+)/))[1] ?? "";
    address = `http://${listen}`;
    await answers();
  });
  afterAll(async () => {
    for (const each of running.toReversed()) await each.stop();
    await log?.close();
    rmSync(dir, { recursive: true });
  });

  /** What `doorward-verify` says, with a policy that demands this witness. */
  function verify(command: "receipt" | "log", path: string, ...rest: readonly string[]) {
    const policy = `log ${log.vkey}\nwitness w ${witnessKey}\nquorum w\n`;
    return run([command, path, "--policy", log.file("policy", policy), ...rest]);
  }

  function witnessed({ entries, ...rest }: Receipt): Receipt {
    const under = entries.map((entry) => ({ ...entry, proof: entry.proof.replace(second, cosigned) }));
    return { ...rest, entries: under };
  }

  test("cosigns the first checkpoint, and a later one by our consistency proof", async () => {
    expect(await submit(0, "", first)).toMatchObject({ status: 200 });
    const answer = await submit(1_000, log.proofBetween(first, second), second);
    expect(answer).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^\u2014 witness\.example \S+\n$/u),
    });
    cosigned = second + answer.text;
  });

  test("says no to a stale size, a wrong proof, a fork and a log it does not know", async () => {
    expect(await submit(1_000, log.proofBetween(first, second), second)).toEqual({
      status: 409,
      text: "2554\n",
    });
    await log.grow(10);
    const third = log.checkpoint();
    const proof = log.proofBetween(second, third);
    const lines = proof.split("\n");
    const swapped = [lines[1], lines[0], ...lines.slice(2)].join("\n");
    expect(await submit(2_554, swapped, third)).toMatchObject({ status: 422 });
    // A fork that our own log key signed is what a witness is for.
    const fork = log.forged(2_574, Buffer.alloc(32, 1));
    expect(await submit(2_554, proof, fork)).toMatchObject({ status: 422 });
    const unsigned = third.replace(/(\S{8})\n$/u, "AAAAAAA=\n");
    expect(await submit(2_554, proof, unsigned)).toMatchObject({ status: 403 });
    const stranger = second.replaceAll("log.example", "other.example");
    expect((await submit(0, "", stranger)).text).toContain("unknown log");
    expect(await submit(2_554, proof, third)).toMatchObject({ status: 200 });
  });

  test("our verifier then says witnessed, of a receipt and of the whole log", async () => {
    const keyFile = log.file("receipt.pem", log.receiptKey.export({ format: "pem", type: "spki" }));
    const path = log.file("receipt.json", formatReceipt(witnessed(receipt)));
    expect(verify("receipt", path, "--receipt-key", keyFile)).toMatchObject({
      status: 0,
      out: expect.stringContaining("witnessed by witness.example"),
    });
    const copy = log.tampered("checkpoint", () => Buffer.from(cosigned));
    expect(verify("log", copy).out).toContain("witnessed by witness.example");
  });

  test("and without the cosignature, or with a bit of it turned, it does not", () => {
    const bare = log.tampered("checkpoint", () => Buffer.from(second));
    expect(verify("log", bare)).toMatchObject({ status: 1, out: expect.stringContaining("witness quorum") });
    const end = cosigned.trimEnd().lastIndexOf(" ") + 1;
    const signature = bitTurned(Buffer.from(cosigned.slice(end), "base64"));
    const broken = `${cosigned.slice(0, end)}${signature.toString("base64")}\n`;
    const copy = log.tampered("checkpoint", () => Buffer.from(broken));
    expect(verify("log", copy)).toMatchObject({ status: 1, out: expect.stringContaining("does not verify") });
  });
});
