import { z } from "zod";
import { askManager, manager, path, type Reaching, segment, station, unavailable } from "./reference.ts";

const TITLE = "HashiCorp Vault";
/** Seconds; 0: for good. */
const lease_duration = z.number().int().min(0).default(0);
const login = z.object({ auth: z.object({ client_token: z.string().min(1), lease_duration }) });
const secret = z.object({ lease_duration, data: z.object({ data: z.record(z.string(), z.unknown()) }) });
const plainSecret = z.object({ lease_duration, data: z.record(z.string(), z.unknown()) });

/**
 * HashiCorp Vault and OpenBao: KV version 2 or 1, with a token, or with an AppRole whose secret id is what opens it.
 * developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 "Read secret version", .../secret/kv/kv-v1 "Read secret",
 * .../api-docs/auth/approle "Login with AppRole"; openbao.org/api-docs says the same of all three. What is leased is remembered
 * no longer than its lease, nor than the token it was leased with lives (.../docs/concepts/lease "Lease revocation").
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
    const { token, seconds } =
      settings.roleId === undefined
        ? { token: key, seconds: 0 }
        : await enter(settings.roleId, key, { base, scoped, allowPrivate }, reaching);
    const headers = { ...scoped, "x-vault-token": token };
    const asking = (place: string) => ({ url: `${base}/v1/${mount}/${place}`, headers, allowPrivate });
    const { held, leased } =
      settings.kv === "1"
        ? heldIn(await askManager(TITLE, plainSecret, asking(at), reaching))
        : nestedIn(await askManager(TITLE, secret, asking(`data/${at}`), reaching));
    const value = held[field];
    if (typeof value === "string" && value !== "") return { value, seconds: shorter(leased, seconds) };
    throw unavailable(TITLE, `the secret has no text named ${field}`);
  },
});

const heldIn = ({ data, lease_duration: leased }: z.output<typeof plainSecret>) => ({ held: data, leased });
const nestedIn = ({ data, lease_duration: leased }: z.output<typeof secret>) => ({ held: data.data, leased });

/** Of two times in seconds, of which 0 is for good. */
function shorter(one: number, other: number): number {
  return Math.min(one || other, other || one);
}

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
  const { auth } = await askManager(TITLE, login, asking, reaching);
  return { token: auth.client_token, seconds: auth.lease_duration };
}
