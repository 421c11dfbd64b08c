/** A status of HTTP, and a body of SCIM; null: none. */
export interface ScimAnswer {
  readonly status: number;
  readonly body: object | null;
}

/** What is wrong with a request, in the words of RFC 7644, table 9; those that can happen here. */
type ScimType = "invalidFilter" | "invalidSyntax" | "invalidValue" | "mutability";

const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** An error of RFC 7644, 3.12. */
export function scimProblem(status: number, detail: string, scimType?: ScimType): object {
  return {
    schemas: [ERROR],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail,
  };
}

export function refused(scimType: ScimType, detail: string): ScimAnswer {
  return { status: 400, body: scimProblem(400, detail, scimType) };
}

/** A ListResponse (RFC 7644, 3.4.2): of `total` things, those from the `start`th on. */
export function scimList(
  resources: readonly object[],
  { total, start }: { readonly total: number; readonly start: number },
): object {
  return {
    schemas: [LIST],
    totalResults: total,
    startIndex: start,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
