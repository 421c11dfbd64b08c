/**
 * The http door's bytes: a forward proxy that reads strictly and decides nothing. Every request, tunnel and message goes
 * through the `ProxyRoad` that it is opened with; docs/formats/proxy.md says what it refuses by itself.
 */
export type * from "./port.ts";
export { decodeBody } from "./decode.ts";
export { openProxy, type Proxy, type ProxyOptions } from "./proxy.ts";
export { PROXY_LIMITS, type ProxyLimits } from "./limits.ts";
