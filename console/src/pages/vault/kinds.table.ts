import type { Input } from "../../api/client.ts";

type Kind = Input<"/vault/add">["kind"];

/** What a field takes: a line, one value on each line, or `NAME=TEXT` on each line. */
export interface KindField {
  readonly name: string;
  readonly label: string;
  readonly takes: "line" | "lines" | "pairs";
  readonly isRequired: boolean;
  readonly placeholder?: string;
  readonly hint?: string;
}

/** A part of the secret: typed unseen, or read from a file; never kept by the page. */
export interface SecretPart {
  readonly name: "secret" | "sessionToken" | "clientSecret" | "certificate";
  readonly label: string;
  readonly isFile: boolean;
  readonly isRequired: boolean;
}

const line = (name: string, label: string, placeholder: string, hint?: string): KindField => ({
  name,
  label,
  takes: "line",
  isRequired: true,
  placeholder,
  ...(hint === undefined ? {} : { hint }),
});
const main = (label: string): SecretPart => ({ name: "secret", label, isFile: false, isRequired: true });
const other = (name: SecretPart["name"], label: string): SecretPart => ({
  name,
  label,
  isFile: false,
  isRequired: false,
});

/** As `vault.add` takes them; docs/guide/vault.md says where each goes in a request. */
export const KINDS: {
  readonly [K in Kind]: {
    readonly word: string;
    readonly fields: readonly KindField[];
    readonly secrets: readonly SecretPart[];
  };
} = {
  bearer: { word: "a token, as Authorization: Bearer", fields: [], secrets: [main("Token")] },
  basic: {
    word: "user and password, as Authorization: Basic",
    fields: [line("user", "User", "x-access-token", "For tokens of GitHub: x-access-token.")],
    secrets: [main("Password or token")],
  },
  header: {
    word: "a key in a header of its own",
    fields: [
      line("header", "Header", "x-api-key"),
      { ...line("prefix", "What stands before the key, with its space", "Token "), isRequired: false },
    ],
    secrets: [main("Key")],
  },
  query: {
    word: "a key in the query",
    fields: [line("parameter", "Parameter", "appid")],
    secrets: [main("Key")],
  },
  oauth: {
    word: "OAuth: access tokens are got and refreshed",
    fields: [
      line("tokenUrl", "Token endpoint", "https://login.example.com/token"),
      { ...line("revokeUrl", "Revocation endpoint", "https://login.example.com/revoke"), isRequired: false },
      line("clientId", "Client id", "doorward"),
      { name: "scopes", label: "Scopes, one on each line", takes: "lines", isRequired: false },
    ],
    secrets: [
      main("Refresh token, or the client’s secret where it gets tokens for itself"),
      other("clientSecret", "The client’s secret, beside a refresh token"),
    ],
  },
  "aws-sigv4": {
    word: "AWS: requests are signed (SigV4)",
    fields: [
      line("accessKeyId", "Access key id", "AKIA…"),
      line("region", "Region", "eu-central-1"),
      line("service", "Service", "s3"),
    ],
    secrets: [main("Secret access key"), other("sessionToken", "Session token, of temporary credentials")],
  },
  mtls: {
    word: "a client certificate (mTLS)",
    fields: [],
    secrets: [
      { name: "secret", label: "Private key, in PEM", isFile: true, isRequired: true },
      { name: "certificate", label: "Certificate with its chain, in PEM", isFile: true, isRequired: true },
    ],
  },
  template: {
    word: "something else: a template",
    fields: [
      {
        name: "headers",
        label: "Headers, NAME=TEXT on each line",
        takes: "pairs",
        isRequired: false,
        placeholder: "X-Auth=Token {{secret}};v=2",
        hint: "The secret goes in where {{secret}} stands.",
      },
      {
        name: "query",
        label: "Query parameters, NAME=TEXT on each line",
        takes: "pairs",
        isRequired: false,
        placeholder: "key={{secret}}",
      },
    ],
    secrets: [main("Secret")],
  },
};

export const KIND_OPTIONS = Object.entries(KINDS).map(([value, { word }]) => ({ value, word }));

export function kindOf(text: string): Kind {
  const found = KIND_OPTIONS.find(({ value }) => value === text);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a key of KINDS, as the table's own type has them
  return (found?.value ?? "bearer") as Kind;
}
