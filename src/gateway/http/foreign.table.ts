// What credentials look like where an agent would put them (T12). Sources are beside each; a name is compared in small letters.

/** Headers that carry credentials by their definition or by wide use. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  // RFC 9110, 11.6.2; RFC 6265, 5.4.
  "authorization",
  "cookie",
  "cookie2",
  // RFC 9440.
  "client-cert",
  "client-cert-chain",
  // AWS Signature Version 4, Azure Storage shared key and Google APIs, as their SDKs send them.
  "x-amz-security-token",
  "x-ms-authorization-auxiliary",
  "x-goog-api-key",
  "x-goog-iam-authorization-token",
  // GitLab, Bitbucket, Vault, Shopify, DataDog, PagerDuty, as documented by each.
  "private-token",
  "job-token",
  "deploy-token",
  "x-vault-token",
  "x-shopify-access-token",
  "dd-api-key",
  "dd-application-key",
  "apikey",
  "token",
]);

/** Parts of a header's name, between hyphens, that say the same; `x-csrf-token` is a page's own and none. */
export const CREDENTIAL_HEADER_WORDS =
  /(?:^|[-_])(?:auth|authorization|api[-_]?key|access[-_]?key|secret|password|passwd|credentials?|(?:access|auth|id|session|user|api)[-_]?token|bearer)(?:$|[-_])/;

export const HARMLESS_HEADERS: ReadonlySet<string> = new Set(["x-csrf-token", "x-xsrf-token", "csrf-token"]);

/** Query fields that sign or authorise: OAuth 2.0 (RFC 6750, 2.3), AWS, Google and Azure signed URLs, CloudFront. */
export const CREDENTIAL_FIELDS: ReadonlySet<string> = new Set([
  "access_token",
  "accesstoken",
  "refresh_token",
  "id_token",
  "client_secret",
  "api_key",
  "apikey",
  "api-key",
  "app_key",
  "auth",
  "auth_token",
  "authorization",
  "private_token",
  "job_token",
  "secret",
  "secret_key",
  "password",
  "passwd",
  "pwd",
  "session_token",
  "x-amz-signature",
  "x-amz-credential",
  "x-amz-security-token",
  "x-goog-signature",
  "x-goog-credential",
  "awsaccesskeyid",
  "signature",
  "sig",
  "key-pair-id",
  "sas",
  "token",
  "jwt",
]);

/**
 * Addresses that are credentials in themselves, whose path holds the token: Telegram's bots (core.telegram.org/bots/api, "Making
 * requests"), incoming webhooks of Slack and Discord as their documentation shows them.
 */
export const CREDENTIAL_PATH =
  /^\/bot\d{6,12}:[\w-]{30,}\/|^\/services\/T[A-Z0-9]{8,}\/B[A-Z0-9]{8,}\/[A-Za-z0-9]{20,}|\/webhooks\/\d{15,22}\/[\w-]{50,}/;
