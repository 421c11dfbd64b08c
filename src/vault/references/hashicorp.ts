import { z } from "zod";
import { askManager, manager, path, type Reaching, segment, station, unavailable } from "./reference.ts";

const TITLE = "HashiCorp Vault";
const login = z.object({ auth: z.object({ client_token: z.string().min(1) }) });
const secret = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()) }) });
const plainSecret = z.object({ data: z.record(z.string(), z.unknown()) });

/**
 * HashiCorp Vault and OpenBao: KV version 2 or 1, with a token, or with an AppRole whose secret id is what opens it.
 * developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 "Read secret version", .../secret/kv/kv-v1 "Read secret",
 * .../api-docs/auth/approle "Login with AppRole"; openbao.org/api-docs says the same of all three.
 */
export const hashicorp = manager({
  title: TITLE,
  settings: z.strictObject({
    manager: z.literal("hashicorp"),
    ...station,
    mount: path.default("secret"),
    kv: z.enum(["1", "2"]).default("2"),
    path,
    field: z.string().min(1).max(300),
    roleId: segment.optional(),
    namespace: path.optional(),
    cacheSeconds: z.coerce.number().int().min(0).max(86_400).optional(),
  }),
  read: async (settings, key, reaching) => {
    const { url, mount, path: at, field, allowPrivate, namespace } = settings;
    const base = url.replace(/\/$/, "");
    const scoped: Record<string, string> = namespace === undefined ? {} : { "x-vault-namespace": namespace };
    const token =
      settings.roleId === undefined
        ? key
        : await enter(settings.roleId, key, { base, scoped, allowPrivate }, reaching);
    const headers = { ...scoped, "x-vault-token": token };
    const asking = (place: string) => ({ url: `${base}/v1/${mount}/${place}`, headers, allowPrivate });
    const held =
      settings.kv === "1"
        ? (await askManager(TITLE, plainSecret, asking(at), reaching)).data
        : (await askManager(TITLE, secret, asking(`data/${at}`), reaching)).data.data;
    const value = held[field];
    if (typeof value === "string" && value !== "") return value;
    throw unavailable(TITLE, `the secret has no text named ${field}`);
  },
});

interface Entrance {
  readonly base: string;
  readonly scoped: Readonly<Record<string, string>>;
  readonly allowPrivate: boolean;
}

async function enter(
  role_id: string,
  secret_id: string,
  { base, scoped, allowPrivate }: Entrance,
  reaching: Reaching,
) {
  const asking = {
    url: `${base}/v1/auth/approle/login`,
    method: "POST",
    headers: { ...scoped, "content-type": "application/json" },
    body: JSON.stringify({ role_id, secret_id }),
    allowPrivate,
  } as const;
  return (await askManager(TITLE, login, asking, reaching)).auth.client_token;
}
