import { scimList } from "./scim-answers.ts";

export const SCIM_PREFIX = "/scim/v2";
/** Users of one answer at most (RFC 7644, 3.4.2.4: asked for more, a server gives fewer). */
export const SCIM_COUNT_MAX = 100;
export const SCIM_USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const CORE = "urn:ietf:params:scim:schemas:core:2.0";

/** What a directory may ask of SCIM itself (RFC 7644, 4; RFC 7643, 5 to 7), by its path after the prefix; null: none of that. */
export function scimDocuments(base: string): (path: string) => object | null {
  const at = (path: string, resourceType: string): object => ({
    resourceType,
    location: `${base}${SCIM_PREFIX}${path}`,
  });
  const type = { ...RESOURCE_TYPE, meta: at("/ResourceTypes/User", "ResourceType") };
  const schema = { ...SCHEMA, meta: at(`/Schemas/${SCIM_USER}`, "Schema") };
  const documents: Readonly<Record<string, object>> = {
    "/ServiceProviderConfig": {
      ...PROVIDER_CONFIG,
      meta: at("/ServiceProviderConfig", "ServiceProviderConfig"),
    },
    "/ResourceTypes": scimList([type], { total: 1, start: 1 }),
    "/ResourceTypes/User": type,
    "/Schemas": scimList([schema], { total: 1, start: 1 }),
    [`/Schemas/${SCIM_USER}`]: schema,
  };
  return (path) => (Object.hasOwn(documents, path) ? (documents[path] ?? null) : null);
}

const PROVIDER_CONFIG = {
  schemas: [`${CORE}:ServiceProviderConfig`],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: SCIM_COUNT_MAX },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    { type: "oauthbearertoken", name: "Bearer", description: "The secret of the setting scim.secretFile" },
  ],
};

const RESOURCE_TYPE = {
  schemas: [`${CORE}:ResourceType`],
  id: "User",
  name: "User",
  description: "Users of the identity provider whom an admin added",
  endpoint: "/Users",
  schema: SCIM_USER,
};

/** Less than the RFC's: these are the attributes that there are. `id`, `externalId` and `meta` are common to all (3.1). */
const SCHEMA = {
  schemas: [`${CORE}:Schema`],
  id: SCIM_USER,
  name: "User",
  description: "A user, as far as a directory ends them here",
  attributes: [
    {
      name: "userName",
      type: "string",
      multiValued: false,
      description: "The name that an admin gave them; a directory does not change it",
      required: true,
      caseExact: true,
      mutability: "readOnly",
      returned: "default",
      uniqueness: "server",
    },
    {
      name: "active",
      type: "boolean",
      multiValued: false,
      description: "Whether they may act here; false ends them, and stays",
      required: false,
      mutability: "readWrite",
      returned: "default",
    },
  ],
};
