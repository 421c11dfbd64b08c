/**
 * Gateway: the doors and the road behind them. Every attempted action is identified, read, decided, recorded, held
 * where people must say yes, forwarded at most once, and its outcome recorded before the answer goes back.
 */
export { openBudgetsIn } from "./budget-rows.ts";
export type { Guard } from "./door/road.ts";
export { createGateway, type Gateway, type GatewayOptions } from "./gateway.ts";
export { createDefaultDeny } from "./http/default-deny.ts";
export type { HttpOptions } from "./http/assemble.ts";
export type { WebAnswer, WebRequest, WebRules, WebUpstream } from "./http/upstream.ts";
export { ROAD_LIMITS, type RoadLimits } from "./outside.ts";
export { QUOTA_LIMITS, type QuotaLimits } from "./quota.ts";
export type { TokensOptions } from "./tokens.ts";
export { closeOpenIntents } from "./recover.ts";
