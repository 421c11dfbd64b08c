import { generateKeyPairSync, type KeyObject } from "node:crypto";

/**
 * A service account's key file as Google Cloud writes it (fields: googleapis/google-auth-library-nodejs
 * a95b8272197f35453d1647eed85be475d51474c9, src/auth/credentials.ts `JWTInput`), with a key of its own.
 */
export function createKey(): { readonly file: Record<string, string>; readonly publicKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const file = {
    type: "service_account",
    project_id: "test-project",
    private_key_id: "0123456789abcdef",
    private_key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    client_email: "robot@test-project.iam.gserviceaccount.com",
    client_id: "1",
    token_uri: "https://oauth2.googleapis.com/token",
  };
  return { file, publicKey };
}
