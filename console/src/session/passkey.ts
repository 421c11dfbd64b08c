import { type Opened, session } from "../api/session.ts";

/** Whether this page may use passkeys at all: a browser that has them, on a domain name and no IP address. */
export function canUsePasskeys(): boolean {
  const isDomain = !/^[\d.]+$|:/.test(location.hostname);
  return isDomain && "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

export async function addPasskey(name: string): Promise<void> {
  const { options } = await session<{ options: PublicKeyCredentialCreationOptionsJSON }>(
    "POST",
    "/passkeys/options",
  );
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  await session("POST", "/passkeys", {
    answer: answerOf(await navigator.credentials.create({ publicKey })),
    name,
  });
}

export async function confirmWithPasskey(): Promise<void> {
  const { options } = await session<AskedFor>("POST", "/passkey-presence/options");
  await session("POST", "/passkey-presence", { answer: await assertion(options) });
}

export async function signInWithPasskey(): Promise<Opened> {
  const { key, options } = await session<AskedFor & { key: string }>("POST", "/passkey-sign-in/options");
  return session("POST", "/passkey-sign-in", { key, answer: await assertion(options) });
}

interface AskedFor {
  readonly options: PublicKeyCredentialRequestOptionsJSON;
}

async function assertion(options: PublicKeyCredentialRequestOptionsJSON): Promise<object> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return answerOf(await navigator.credentials.get({ publicKey }));
}

function answerOf(credential: Credential | null): object {
  if (!(credential instanceof PublicKeyCredential)) throw new Error("the browser gave no passkey");
  return credential.toJSON();
}
