import type { VaultControl } from "#vault";

/** The vault's process, as operations see it: what it seals cannot be read back here either. */
export function fakeVault(): VaultControl {
  let kek = "0000000000000001";
  const bytes = new Uint8Array([1, 2, 3]);
  return {
    status: async () => ({ process: "up", key: "file", kek, keyMadeAt: null }),
    seal: async () => ({ kek, sealedKey: bytes, sealed: bytes }),
    rotateKey: async () => {
      const before = kek;
      kek = "0000000000000002";
      return {
        state: { kek, wrapped: null },
        before,
        rewrapped: 1,
        writes: [{ sql: "UPDATE vault_credentials SET kek = ?", parameters: [kek] }],
      };
    },
    settleKey: async () => {},
  };
}
