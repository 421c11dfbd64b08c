const NEEDLE_BYTES_MIN = 6;
const BASE64_OFFSETS = [0, 1, 2] as const;

/**
 * Every form in which a secret may come back in an answer (T12): as it is, percent-encoded (all of it, or as URLs write it),
 * in hex, in JSON with its escapes, in HTML with its entities, and within base64 at each of the three offsets that it can have there (RFC 4648), in both
 * alphabets. What would be shorter than 6 bytes is none: it stands everywhere.
 */
export function secretForms(secrets: readonly string[]): readonly Buffer[] {
  const found = new Map<string, Buffer>();
  for (const secret of secrets)
    for (const form of formsOf(Buffer.from(secret, "utf8")))
      if (form.length >= NEEDLE_BYTES_MIN) found.set(form.toString("latin1"), form);
  // The longest first: what it covers needs no second look.
  return [...found.values()].toSorted((one, other) => other.length - one.length);
}

function formsOf(secret: Buffer): readonly Buffer[] {
  if (secret.length < NEEDLE_BYTES_MIN) return [];
  const text = secret.toString("utf8");
  const hex = secret.toString("hex");
  const percent = hex.replaceAll(/../g, "%$&");
  const texts = [
    text,
    hex,
    hex.toUpperCase(),
    percent,
    percent.toUpperCase(),
    ...urlForms(text),
    ...jsonForms(text),
    ...htmlForms(text),
    ...BASE64_OFFSETS.flatMap((offset) => base64Forms(secret, offset)),
  ];
  return texts.map((one) => Buffer.from(one, "utf8"));
}

function urlForms(text: string): readonly string[] {
  const component = encodeURIComponent(text.toWellFormed());
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  // A path's own characters stay in one (`encodeURI`), the slash alone in the other (Python's `quote`).
  const paths = [encodeURI(text.toWellFormed()), component.replaceAll("%2F", "/")];
  return [component, component.replaceAll(/%[0-9A-F]{2}/g, (one) => one.toLowerCase()), form, ...paths];
}

/**
 * How pages that show a request write it: PHP's `htmlspecialchars`, Go's `html` (and MarkupSafe) and `html/template`, Python's
 * `html.escape`, Mustache and Handlebars.
 */
const ENTITIES: readonly Readonly<Record<string, string>>[] = [
  { '"': "&quot;", "'": "&#039;" },
  { '"': "&#34;", "'": "&#39;" },
  { '"': "&#34;", "'": "&#39;", "+": "&#43;" },
  { '"': "&quot;", "'": "&#x27;" },
  { '"': "&quot;", "'": "&#39;", "/": "&#x2F;", "=": "&#x3D;", "`": "&#x60;" },
  { '"': "&quot;", "'": "&#x27;", "=": "&#x3D;", "`": "&#x60;" },
];
const IN_ALL: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function htmlForms(text: string): readonly string[] {
  return ENTITIES.map((own) => text.replaceAll(/[^\w-]/g, (one) => IN_ALL[one] ?? own[one] ?? one));
}

function jsonForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const slashes = plain.replaceAll("/", String.raw`\/`);
  const ascii = unicodeEscaped(plain, /[^\x20-\x7e]/g);
  // HTML-safe writers (Go, Rails, Python's `htmlsafe`) escape these in capitals or not.
  const html = unicodeEscaped(plain, /[<>&']/g);
  return [
    plain,
    slashes,
    ascii,
    html,
    html.replaceAll(/\\u00[0-9a-f]{2}/g, (one) => `\\u${one.slice(2).toUpperCase()}`),
  ];
}

function unicodeEscaped(text: string, characters: RegExp): string {
  return text.replaceAll(characters, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The characters that depend on the secret alone, when `offset` bytes stand before it and anything after it. */
function base64Forms(secret: Buffer, offset: 0 | 1 | 2): readonly string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), secret]);
  const whole = padded.toString("base64").replace(/=+$/, "");
  // Of each character: the bytes it is made of, all of them the secret's.
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor((padded.length * 8) / 6);
  const standard = whole.slice(from, to);
  return [standard, standard.replaceAll("+", "-").replaceAll("/", "_")];
}
