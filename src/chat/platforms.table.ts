import type { Platform } from "./platform.ts";
import { webhook } from "./platforms/webhook.ts";

/** Every platform that a channel can be on, by name. */
export const PLATFORMS: readonly Platform[] = [webhook];
