import { randomBytes } from "node:crypto";
import { isoBase64URL, isoCBOR } from "@simplewebauthn/server/helpers";
import { expect, test } from "vitest";
import type { Caller, ListenConfig } from "#identity";
import type { AccountsOutside } from "#operations";
import type { UserId } from "#vocabulary";
import { keepPasskey, registrationAnswer, signInWithPasskey } from "./passkey.ts";
import { CHALLENGES_MAX, type Challenges, createChallenges } from "./passkey-challenges.ts";

const listen: ListenConfig = {
  address: "127.0.0.1",
  port: 7420,
  tls: false,
  trustedProxies: [],
  publicUrl: null,
  identityProvider: null,
};
const caller: Caller = {
  kind: "user",
  user: "usr_1" as UserId,
  name: "ana",
  roles: [],
  groups: [],
  presentUntil: 0,
  via: "console",
  credential: "c",
};

const clock = (): {
  monotonic: () => number;
  random: (bytes: number) => Uint8Array;
  advance: (ms: number) => void;
} => {
  let ms = 0;
  const advance = (by: number): void => {
    ms += by;
  };
  return { monotonic: () => ms, random: (bytes) => randomBytes(bytes), advance };
};

function answerWith(fmt: string, statement: Map<string, Uint8Array[]>) {
  const attestation = new Map<string, unknown>([
    ["fmt", fmt],
    ["attStmt", statement],
    ["authData", new Uint8Array(37)],
  ]);
  const attestationObject = isoBase64URL.fromBuffer(isoCBOR.encode(attestation as never));
  const response = { clientDataJSON: "e30", attestationObject };
  return registrationAnswer.parse({ id: "aQ", rawId: "aQ", type: "public-key", response });
}

// T17: certificates in an attestation name addresses of revocation lists that the library would fetch.
test.each<[string, string, Map<string, Uint8Array[]>, number]>([
  ["none", "none", new Map(), 1],
  ["self-signed", "packed", new Map(), 1],
  ["packed with certificates", "packed", new Map([["x5c", [new Uint8Array(9)]]]), 0],
  ["FIDO U2F", "fido-u2f", new Map([["x5c", [new Uint8Array(9)]]]), 0],
  ["TPM", "tpm", new Map(), 0],
  ["Apple", "apple", new Map(), 0],
  ["Android", "android-safetynet", new Map(), 0],
])(
  "an attestation %s reaches the library only if it names nothing to fetch",
  async (_name, fmt, statement, reached) => {
    let spent = 0;
    const challenges: Challenges = {
      make: () => "",
      spend: () => {
        spent += 1;
        return false;
      },
    };
    const accounts = { listen } as AccountsOutside;
    const clientDataJSON = isoBase64URL.fromUTF8String(
      JSON.stringify({ type: "webauthn.create", challenge: "x", origin: "http://localhost:7420" }),
    );
    const answer = answerWith(fmt, statement);
    const sent = { ...answer, response: { ...answer.response, clientDataJSON } };
    const kept = keepPasskey({ accounts, challenges }, caller, sent, "mine");
    await expect(kept).rejects.toMatchObject({ code: "passkey_refused" });
    expect(spent).toBe(reached);
  },
);

test("signing in takes only a challenge that was made for signing in", async () => {
  const challenges = createChallenges(clock());
  challenges.make("present:c");
  const response = { clientDataJSON: "e30", authenticatorData: "AA", signature: "AA" };
  const answer = { id: "aQ", rawId: "aQ", type: "public-key" as const, clientExtensionResults: {}, response };
  const entered = signInWithPasskey(
    { accounts: { listen } as AccountsOutside, challenges },
    "present:c",
    answer,
  );
  await expect(entered).rejects.toMatchObject({ code: "passkey_refused" });
});

test("a challenge is good once, under its own key, for two minutes, and never twice for a wrong guess", () => {
  const time = clock();
  const challenges = createChallenges(time);
  const made = challenges.make("a");
  expect(challenges.spend("b", made)).toBe(false);
  expect(challenges.spend("a", made)).toBe(true);
  expect(challenges.spend("a", made)).toBe(false);
  const guessed = challenges.make("a");
  expect(challenges.spend("a", "wrong")).toBe(false);
  expect(challenges.spend("a", guessed)).toBe(false);
  const late = challenges.make("a");
  time.advance(120_000);
  expect(challenges.spend("a", late)).toBe(false);
});

test("open challenges are bounded: the oldest gives way", () => {
  const challenges = createChallenges(clock());
  const first = challenges.make("first");
  const made = Array.from({ length: CHALLENGES_MAX }, (_, n) => challenges.make(`key ${n}`));
  expect(challenges.spend("first", first)).toBe(false);
  expect(challenges.spend(`key ${CHALLENGES_MAX - 1}`, made.at(-1) ?? "")).toBe(true);
});
