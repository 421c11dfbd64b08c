import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { decodeAttestationObject, isoBase64URL } from "@simplewebauthn/server/helpers";
import { z } from "zod";
import { Fault } from "#base";
import { type Caller, consoleOrigin } from "#identity";
import {
  type AccountsOutside,
  addPasskey,
  credentialsOf,
  demandMayAdd,
  notePasskeyUse,
  notePresence,
  openSession,
  type OpenedSession,
  type Passkey,
  passkeyById,
} from "#operations";
import type { Challenges } from "./passkey-challenges.ts";

/** Passkeys (WebAuthn Level 3) over one install: what they are checked against. */
export interface PasskeyOutside {
  readonly accounts: AccountsOutside;
  readonly challenges: Challenges;
}

const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,16384}$/);
const credential = {
  id: base64url,
  rawId: base64url,
  type: z.literal("public-key"),
  clientExtensionResults: z.object({}).prefault({}),
};

/** `PublicKeyCredential.toJSON()` of a new passkey; what we have no use for is dropped. */
export const registrationAnswer = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z
      .array(z.enum(["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]))
      .prefault([]),
  }),
});

/** `PublicKeyCredential.toJSON()` of an assertion. */
export const assertionAnswer = z.object({
  ...credential,
  response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url }),
});

export type RegistrationAnswer = z.output<typeof registrationAnswer>;
export type AssertionAnswer = z.output<typeof assertionAnswer>;

/** Options for `navigator.credentials.create`: a discoverable passkey that verifies its user, no attestation. */
export async function passkeyToAdd(
  { accounts, challenges }: PasskeyOutside,
  caller: Caller,
): Promise<object> {
  await demandMayAdd(accounts, caller);
  const { passkeys } = await credentialsOf(accounts, caller.user);
  return generateRegistrationOptions({
    rpName: "Doorward",
    rpID: relyingParty(accounts),
    userName: caller.name,
    userID: new TextEncoder().encode(caller.user),
    challenge: isoBase64URL.toBuffer(challenges.make(`add:${caller.credential}`)),
    attestationType: "none",
    excludeCredentials: passkeys.map((passkey) => ({ id: passkey.id })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
  });
}

/** Keeps the passkey that answered `passkeyToAdd`. Answers until when the caller counts as present. */
export async function keepPasskey(
  { accounts, challenges }: PasskeyOutside,
  caller: Caller,
  answer: RegistrationAnswer,
  name: string,
): Promise<number> {
  demandNoCertificates(answer);
  const verified = await verifying(() =>
    verifyRegistrationResponse({
      response: answer,
      expectedChallenge: (challenge) => challenges.spend(`add:${caller.credential}`, challenge),
      expectedOrigin: consoleOrigin(accounts.listen),
      expectedRPID: relyingParty(accounts),
      requireUserVerification: true,
    }),
  );
  if (!verified.verified) throw refused();
  const { id, publicKey, counter } = verified.registrationInfo.credential;
  const { transports } = answer.response;
  const createdAt = accounts.ambient.now();
  return addPasskey(accounts, caller, {
    id,
    user: caller.user,
    publicKey,
    counter,
    transports,
    name,
    createdAt,
  });
}

/** Options for `navigator.credentials.get`: the caller's passkeys, or (null) any, to sign in. */
export async function passkeyToAsk(outside: PasskeyOutside, caller: Caller | null): Promise<object> {
  const { accounts, challenges } = outside;
  const passkeys = caller === null ? [] : (await credentialsOf(accounts, caller.user)).passkeys;
  const key = caller === null ? signInKey(accounts) : `present:${caller.credential}`;
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(accounts),
    userVerification: "required",
    challenge: isoBase64URL.toBuffer(challenges.make(key)),
    ...(caller === null ? {} : { allowCredentials: passkeys.map((passkey) => ({ id: passkey.id })) }),
  });
  return caller === null ? { key, options } : { options };
}

/** Shows presence by passkey. Answers until when it counts. */
export async function confirmPasskey(
  outside: PasskeyOutside,
  caller: Caller,
  answer: AssertionAnswer,
): Promise<number> {
  const passkey = await checkAssertion(outside, answer, `present:${caller.credential}`);
  if (passkey.user !== caller.user) throw refused();
  return notePresence(outside.accounts, caller);
}

/** Signs the passkey's user in to the console, with presence. `key` is the one `passkeyToAsk` answered. */
export async function signInWithPasskey(
  outside: PasskeyOutside,
  key: string,
  answer: AssertionAnswer,
): Promise<OpenedSession> {
  if (!key.startsWith(SIGN_IN)) throw refused();
  const passkey = await checkAssertion(outside, answer, key);
  return openSession(outside.accounts, passkey.user, "console", true);
}

const SIGN_IN = "sign-in:";

function signInKey({ ambient }: AccountsOutside): string {
  return SIGN_IN + ambient.id("pkc");
}

async function checkAssertion(
  { accounts, challenges }: PasskeyOutside,
  answer: AssertionAnswer,
  key: string,
): Promise<Passkey> {
  const passkey = await passkeyById(accounts, answer.id);
  if (passkey === null) throw refused();
  const verified = await verifying(() =>
    verifyAuthenticationResponse({
      response: answer,
      expectedChallenge: (challenge) => challenges.spend(key, challenge),
      expectedOrigin: consoleOrigin(accounts.listen),
      expectedRPID: relyingParty(accounts),
      requireUserVerification: true,
      credential: { id: passkey.id, publicKey: Uint8Array.from(passkey.publicKey), counter: passkey.counter },
    }),
  );
  if (!verified.verified) throw refused();
  await notePasskeyUse(accounts, passkey, verified.authenticationInfo.newCounter);
  return passkey;
}

/**
 * We ask for no attestation. One with certificates would make the library fetch revocation lists from wherever the
 * certificates say, past the egress client (T17).
 */
function demandNoCertificates(answer: RegistrationAnswer): void {
  let isPlain = false;
  try {
    const attestation = decodeAttestationObject(isoBase64URL.toBuffer(answer.response.attestationObject));
    const format = attestation.get("fmt");
    isPlain =
      format === "none" || (format === "packed" && attestation.get("attStmt").get("x5c") === undefined);
  } catch (cause) {
    throw refused(cause);
  }
  if (!isPlain) throw refused();
}

async function verifying<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (cause) {
    throw refused(cause);
  }
}

function relyingParty({ listen }: AccountsOutside): string {
  return new URL(consoleOrigin(listen)).hostname;
}

function refused(cause?: unknown): Fault {
  return new Fault(
    "passkey_refused",
    "this passkey's answer does not fit",
    "Try again from the console page at the address Doorward printed, or use your password.",
    cause,
  );
}
