import { fakeAuthority } from "./authority.ts";
import type { ReachedProvider, VaultControl } from "#vault";

const PROVIDER: ReachedProvider = {
  name: "acme",
  issuer: null,
  endpoints: {
    authorizeUrl: "https://provider.example/authorize",
    tokenUrl: "https://provider.example/token",
    revokeUrl: "https://provider.example/revoke",
    deviceUrl: "https://provider.example/device",
    namesItself: false,
    clientAuth: "post",
  },
  clientId: "doorward",
  clientSecretFile: null,
  scopes: ["repo"],
  to: ["https://api.provider.example"],
  allowPrivate: false,
};

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
    makeAuthority: async () => ({
      certificate: await fakeAuthority().certificate(),
      kek,
      sealedKey: bytes,
      sealed: bytes,
    }),
    connecting: {
      beginDevice: async () => ({
        userCode: "ABCD-EFGH",
        url: "https://provider.example/device",
        expiresInMs: 600_000,
        everyMs: 5_000,
        sealed: { kek, sealedKey: bytes, sealed: bytes },
      }),
      pollDevice: async () => ({ kind: "pending", slower: false }),
      providers: [PROVIDER],
      reached: async () => PROVIDER,
      begin: async ({ endpoints }, { state }) => ({
        url: `${endpoints.authorizeUrl}?state=${encodeURIComponent(state)}`,
        sealed: { kek, sealedKey: bytes, sealed: bytes },
      }),
      finish: async () => ({ sealed: { kek, sealedKey: bytes, sealed: bytes }, scopes: ["repo"] }),
      revoke: async () => true,
    },
    sealed: (id) => ({
      id,
      version: 1,
      revision: 0,
      name: "github",
      kind: "oauth",
      settings: {},
      reference: null,
      kek,
      sealedKey: bytes,
      sealed: bytes,
    }),
    settleKey: async () => {},
  };
}
