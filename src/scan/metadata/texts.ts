import { CREDENTIAL_VALUE } from "#base";
import type { Finding } from "../finding.ts";
import { shownText } from "../shown.ts";
import { steeringIn } from "../templates/language.ts";

/** Something in a text that people and tools read beside a model. */
export type Said = Pick<Finding, "rule" | "severity" | "verdict" | "says" | "techniques"> & {
  /** In characters of the text. */
  readonly at: number;
};

const SECRETS_MAX = 20;
/** No credential is longer; without an end, text made of their beginnings would be read again from each of them. */
const SECRET_CHARACTERS_MAX = 1000;
const SECRET = new RegExp(
  CREDENTIAL_VALUE.source
    .replaceAll(/\{(\d+),\}/gu, `{$1,${SECRET_CHARACTERS_MAX}}`)
    .replaceAll("[\\w-]*", `[\\w-]{0,${SECRET_CHARACTERS_MAX}}`),
  "gu",
);
/** What documentation writes where a credential belongs. */
const PLACEHOLDER =
  /x{4}|X{4}|0{6}|12345|abcde|your|example|sample|dummy|fake|placeholder|redacted|token_here|\.\.\./iu;

/** Credentials by their published prefixes; what documentation writes in their place is none. The credential itself is not repeated. */
export function secretsIn(text: string): readonly Said[] {
  const found: Said[] = [];
  for (const match of text.matchAll(SECRET)) {
    const secret = match[0].replace(/^[^A-Za-z0-9]/u, "");
    if (!isRandom(secret)) continue;
    const says = `A credential stands here in the open, ${shownText(`${secret.slice(0, 4)}...`)} of ${secret.length} characters: whoever has the file has it.`;
    found.push({
      rule: "metadata-secret",
      severity: "high",
      verdict: "suspicious",
      says,
      techniques: ["AML.T0055"],
      at: match.index + match[0].length - secret.length,
    });
    if (found.length >= SECRETS_MAX) break;
  }
  return found;
}

function isRandom(secret: string): boolean {
  const tail = secret.slice(4);
  const digits = tail.match(/\d/gu)?.length ?? 0;
  return digits >= 3 && new Set(tail).size >= 10 && !PLACEHOLDER.test(secret);
}

/** Addresses that nobody gives as a home page: a bare number, a name and password, a scheme that runs or reads something. */
const ODD_ADDRESS =
  /\b(?:javascript|vbscript|file|data|smb|ldap|rmi|gopher|jar):[^\s"'<>]{3,200}|\b(?:https?|ftp|wss?):\/\/(?:[^\s/@"'<>]{1,80}:[^\s/@"'<>]{1,80}@[^\s"'<>]{1,120}|\d{1,3}(?:\.\d{1,3}){3}\b[^\s"'<>]{0,120}|0x[\da-f]{8}\b[^\s"'<>]{0,120}|\[[\da-f:.]{3,45}\][^\s"'<>]{0,120}|(?:[\w-]+\.)*xn--[^\s"'<>]{2,120}|[\w-]+(?:\.[\w-]+)*\.(?:onion|i2p)\b[^\s"'<>]{0,120})/iu;
const LOCAL = /^https?:\/\/(?:127\.|0\.0\.0\.0|10\.|192\.168\.|\[::1\])/iu;

/** Words of programs, which no description of a model needs: who evaluates, pastes or renders metadata would run them. */
const CODE =
  /\b__import__\s*\(|\b(?:os\.(?:system|popen)|subprocess\.\w+|eval|exec|compile)\s*\(|<script\b|\bbase64\s+-d\b|\b(?:curl|wget)\s+[^\n|]{1,200}\|\s*(?:ba)?sh\b|\/dev\/tcp\/|\bpowershell(?:\.exe)?\s+-/iu;
const DIRECTIONS = /[\u202A-\u202E\u2066-\u2069]|[\u{E0020}-\u{E007E}]{2,}/u;
/** The sign that begins an order to a terminal (ECMA-48, 5.2). */
const ESCAPE = "\u001B";

/** Where in a text something turns or hides what is shown of it; -1 where nothing does. */
export function turnedAt(text: string): number {
  const escape = text.indexOf(ESCAPE);
  return escape >= 0 && escape + 1 < text.length ? escape : text.search(DIRECTIONS);
}

/** What stands in a text of a model's metadata that describes no model. */
export function oddTextIn(text: string, label: string): readonly Said[] {
  const address = ODD_ADDRESS.exec(text);
  const code = CODE.exec(text);
  const steering = steeringIn(text);
  const hidden = turnedAt(text);
  const found: Said[] = [...secretsIn(text)];
  if (address !== null && !LOCAL.test(address[0]))
    found.push(
      said(
        "metadata-address",
        `${label} names an address that is no home page: ${shownText(address[0])}.`,
        address.index,
      ),
    );
  if (code !== null)
    found.push(
      said(
        "metadata-code",
        `${label} holds a piece of a program: ${shownText(text.slice(code.index, code.index + 80))}.`,
        code.index,
      ),
    );
  if (steering !== null)
    found.push(
      said(
        "metadata-instructions",
        `${label} holds an instruction that ${steering.what}: ${shownText(steering.quote)}.`,
        text.indexOf(steering.quote),
      ),
    );
  if (hidden >= 0)
    found.push(
      said("metadata-hidden-text", `${label} holds characters that hide or turn what is shown.`, hidden),
    );
  return found;
}

const TECHNIQUES: Readonly<Record<string, readonly string[]>> = {
  "metadata-address": ["AML.T0011.003"],
  "metadata-code": ["AML.T0011.000"],
  "metadata-instructions": ["AML.T0051.001"],
  "metadata-hidden-text": ["AML.T0068"],
};

function said(rule: string, says: string, at: number): Said {
  return { rule, severity: "medium", verdict: "suspicious", says, techniques: TECHNIQUES[rule] ?? [], at };
}
