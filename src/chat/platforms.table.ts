import type { Platform } from "./platform.ts";

/** Every platform that a channel can be on, by name. */
export const PLATFORMS: readonly Platform[] = [];
