import { runProgram } from "./child.ts";
import { keychainMissing } from "./faults.ts";
import { type KeyPlace, keysIn, textOf } from "./ring.ts";

/** `secret-tool` and `security` say so of an item that is not there. */
const LINUX_NONE = 1;
/** errSecItemNotFound as `security` ends with it (Security framework, SecBase.h: -25300, modulo 256). */
const MACOS_NONE = 44;
const ACCOUNT = "vault-key";

/**
 * The keychain of the operating system: the Secret Service by libsecret's `secret-tool` (secret-tool(1)), macOS' login
 * keychain by `security` (security(1): find-generic-password, add-generic-password; commands from standard input with
 * `-i`, so that no key stands among arguments). Throws Fault `vault_keychain_unavailable`.
 */
export function keychain(service: string, platform: NodeJS.Platform = process.platform): KeyPlace {
  const where = `the keychain item ${service}`;
  if (platform === "linux") return readBack(secretService(service, where));
  if (platform === "darwin") return readBack(macosKeychain(service, where));
  throw keychainMissing(`Doorward does not reach the one of ${platform}`);
}

/** A program may say that it kept what it did not: `security -i` ends with 0 whatever became of its commands. */
function readBack(place: KeyPlace): KeyPlace {
  return {
    ...place,
    save: async (keys) => {
      await place.save(keys);
      const kept = await place.load(null);
      if (kept !== null && textOf(kept) === textOf(keys)) return null;
      throw keychainMissing("what is kept in it does not come back as it was");
    },
  };
}

function secretService(service: string, where: string): KeyPlace {
  const attributes = ["service", service, "account", ACCOUNT];
  return {
    where,
    load: async () => {
      const ran = await runProgram(["secret-tool", "lookup", ...attributes], "");
      if (ran.kind === "done") return keysIn(`${ran.stdout.toString("utf8").replace(/\n$/, "")}\n`, where);
      if (ran.status === LINUX_NONE) return null;
      throw keychainMissing(ran.why);
    },
    save: async (keys) => {
      const ran = await runProgram(
        ["secret-tool", "store", "--label", "Doorward vault", ...attributes],
        textOf(keys),
      );
      if (ran.kind === "failed") throw keychainMissing(ran.why);
      return null;
    },
  };
}

function macosKeychain(service: string, where: string): KeyPlace {
  return {
    where,
    load: async () => {
      const ran = await runProgram(
        ["security", "find-generic-password", "-s", service, "-a", ACCOUNT, "-w"],
        "",
      );
      if (ran.kind === "done")
        return keysIn(`${ran.stdout.toString("utf8").trim().replaceAll(",", "\n")}\n`, where);
      if (ran.status === MACOS_NONE) return null;
      throw keychainMissing(ran.why);
    },
    save: async (keys) => {
      // One line: `security` takes a password without line feeds.
      const password = textOf(keys).trim().replaceAll("\n", ",");
      const command = `add-generic-password -U -s "${service}" -a ${ACCOUNT} -w "${password}"\n`;
      const ran = await runProgram(["security", "-i"], command);
      if (ran.kind === "failed") throw keychainMissing(ran.why);
      return null;
    },
  };
}
