import { execFileSync } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Fault } from "#base";
import { environmentLines, trustEnvironment } from "../src/cli/ca-environment.ts";
import { removeTrust, trustFiles, writeTrust } from "../src/cli/ca-places.ts";
import { PROBES } from "../src/cli/ca-probes.table.ts";
import { proofLines, prove } from "../src/cli/ca-prove.ts";
import { installSystem, uninstallSystem } from "../src/cli/ca-system.ts";
import { fakeAuthority } from "./support/authority.ts";
import { openWorld } from "./support/operations.ts";

const folder = mkdtempSync(join(tmpdir(), "doorward-ca-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const authority = fakeAuthority();
const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = String(keys.privateKey.export({ type: "pkcs8", format: "pem" }));
const spki = keys.publicKey.export({ type: "spki", format: "der" });

const OUTCOMES = ["trusts", "does not", "not here"];

function isHere(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test("what an agent's clients read is written for that agent alone", async () => {
  const files = trustFiles(folder, "coder");
  writeTrust(files, await authority.certificate());
  expect(files.folder).toBe(join(folder, "trust", "coder"));
  expect(readFileSync(files.authority, "utf8")).toBe(await authority.certificate());
  expect(
    readFileSync(files.bundle, "utf8")
      .trim()
      .endsWith((await authority.certificate()).trim()),
  ).toBe(true);
  removeTrust(files);
  expect(existsSync(files.folder)).toBe(false);
});

test.each(["../../etc", "a/b", "Coder", "", ".."])("no files are written for an agent %j", (agent) => {
  expect(() => trustFiles(folder, agent)).toThrow(Fault);
});

test("the lines of each shell hold a path with quotes as it is", () => {
  const variables = [["SSL_CERT_FILE", `/tmp/o'brien/"a"\\b`]] as const;
  expect(environmentLines(variables, "sh")).toBe(`export SSL_CERT_FILE='/tmp/o'\\''brien/"a"\\b'\n`);
  const read = execFileSync("sh", ["-c", `${environmentLines(variables, "sh")}printf %s "$SSL_CERT_FILE"`], {
    encoding: "utf8",
  });
  expect(read).toBe(variables[0][1]);
  expect(environmentLines(variables, "fish")).toBe(`set -gx SSL_CERT_FILE '/tmp/o\\'brien/"a"\\\\b'\n`);
  expect(environmentLines(variables, "powershell")).toBe(`$env:SSL_CERT_FILE = '/tmp/o''brien/"a"\\b'\n`);
  expect(environmentLines(variables, "dotenv")).toBe(`SSL_CERT_FILE="/tmp/o'brien/\\"a\\"\\\\b"\n`);
});

const shown = async () => ({ certificate: await authority.certify("localhost", spki), key });

describe("what real clients do", () => {
  const environment = { PATH: process.env["PATH"], HOME: process.env["HOME"] };

  test.each(PROBES.map((probe) => [probe.client, probe] as const))(
    "%s trusts it with the variables, and does not without",
    { timeout: 120_000 },
    async (_, probe) => {
      const files = trustFiles(folder, "prober");
      writeTrust(files, await authority.certificate());
      const trusting = { ...environment, ...Object.fromEntries(trustEnvironment(files)) };
      const [withThem] = await prove(await shown(), trusting, [probe]);
      const [without] = await prove(await shown(), environment, [probe]);
      const said = [withThem?.outcome, without?.outcome];
      const isAbsent = said.every((outcome) => outcome === "not here");
      // A client that is not on this machine is said to be absent, and no more is known of it.
      expect(said).toEqual(isAbsent ? ["not here", "not here"] : ["trusts", "does not"]);
      expect(isHere(probe.program) || isAbsent).toBe(true);
      expect(OUTCOMES).toContain(without?.outcome);
    },
  );

  test("a proof is said in words, with the client's own reason", () => {
    expect(
      proofLines([
        { client: "curl", outcome: "trusts", why: "" },
        { client: "node", outcome: "does not", why: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
        { client: "deno", outcome: "not here", why: "" },
      ]),
    ).toBe(
      "curl: trusts it\nnode: does not trust it (UNABLE_TO_VERIFY_LEAF_SIGNATURE)\ndeno: is not on this machine\n",
    );
  });
});

const outsideOf = (place: string | null, fails = false) => {
  const root = mkdtempSync(join(folder, "root-"));
  const ran: string[] = [];
  if (place !== null) mkdirSync(join(root, place), { recursive: true });
  const execute = (program: string, args: readonly string[]): void => {
    if (fails) throw new Error("Permission denied\u001b[31m");
    ran.push([program, ...args].join(" "));
  };
  return { root, ran, execute };
};

describe("the whole system, only where it was asked", () => {
  test.each([
    ["/usr/local/share/ca-certificates", "update-ca-certificates", "update-ca-certificates --fresh"],
    ["/etc/pki/ca-trust/source/anchors", "update-ca-trust extract", "update-ca-trust extract"],
    ["/etc/ca-certificates/trust-source/anchors", "trust extract-compat", "trust extract-compat"],
  ])("%s gets the certificate and loses it again", (place, added, removed) => {
    const outside = outsideOf(place);
    const file = join(outside.root, place, "doorward-ca.crt");
    expect(installSystem("PEM", outside)).toContain("trusts it now");
    expect(readFileSync(file, "utf8")).toBe("PEM");
    expect(uninstallSystem(outside)).toContain("no more");
    expect(existsSync(file)).toBe(false);
    expect(outside.ran).toEqual([added, removed]);
    expect(uninstallSystem(outside)).toContain("did not trust it");
  });

  test("where it cannot be done, it is said what to do", () => {
    expect(() => installSystem("PEM", outsideOf(null))).toThrow(/no trust store/);
    expect(() => installSystem("PEM", outsideOf("/usr/local/share/ca-certificates", true))).toThrow(
      /could not be changed: Permission denied/,
    );
  });
});

describe("the operations", () => {
  test("anybody who may see the doors sees the certificate, and nobody its key", async () => {
    const world = await openWorld();
    const answer = await world.ask("olga", "ca.show", {});
    const certificate = new X509Certificate(String(answer["certificate"]));
    expect(certificate.ca).toBe(true);
    expect(answer["fingerprint"]).toBe(certificate.fingerprint256);
    expect(JSON.stringify(answer)).not.toContain("PRIVATE");
  });

  test("what is certified for a proof is this machine alone", async () => {
    const world = await openWorld();
    const answer = await world.ask("olga", "ca.probe", { publicKey: spki.toString("base64") });
    const leaf = new X509Certificate(String(answer["certificate"]));
    expect(leaf.subjectAltName).toBe("DNS:localhost");
    expect(leaf.ca).toBe(false);
    expect(await world.ask("olga", "ca.probe", { publicKey: "AAAA" })).toEqual({
      fault: "public_key_unusable",
    });
  });
});
