/** Scenarios that do not pass, each with its reason. A failure without an entry here fails the harness. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  "auth/2025-03-26-oauth-metadata-backcompat":
    "the suite's authorization server names another issuer than the address it was found at; RFC 8414, section 3.3, has a client refuse that, and Doorward does",
  "auth/cross-app-access-complete-flow":
    "SEP-990 (an extension) starts from a person's ID token of an identity provider, which Doorward does not hold yet",
};
