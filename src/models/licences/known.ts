import { KNOWN_BASES } from "./bases.table.ts";
import type { Licence } from "./licence.ts";
import { LLAMA_LICENCES } from "./llama.table.ts";
import { MODEL_LICENCES } from "./models.table.ts";
import { SPDX_LICENCES } from "./spdx.table.ts";
import { VENDOR_LICENCES } from "./vendors.table.ts";

export const LICENCES: readonly Licence[] = [
  ...SPDX_LICENCES,
  ...LLAMA_LICENCES,
  ...MODEL_LICENCES,
  ...VENDOR_LICENCES,
];

const BY_ID: ReadonlyMap<string, Licence> = new Map(LICENCES.map((licence) => [licence.id, licence]));

const BY_TAG: ReadonlyMap<string, Licence> = new Map(
  LICENCES.flatMap((licence) => [licence.id.toLowerCase(), ...licence.tags].map((tag) => [tag, licence])),
);

const BY_LINK: ReadonlyMap<string, Licence> = new Map(
  LICENCES.flatMap((licence) => licence.duties.map(({ source }) => [placeOf(source.url), licence])),
);

export function licenceOfId(id: string): Licence | null {
  return BY_ID.get(id) ?? null;
}

/** By a tag, an SPDX identifier or a name; null for `other` and for all that is not known. */
export function licenceOfTag(tag: string): Licence | null {
  const plain = tag.trim().toLowerCase();
  return BY_TAG.get(plain) ?? BY_TAG.get(plain.replaceAll(/[\s_]+/g, "-")) ?? null;
}

/** By the address at which its text is published, and nothing like it. */
export function licenceOfLink(link: string): Licence | null {
  return BY_LINK.get(placeOf(link.trim())) ?? null;
}

function placeOf(url: string): string {
  return url
    .toLowerCase()
    .replace(/^https?:\/\/(?:www\.)?/, "")
    .replace(/[#?].*$/, "")
    .replace(/\/$/, "");
}

/** The licence under which a model of this name was published first; null for names that are not known. A name is a claim. */
export function licenceOfBase(name: string): Licence | null {
  const plain = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, "-");
  const found = KNOWN_BASES.find((base) => base.name.test(plain));
  return found === undefined ? null : licenceOfId(found.licence);
}
