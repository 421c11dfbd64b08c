/**
 * Egress: the one client through which Doorward reaches the network (T17). Names are resolved here, every resolved
 * address is checked, and the checked address is the one connected to; bodies are bounded; redirects stay at home.
 */
export { type AddressVerdict, judgeAddress } from "./addresses.ts";
export { createEgress, type Egress, type EgressOptions, type OwnAddress, type WebEgress } from "./egress.ts";
export { encrypted } from "./encrypted.ts";
export type {
  ClientCertificate,
  EgressRequest,
  EgressRules,
  FetchLike,
  HeaderPairs,
  NetworkProxy,
  StreamedBody,
} from "./rules.ts";
export type { EgressSocket, SocketAnswer, SocketRequest } from "./websocket.ts";
export type { EgressAnswer, EgressResponse } from "./response.ts";
