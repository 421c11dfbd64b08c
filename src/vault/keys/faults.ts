import { Fault } from "#base";

export function keyExposed(path: string, why: string): Fault {
  return new Fault(
    "vault_key_exposed",
    `the vault's key file ${path} ${why}`,
    `Run: chmod 600 ${path} and make it a plain file of your own, in a folder that only you can write. If others may have read it: \`doorward vault rotate-key\`, and give every credential a new secret.`,
  );
}

export function keyMissing(where: string): Fault {
  return new Fault(
    "vault_key_missing",
    `the vault's key is not in ${where}, while credentials are sealed under it`,
    "Restore the key from a backup, or correct `vault.key` in doorward.yaml. Without it the credentials cannot be opened; never make a new one in its place.",
  );
}

export function keyUnreadable(where: string, why: string): Fault {
  return new Fault(
    "vault_key_unreadable",
    `${where} does not give the vault's key: ${why}`,
    "Restore the key from a backup, or correct `vault.key` in doorward.yaml.",
  );
}

export function keyWrong(where: string): Fault {
  return new Fault(
    "vault_key_wrong",
    `${where} holds another key than the one that the credentials are sealed under`,
    "Restore the key that belongs to this data directory; both come from the same backup.",
  );
}

export function keychainMissing(why: string): Fault {
  return new Fault(
    "vault_keychain_unavailable",
    `the keychain of this machine cannot be used: ${why}`,
    "On Linux install libsecret-tools and unlock the Secret Service; on macOS unlock the login keychain; or keep the key in a file: vault.key.file in doorward.yaml.",
  );
}
