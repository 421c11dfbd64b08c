import { z } from "zod";
import { askManager, manager, segment, station, unavailable } from "./reference.ts";

const TITLE = "1Password Connect";
const item = z.object({
  fields: z.array(z.object({ id: z.string(), label: z.string().optional(), value: z.string().optional() })),
});

/**
 * 1Password Connect, an item of a vault, opened with a Connect token.
 * developer.1password.com/docs/connect/api-reference "Get item details".
 */
export const onepassword = manager({
  title: TITLE,
  settings: z.strictObject({
    manager: z.literal("1password"),
    ...station,
    vault: segment,
    item: segment,
    /** Its label or id. */
    field: z.string().min(1).max(300),
    cacheSeconds: z.coerce.number().int().min(0).max(86_400).optional(),
  }),
  read: async ({ url, vault, item: id, field, allowPrivate }, key, reaching) => {
    const at = `${url.replace(/\/$/, "")}/v1/vaults/${vault}/items/${id}`;
    const asking = { url: at, headers: { authorization: `Bearer ${key}` }, allowPrivate };
    const { fields } = await askManager(TITLE, item, asking, reaching);
    const found = fields.filter((one) => one.id === field || one.label === field);
    const [only] = found;
    if (found.length === 1 && only?.value !== undefined && only.value !== "") return only.value;
    throw unavailable(
      TITLE,
      `the item has ${found.length === 0 ? "no field" : "several fields"} named ${field}`,
    );
  },
});
