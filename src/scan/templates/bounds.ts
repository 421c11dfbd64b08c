/** In characters. The longest published template known has 21,000; a longer one is not read. */
export const TEMPLATE_CHARACTERS_MAX = 262_144;
