import { scrypt, timingSafeEqual } from "node:crypto";
import { type Ambient, Fault } from "#base";

/**
 * Passwords after RFC 7914 (scrypt), kept as a PHC string `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`: 32 MiB and about
 * 0.2 s a guess, one of the equal-strength settings of OWASP's password storage sheet.
 */
const COST = { ln: 15, r: 8, p: 3 } as const;
/** What a stored hash may ask for; more would let a damaged row take the machine's memory. */
const COST_MAX = { ln: 17, r: 8, p: 8 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Length bounds in characters; NIST SP 800-63B asks to allow at least 64. */
export const PASSWORD_CHARACTERS_MIN = 12;
export const PASSWORD_CHARACTERS_MAX = 256;
const DIFFERENT_CHARACTERS_MIN = 5;

interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** Throws `password_weak` unless `password` is long enough and is not the obvious. */
export function checkPassword(password: string, userName: string): void {
  const weakness = weaknessOf(normal(password), userName);
  if (weakness === null) return;
  throw new Fault(
    "password_weak",
    `this password ${weakness}`,
    "Choose a few unrelated words, or use a passkey.",
  );
}

function weaknessOf(password: string, userName: string): string | null {
  const characters = Array.from(password);
  if (characters.length < PASSWORD_CHARACTERS_MIN)
    return `is shorter than ${PASSWORD_CHARACTERS_MIN} characters`;
  if (characters.length > PASSWORD_CHARACTERS_MAX)
    return `is longer than ${PASSWORD_CHARACTERS_MAX} characters`;
  if (new Set(characters).size < DIFFERENT_CHARACTERS_MIN) return "repeats the same few characters";
  const words = [userName.toLowerCase(), "doorward", "password"];
  const isObvious = words.some((word) => isMostly(password.toLowerCase(), word));
  return isObvious ? "is mostly your name, doorward or password" : null;
}

export async function hashPassword(password: string, ambient: Pick<Ambient, "random">): Promise<string> {
  const salt = ambient.random(SALT_BYTES);
  const derived = await derive(password, salt, COST);
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${base64(salt)}$${base64(derived)}`;
}

/**
 * Whether `password` is the one behind `stored`. Takes as long for `stored` null (no such user, no password) as for
 * a wrong password, so that an answer's time does not say who exists. Throws `password_unreadable` on a damaged row.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const { cost, salt, expected } = stored === null ? decoy() : parse(stored);
  const derived = await derive(password, salt, cost);
  const same = timingSafeEqual(derived, expected);
  return same && stored !== null;
}

function derive(password: string, salt: Uint8Array, cost: Cost): Promise<Buffer> {
  const memory = 128 * 2 ** cost.ln * cost.r * 2;
  const options = { N: 2 ** cost.ln, r: cost.r, p: cost.p, maxmem: memory };
  return new Promise((resolve, reject) => {
    scrypt(normal(password), salt, HASH_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function parse(stored: string): { cost: Cost; salt: Buffer; expected: Buffer } {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22})\$([\w+/]{43})$/.exec(stored);
  const [, ln, r, p, salt, expected] = match ?? [];
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const isBounded = cost.ln <= COST_MAX.ln && cost.r <= COST_MAX.r && cost.p <= COST_MAX.p && cost.ln > 0;
  if (salt === undefined || expected === undefined || !isBounded) {
    throw new Fault(
      "password_unreadable",
      "the stored password hash is damaged",
      "Ask an admin for a login link and set a new password.",
    );
  }
  return { cost, salt: Buffer.from(salt, "base64"), expected: Buffer.from(expected, "base64") };
}

function decoy(): { cost: Cost; salt: Buffer; expected: Buffer } {
  return { cost: COST, salt: Buffer.alloc(SALT_BYTES), expected: Buffer.alloc(HASH_BYTES) };
}

function isMostly(password: string, word: string): boolean {
  return word.length >= 3 && password.replaceAll(word, "").length < PASSWORD_CHARACTERS_MIN / 2;
}

/** The same password typed on another keyboard layout must match (RFC 8265 section 4.2 asks for NFC). */
function normal(password: string): string {
  return password.normalize("NFC");
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}
