import {
  createCipheriv,
  createECDH,
  createPrivateKey,
  type ECDH,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { channelRefused } from "./faults.ts";

/** Keys of a browser's subscription (W3C Push API, `PushSubscription.getKey`), decoded. */
export interface PushKeys {
  /** The browser's public key: an uncompressed point of P-256, 65 bytes. */
  readonly p256dh: Buffer;
  /** 16 random bytes that the browser shares with us alone. */
  readonly auth: Buffer;
}

interface Fresh {
  /** Of the sender, for this message alone. */
  readonly own: ECDH;
  /** 16 random bytes. */
  readonly salt: Buffer;
}

const CURVE = "prime256v1";
const POINT_BYTES = 65;
const AUTH_BYTES = 16;
const RECORD_BYTES = 4_096;
/** One record holds everything: its end mark and its tag take 17 bytes. */
const TEXT_BYTES_MAX = RECORD_BYTES - 17 - 86;

export function freshKeys(): Fresh {
  const own = createECDH(CURVE);
  own.generateKeys();
  return { own, salt: randomBytes(16) };
}

/** `aes128gcm` content coding for one browser: RFC 8291, 3.4, over RFC 8188. */
export function encryptPush(text: string, { p256dh, auth }: PushKeys, { own, salt }: Fresh): Buffer {
  const content = Buffer.from(text, "utf8");
  if (content.length > TEXT_BYTES_MAX || p256dh.length !== POINT_BYTES || auth.length !== AUTH_BYTES)
    throw channelRefused("these are no keys of a browser's subscription", "Subscribe again, in the console.");
  const [ours, shared] = [own.getPublicKey(), agreed(own, p256dh)];
  const keyInfo = Buffer.concat([Buffer.from("WebPush: info\0"), p256dh, ours]);
  const secret = derived(shared, auth, keyInfo, 32);
  const key = derived(secret, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = derived(secret, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  // 2 ends the last record.
  const sealed = [
    cipher.update(content),
    cipher.update(Buffer.from([2])),
    cipher.final(),
    cipher.getAuthTag(),
  ];
  const size = Buffer.alloc(4);
  size.writeUInt32BE(RECORD_BYTES);
  return Buffer.concat([salt, size, Buffer.from([ours.length]), ours, ...sealed]);
}

function agreed(own: ECDH, theirs: Buffer): Buffer {
  try {
    return own.computeSecret(theirs);
  } catch {
    // A point that is none of the curve's.
    throw channelRefused("these are no keys of a browser's subscription", "Subscribe again, in the console.");
  }
}

function derived(secret: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, bytes));
}

/** Our own key pair, by which push services know us (RFC 8292, "VAPID"). */
export interface VapidKey {
  /** Uncompressed point, in base64url: what browsers subscribe with. */
  readonly publicKey: string;
  readonly key: KeyObject;
}

/** From 32 random bytes in base64url. */
export function vapidKeyOf(privateKey: string): VapidKey {
  const scalar = Buffer.from(privateKey, "base64url");
  const pair = createECDH(CURVE);
  try {
    if (scalar.length !== 32) throw new Error("not 32 bytes");
    pair.setPrivateKey(scalar);
  } catch {
    throw channelRefused(
      "the push key is no private key of P-256",
      "Make one: `openssl rand 32 | basenc --base64url | tr -d =`.",
    );
  }
  const point = pair.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const jwk = { kty: "EC", crv: "P-256", d: scalar.toString("base64url"), x: x ?? "", y: y ?? "" };
  return { publicKey: point.toString("base64url"), key: createPrivateKey({ key: jwk, format: "jwk" }) };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** `Authorization` for one push service: who we are, for that origin alone, until `expiresAt` (seconds; RFC 8292, 2 and 3). */
export function vapidHeader(vapid: VapidKey, origin: string, subject: string, expiresAt: number): string {
  const signed = `${part({ typ: "JWT", alg: "ES256" })}.${part({ aud: origin, exp: expiresAt, sub: subject })}`;
  const signature = sign("sha256", Buffer.from(signed), { key: vapid.key, dsaEncoding: "ieee-p1363" });
  return `vapid t=${signed}.${signature.toString("base64url")}, k=${vapid.publicKey}`;
}
