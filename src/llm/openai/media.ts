import { valueInvalid } from "../strict.ts";

/** What a picture, recording or file counts as, in characters: about a thousand tokens. */
export const MEDIA_CHARACTERS = 4_000;

/** Padded, as every encoder writes it, in either alphabet: no path is taken for content. */
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * The URL in `value` if the upstream would fetch it; null for a data: URL, which holds the content itself, and, where the
 * protocol takes it, for bare base64. Throws Fault `llm_value_invalid` for anything else (file:, ftp:, a path): a runtime
 * would read its own disk.
 */
export function fetchedUrl(value: string, path: string, isBase64Taken: boolean): string | null {
  if (/^data:/i.test(value)) return null;
  if (/^https?:\/\//i.test(value) && URL.canParse(value)) return value;
  if (isBase64Taken && value.length % 4 === 0 && BASE64.test(value)) return null;
  throw valueInvalid(path, "is no data:, http: or https: URL", "Send the content as a data: URL.");
}
