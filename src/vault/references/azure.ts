import { z } from "zod";
import { askManager, fieldOf, manager, segment, station } from "./reference.ts";

const TITLE = "Azure Key Vault";
const granted = z.object({ access_token: z.string().min(1) });
const got = z.object({ value: z.string().min(1) });

/**
 * Azure Key Vault, `Get Secret`, as an application whose client secret is what opens it.
 * learn.microsoft.com/rest/api/keyvault/secrets/get-secret (api-version 7.4);
 * learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow.
 */
export const azure = manager({
  title: TITLE,
  settings: z.strictObject({
    manager: z.literal("azure"),
    /** https://NAME.vault.azure.net */
    ...station,
    secret: segment,
    version: segment.optional(),
    tenant: segment,
    clientId: segment,
    login: station.url.default("https://login.microsoftonline.com"),
    field: z.string().min(1).max(300).optional(),
    cacheSeconds: z.coerce.number().int().min(0).max(86_400).optional(),
  }),
  read: async ({ url, secret, version, tenant, clientId, login, field, allowPrivate }, key, reaching) => {
    const form = {
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: key,
      scope: "https://vault.azure.net/.default",
    };
    const asking = {
      url: `${login.replace(/\/$/, "")}/${tenant}/oauth2/v2.0/token`,
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
      allowPrivate,
    } as const;
    const { access_token } = await askManager(TITLE, granted, asking, reaching);
    const at = `${url.replace(/\/$/, "")}/secrets/${secret}${version === undefined ? "" : `/${version}`}?api-version=7.4`;
    const headers = { authorization: `Bearer ${access_token}` };
    const { value } = await askManager(TITLE, got, { url: at, headers, allowPrivate }, reaching);
    return fieldOf(TITLE, value, field);
  },
});
