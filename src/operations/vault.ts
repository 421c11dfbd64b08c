import { z } from "zod";
import { isoTime } from "./change.ts";
import { time } from "./fields.ts";
import { read } from "./operation.ts";
import { credentialReference } from "./vault-input.ts";
import { credentialShape, credentialView, demandVault, findCredential, visibleRows } from "./vault-rows.ts";

export const vaultList = read({
  name: "vault.list",
  summary: "List the credentials that the vault injects: where each goes, and never what it is",
  permission: "vault.read",
  input: z.strictObject({}),
  output: z.object({ items: z.array(credentialShape) }),
  columns: ["name", "kind", "owner", "to", "state", "lastUsedAt"],
  async run(context) {
    const rows = await visibleRows(context);
    return { items: await Promise.all(rows.map((row) => credentialView(context, row))) };
  },
});

export const vaultGet = read({
  name: "vault.get",
  summary: "Show one credential of the vault, without its secret",
  permission: "vault.read",
  input: z.strictObject({ credential: credentialReference }),
  output: credentialShape,
  positional: ["credential"],
  async run(context, { credential }) {
    return credentialView(context, await findCredential(context, credential, "vault.read"));
  },
});

export const vaultStatus = read({
  name: "vault.status",
  summary: "Show whether the vault's process runs, and which key it holds",
  permission: "vault.read",
  input: z.strictObject({}),
  output: z.object({
    process: z.enum(["idle", "up", "starting", "down"]).describe("idle: nothing was asked of it yet"),
    key: z.enum(["file", "keychain", "command"]).describe("Where the key-encryption key is kept"),
    kek: z.string().nullable().describe("Names the key in force; tells nothing of it"),
    keyMadeAt: time.nullable(),
    credentials: z.int(),
    providers: z
      .array(z.string())
      .describe("Where an account can be connected (`vault.connect`): names of doorward.yaml"),
  }),
  async run(context) {
    const vault = demandVault(context);
    const { process, key, kek, keyMadeAt } = await vault.status();
    const credentials = (await visibleRows(context)).length;
    const providers = vault.connecting.providers.map(({ name }) => name);
    return { process, key, kek, keyMadeAt: isoTime(keyMadeAt), credentials, providers };
  },
});
