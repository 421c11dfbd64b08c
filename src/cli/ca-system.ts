import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "#base";
import { inertLine } from "./text.ts";

/** A trust store of this machine that everything on it shares. */
interface SystemStore {
  readonly name: string;
  /** Is there where this store is. */
  readonly folder: string;
  readonly add: (file: string) => readonly string[];
  readonly remove: (file: string) => readonly string[];
}

const COMMAND_MS = 120_000;
const FILE_NAME = "doorward-ca.crt";

/** Debian's update-ca-certificates(8), Fedora's update-ca-trust(8), p11-kit's trust(1), Apple's security(1). */
export const SYSTEM_STORES: readonly SystemStore[] = [
  {
    name: "Debian, Ubuntu, Alpine",
    folder: "/usr/local/share/ca-certificates",
    add: () => ["update-ca-certificates"],
    remove: () => ["update-ca-certificates", "--fresh"],
  },
  {
    name: "Fedora, RHEL",
    folder: "/etc/pki/ca-trust/source/anchors",
    add: () => ["update-ca-trust", "extract"],
    remove: () => ["update-ca-trust", "extract"],
  },
  {
    name: "Arch",
    folder: "/etc/ca-certificates/trust-source/anchors",
    add: () => ["trust", "extract-compat"],
    remove: () => ["trust", "extract-compat"],
  },
  {
    name: "macOS",
    folder: "/Library/Keychains",
    add: (file) => [
      "security",
      "add-trusted-cert",
      "-d",
      "-r",
      "trustRoot",
      "-k",
      "/Library/Keychains/System.keychain",
      file,
    ],
    remove: (file) => ["security", "remove-trusted-cert", "-d", file],
  },
];

export interface SystemOutside {
  /** Before every path; empty on a real machine. */
  readonly root: string;
  /** Runs a program; throws where it fails. */
  readonly execute: (program: string, args: readonly string[]) => void;
}

export const THIS_MACHINE: SystemOutside = {
  root: "",
  execute: (program, args) => void execFileSync(program, [...args], { timeout: COMMAND_MS, stdio: "pipe" }),
};

/** Puts the certificate where everything on this machine trusts it; answers what was done. Throws `ca_system`. */
export function installSystem(
  certificate: string,
  outside: SystemOutside = THIS_MACHINE,
  next?: string,
): string {
  const { store, file } = storeHere(outside);
  attempt(store, () => {
    writeFileSync(file, certificate, { mode: 0o644 });
    // A file of its own: the stores' tools read one certificate of each.
    if (next !== undefined) writeFileSync(nextTo(file), next, { mode: 0o644 });
    execute(outside, store.add(file));
    if (next !== undefined && store.name === "macOS") execute(outside, store.add(nextTo(file)));
  });
  return `everything on this machine trusts it now (${store.name}: ${file})\n`;
}

export function uninstallSystem(outside: SystemOutside = THIS_MACHINE): string {
  const { store, file } = storeHere(outside);
  if (!existsSync(file)) return `this machine (${store.name}) did not trust it: there is no ${file}\n`;
  attempt(store, () => {
    for (const one of [nextTo(file), file].filter((path) => existsSync(path))) {
      if (store.name === "macOS") execute(outside, store.remove(one));
      rmSync(one);
    }
    if (store.name !== "macOS") execute(outside, store.remove(file));
  });
  return `this machine (${store.name}) trusts it no more\n`;
}

/** Where the certificate of the authority that follows stands. */
function nextTo(file: string): string {
  return file.replace(/(\.\w+)$/, "-next$1");
}

function execute({ execute: run }: SystemOutside, [program = "", ...args]: readonly string[]): void {
  run(program, args);
}

function storeHere({ root }: SystemOutside): { readonly store: SystemStore; readonly file: string } {
  const store = SYSTEM_STORES.find(({ folder }) => existsSync(join(root, folder)));
  if (store !== undefined) return { store, file: join(root, store.folder, FILE_NAME) };
  throw new Fault(
    "ca_system",
    "no trust store is known for this system",
    "Install its package of certificates (`ca-certificates`), or add the file by hand: `doorward ca show > doorward-ca.pem`.",
  );
}

function attempt(store: SystemStore, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const why = cause instanceof Error ? inertLine(cause.message.split("\n")[0] ?? "") : "";
    throw new Fault(
      "ca_system",
      `the trust store of ${store.name} could not be changed: ${why}`,
      "It takes an administrator: run the same command with sudo, and --data with your data directory.",
      cause,
    );
  }
}
