// Chat: the platforms people are on. Port, one file and one table row per platform; what is said, and what becomes of answers, is the courier's.
export type {
  Channel,
  ChannelAccount,
  Inbound,
  Inbox,
  MessageRef,
  Place,
  PlatformAbilities,
  PlatformUser,
  WebhookAnswer,
  WebhookRequest,
} from "./port.ts";
export type { ChatOutside, Given, Platform } from "./platform.ts";
export { retryAfterOf } from "./faults.ts";
export { PLATFORMS } from "./platforms.table.ts";
