import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { injected, openVaultHouse, type VaultHouse } from "../../tests/samples/vault.ts";
import type { Rekeying } from "./open.ts";

let house: VaultHouse;
beforeEach(() => {
  house = openVaultHouse();
});
afterEach(() => house.close());

/** As the operation writes it: all statements, or none. */
function commit({ writes }: Rekeying): void {
  house.store.connection.exec("BEGIN");
  const done = writes.map(
    ({ sql, parameters }) => house.store.connection.prepare(sql).run(...parameters).changes,
  );
  expect(done).toEqual(writes.map(({ changes }, at) => changes ?? done[at]));
  house.store.connection.exec("COMMIT");
}

describe("a new key-encryption key", () => {
  test("seals everything anew; the old one is gone from the file", async () => {
    const vault = await house.open();
    await house.put(vault, "bearer");
    const certificate = await vault.authority.certificate();
    const old = readFileSync(house.keyPath, "utf8").trim();
    const rekeying = await vault.control.rotateKey();
    expect(readFileSync(house.keyPath, "utf8").split("\n")).toHaveLength(3);
    commit(rekeying);
    await vault.control.settleKey(rekeying.state.kek);
    expect(readFileSync(house.keyPath, "utf8")).not.toContain(old);
    expect((await injected(vault))?.headers).toEqual([["authorization", "Bearer t0ken-of-ours"]]);
    await vault.close();
    const again = await house.open();
    expect((await injected(again))?.headers).toEqual([["authorization", "Bearer t0ken-of-ours"]]);
    expect(await again.authority.certificate()).toBe(certificate);
    await again.certificates.leafFor("b.example");
  });

  test("broken off before or after its transaction, everything still opens, and it can be begun again", async () => {
    const vault = await house.open();
    await house.put(vault, "bearer");
    await vault.control.rotateKey();
    await vault.close();
    const before = await house.open();
    expect((await injected(before))?.headers).toEqual([["authorization", "Bearer t0ken-of-ours"]]);
    commit(await before.control.rotateKey());
    await before.close();
    const after = await house.open();
    expect((await injected(after))?.headers).toEqual([["authorization", "Bearer t0ken-of-ours"]]);
    const last = await after.control.rotateKey();
    commit(last);
    await after.control.settleKey(last.state.kek);
    expect(readFileSync(house.keyPath, "utf8").trim().split("\n")).toHaveLength(1);
    expect((await injected(after))?.headers).toEqual([["authorization", "Bearer t0ken-of-ours"]]);
  });

  test("is wrapped by a command that is asked to, and lies nowhere else", async () => {
    // Turns every byte round: what a KMS does, as far as this test can see it.
    const script = join(house.root, "kms.mjs");
    const turn = 'Buffer.from(text.trim(), "base64").map((byte) => byte ^ 0x5a).toString("base64")';
    const all = "for await (const part of process.stdin) text += part;";
    writeFileSync(script, `let text = ""; ${all} process.stdout.write(${turn} + "\\n");`);
    const key = { kind: "command", command: [process.execPath, script] } as const;
    const vault = await house.open({ key });
    await house.put(vault, "bearer");
    await vault.close();
    const again = await house.open({ key });
    expect((await injected(again))?.headers).toEqual([["authorization", "Bearer t0ken-of-ours"]]);
    const rekeying = await again.control.rotateKey();
    commit(rekeying);
    await again.control.settleKey(rekeying.state.kek);
    await again.close();
    const last = await house.open({ key });
    expect((await injected(last))?.headers).toEqual([["authorization", "Bearer t0ken-of-ours"]]);
    expect(existsSync(house.keyPath)).toBe(false);
  });
});
