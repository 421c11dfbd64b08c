import { Fault } from "#base";
import { JAVA_PASSWORD, type TrustFiles } from "./ca-places.ts";

/**
 * The names under which clients look for certificates to trust. Sources: nodejs.org/api/cli.html (NODE_EXTRA_CA_CERTS adds to
 * Node's own roots); docs.openssl.org X509_get_default_cert_file_env (SSL_CERT_FILE: Python, Ruby, Go's crypto/x509, rustls-native-certs);
 * requests.readthedocs.io, "SSL Cert Verification"; curl.se/docs/sslcerts.html; git-scm.com/docs/git (GIT_SSL_CAINFO); pip.pypa.io
 * (PIP_CERT); doc.rust-lang.org/cargo (CARGO_HTTP_CAINFO); docs.aws.amazon.com/cli (AWS_CA_BUNDLE); docs.deno.com (DENO_CERT);
 * gnu.org/software/wget/manual (WGETRC, ca_certificate);
 * docs.oracle.com, JSSE reference guide (javax.net.ssl.trustStore).
 */
export function trustEnvironment({
  authority,
  bundle,
  java,
  wget,
}: TrustFiles): readonly (readonly [string, string])[] {
  return [
    ["NODE_EXTRA_CA_CERTS", authority],
    ["DENO_CERT", authority],
    ["WGETRC", wget],
    ...[
      "SSL_CERT_FILE",
      "REQUESTS_CA_BUNDLE",
      "CURL_CA_BUNDLE",
      "GIT_SSL_CAINFO",
      "PIP_CERT",
      "CARGO_HTTP_CAINFO",
      "AWS_CA_BUNDLE",
      "NIX_SSL_CERT_FILE",
    ].map((name): [string, string] => [name, bundle]),
    [
      "JAVA_TOOL_OPTIONS",
      `-Djavax.net.ssl.trustStore=${java} -Djavax.net.ssl.trustStorePassword=${JAVA_PASSWORD}`,
    ],
  ];
}

export const SHELL_FORMS = ["sh", "fish", "powershell", "dotenv"] as const;
export type ShellForm = (typeof SHELL_FORMS)[number];

export function shellFormOf(text: string): ShellForm {
  const form = SHELL_FORMS.find((one) => one === text);
  if (form !== undefined) return form;
  throw new Fault(
    "input_invalid",
    `no lines are written for ${text}`,
    `Choose one of ${SHELL_FORMS.join(", ")}.`,
  );
}

/** Lines that set the variables. Quoted so that nothing in a path is read as anything else. */
export function environmentLines(variables: readonly (readonly [string, string])[], form: ShellForm): string {
  return variables.map(([name, value]) => `${lineOf(form, name, value)}\n`).join("");
}

function lineOf(form: ShellForm, name: string, value: string): string {
  const escaped = value.replaceAll("\\", "\\\\");
  switch (form) {
    case "sh":
      return `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'`;
    case "fish":
      return `set -gx ${name} '${escaped.replaceAll("'", String.raw`\'`)}'`;
    case "powershell":
      return `$env:${name} = '${value.replaceAll("'", "''")}'`;
    case "dotenv":
      return `${name}="${escaped.replaceAll('"', String.raw`\"`)}"`;
    default:
      return form satisfies never;
  }
}
