import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { operationNamed, type OperationContext, perform } from "#operations";
import { trusted } from "#sandbox";
import type { Vault } from "#vault";
import { installSystem, uninstallSystem } from "../src/cli/ca-system.ts";
import { openVaultHouse, type VaultHouse } from "./samples/vault.ts";
import { openWorld, type World } from "./support/operations.ts";

// One authority follows another: both are trusted for a time that is named, one signs after the other, and it is on record.

const DAY_MS = 86_400_000;
let house: VaultHouse;
let world: World;
let vault: Vault;
let later = 0;

beforeEach(async () => {
  later = 0;
  world = await openWorld();
  house = openVaultHouse();
  vault = await open();
});
afterEach(() => house.close());

const now = (): number => world.ambient.now() + later;
const open = (): Promise<Vault> => house.open({ store: world.store, ambient: { ...world.ambient, now } });

async function as(name: string, operation: string, input: object = {}): Promise<Record<string, unknown>> {
  const own = world.as(name);
  const caller = { ...own.caller, presentUntil: now() + 60_000 };
  const context: OperationContext = {
    ...own,
    caller,
    ambient: { ...own.ambient, now },
    vault: vault.control,
    authority: vault.authority,
  };
  const done = await perform(context, { operation: operationNamed(operation), input, dryRun: false });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Operations answer objects.
  return done.kind === "done" ? (done.output as Record<string, unknown>) : {};
}

/** Whose signature a host's certificate bears. */
async function signer(): Promise<string> {
  const leaf = new X509Certificate((await vault.certificates.leafFor("a.example")).certificate);
  const rows = world.store.connection.prepare("SELECT certificate FROM vault_authority").all();
  const found = rows
    .map((row) => new X509Certificate(String(row["certificate"])))
    .find((one) => leaf.verify(one.publicKey));
  return found?.fingerprint256 ?? "nobody";
}

describe("ca rotate", () => {
  test("makes another that signs once the overlap is over; until then both are shown", async () => {
    const before = await as("ada", "ca.show");
    expect(before["next"]).toBeNull();
    const rotated = await as("ada", "ca.rotate", { overlapDays: 7 });
    expect(rotated["fingerprint"]).not.toBe(before["fingerprint"]);
    expect(Date.parse(String(rotated["from"]))).toBe(now() + 7 * DAY_MS);
    expect(await as("ada", "ca.show")).toMatchObject({
      fingerprint: before["fingerprint"],
      next: { fingerprint: rotated["fingerprint"], from: rotated["from"] },
    });
    expect(await signer()).toBe(before["fingerprint"]);
    later = 7 * DAY_MS;
    expect(await signer()).toBe(rotated["fingerprint"]);
    expect(await as("ada", "ca.show")).toMatchObject({ fingerprint: rotated["fingerprint"], next: null });
  });

  test("is in the ledger, with both fingerprints and no key", async () => {
    const before = await as("ada", "ca.show");
    const after = await as("ada", "ca.rotate");
    expect(world.kept.filter(({ kind }) => kind === "authority.rotated")).toMatchObject([
      {
        subject: "authority",
        body: {
          before: before["fingerprint"],
          after: after["fingerprint"],
          from: after["from"],
          overlapDays: 7,
        },
      },
    ]);
    expect(JSON.stringify(world.kept.map(({ body }) => body))).not.toContain("PRIVATE");
  });

  test("without an overlap signs at once, and certificates of hosts are made anew", async () => {
    const old = await signer();
    const { fingerprint } = await as("ada", "ca.rotate", { overlapDays: 0 });
    expect(old).not.toBe(fingerprint);
    expect(await signer()).toBe(fingerprint);
  });

  test("is refused while another follows already, and to whoever is no admin", async () => {
    await as("ada", "ca.rotate");
    await expect(as("ada", "ca.rotate")).rejects.toMatchObject({ code: "authority_rotating" });
    later = 8 * DAY_MS;
    await expect(as("olga", "ca.rotate")).rejects.toMatchObject({ code: "permission_denied" });
    await as("ada", "ca.rotate");
    // What signed before the one in force is gone with it.
    expect(world.store.connection.prepare("SELECT place FROM vault_authority").all()).toHaveLength(2);
  });

  test("without an overlap takes the place of whatever follows and was, also for a clock that is set back", async () => {
    const first = await signer();
    const leaked = await as("ada", "ca.rotate", { overlapDays: 30 });
    const { fingerprint } = await as("ada", "ca.rotate", { overlapDays: 0 });
    for (const at of [1, -DAY_MS, 31 * DAY_MS]) {
      later = at;
      expect(await signer()).toBe(fingerprint);
      expect(await as("ada", "ca.show")).toMatchObject({ fingerprint, next: null });
    }
    expect([first, leaked["fingerprint"]]).not.toContain(fingerprint);
    expect(world.store.connection.prepare("SELECT place FROM vault_authority").all()).toHaveLength(1);
    later = 1;
    const again = await as("ada", "ca.rotate", { overlapDays: 0 });
    expect(await signer()).toBe(again["fingerprint"]);
  });

  test.each([0, 7])("of two at once, one is kept: %i days", async (overlapDays) => {
    await as("ada", "ca.show");
    const both = await Promise.allSettled([
      as("ada", "ca.rotate", { overlapDays }),
      as("ada", "ca.rotate", { overlapDays }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(both.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "changed_meanwhile" },
    });
    expect(world.store.connection.prepare("SELECT place FROM vault_authority").all()).toHaveLength(
      overlapDays === 0 ? 1 : 2,
    );
  });

  test("a dry run makes none, not even the first", async () => {
    const own = world.as("ada");
    const context: OperationContext = { ...own, vault: vault.control, authority: vault.authority };
    const done = await perform(context, { operation: operationNamed("ca.rotate"), input: {}, dryRun: true });
    expect(done).toMatchObject({ kind: "would", would: expect.stringContaining("none yet") });
    expect(world.store.connection.prepare("SELECT place FROM vault_authority").all()).toEqual([]);
  });

  test("both survive a restart and a new key of the vault", async () => {
    const before = await as("ada", "ca.show");
    const { fingerprint } = await as("ada", "ca.rotate");
    await as("ada", "vault.rotate-key");
    await vault.close();
    vault = await open();
    expect(await signer()).toBe(before["fingerprint"]);
    later = 8 * DAY_MS;
    expect(await signer()).toBe(fingerprint);
  });

  test("can be asked for a proof under the one that follows", async () => {
    await as("ada", "ca.show");
    const rotated = await as("ada", "ca.rotate");
    const publicKey = new X509Certificate(String(rotated["certificate"])).publicKey
      .export({ type: "spki", format: "der" })
      .toString("base64");
    const under = async (next: boolean): Promise<boolean> => {
      const { certificate } = await as("ada", "ca.probe", { publicKey, next });
      return new X509Certificate(String(certificate)).verify(
        new X509Certificate(String(rotated["certificate"])).publicKey,
      );
    };
    expect([await under(false), await under(true)]).toEqual([false, true]);
  });
});

test("a sandbox, and this whole machine, are given both", async () => {
  const before = String((await as("ada", "ca.show"))["certificate"]);
  const next = String((await as("ada", "ca.rotate"))["certificate"]);
  const { pem } = trusted(`${before}\n${next}`);
  for (const one of [before, next]) expect(pem).toContain(one.trim());
  const root = mkdtempSync(join(tmpdir(), "doorward-ca-next-"));
  const folder = join(root, "usr/local/share/ca-certificates");
  mkdirSync(folder, { recursive: true });
  const ran: string[] = [];
  const outside = { root, execute: (name: string) => void ran.push(name) };
  installSystem(before, outside, next);
  const files = ["doorward-ca.crt", "doorward-ca-next.crt"].map((name) => join(folder, name));
  expect(files.map((file) => readFileSync(file, "utf8"))).toEqual([before, next]);
  uninstallSystem(outside);
  expect(files.map((file) => existsSync(file))).toEqual([false, false]);
  expect(ran).toEqual(["update-ca-certificates", "update-ca-certificates"]);
  rmSync(root, { recursive: true });
});
