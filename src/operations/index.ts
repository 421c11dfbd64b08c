/**
 * Operations: every use case of Doorward once, as data, and the one way to perform it. HTTP, MCP, command line and
 * console are derived from the catalogue; `accounts` are the sign-in steps that come before there is a caller.
 */
export * from "./accounts/index.ts";
export { type Address, addressOf, API_PREFIX } from "./address.ts";
export { linkByCode, type LinkingSender, mayTry, noteWrongTry, voidCode } from "./channels-linking.ts";
export { linkDigest } from "./approval-arrive.ts";
export { codeDigest, codeOf, readCode } from "./channels-code.ts";
export { channelReachOf, reachServers, type ReachServer, whyReached } from "./channel-reach.ts";
export {
  type ChannelRow,
  placeOf,
  platformOf,
  privacyOf,
  reachOf,
  secretOwner,
  webhookOf,
} from "./channel-rows.ts";
export type { ChannelControl, ChannelProspect, ChannelReads, ChannelState } from "./channels-port.ts";
export { partiesOf } from "./approval-parties.ts";
export { approvalOf, type ApprovalRow, approvalRows, chainOf } from "./approval-rows.ts";
export { rolesOf, textsOf, userIdOf } from "./accounts/rows.ts";
export { openActivePolicy } from "./active-policy.ts";
export { acceptedTools } from "./accepted-tools.ts";
export { type CardContext, cardFactsOf } from "./approval-card.ts";
export { isOffered, mayGrant } from "./grant-giving.ts";
export { cardView, ownCard } from "./approval-card-shape.ts";
export { CATALOGUE, type InputOf, operationNamed, type OperationName, type OutputOf } from "./catalogue.ts";
export type { ApiDocuments } from "./api-documents.ts";
export type { ActivePolicy, Addresses, LiveControl, OperationContext, ReadContext } from "./context.ts";
export {
  isFollowable,
  type Operation,
  type Plan,
  type ReadOperation,
  type WriteOperation,
} from "./operation.ts";
export { createAsking, decide, type Decided, evaluation } from "./decisions.ts";
export { admit, type Performed, perform, type Request } from "./perform.ts";
export { createDrilling } from "./drill-asking.ts";
export { preferencesOfAll } from "./approvers.ts";
export { createApprovalWatch } from "./approval-watch.ts";
export type {
  Attempted,
  DrillClient,
  DrillLoad,
  DrillPlace,
  Probed,
  Proving,
  SandboxMissing,
} from "./proving-port.ts";
export { createNoticing } from "./noticing.ts";
export { connectionEnding } from "./vault-ended.ts";
export { createFleetReports, type FleetReports, type ReportsOutside } from "./fleet-reports.ts";
export { HEARTBEAT_PATH } from "./monitors.ts";
export { createWatching } from "./watching.ts";
export { type Field, fieldsOf, inputSchema, outputSchema, valueOf } from "./describe.ts";
export {
  createFollowing,
  type FollowEnd,
  type Following,
  type FollowedText,
  type Reader,
} from "./following.ts";
export { actingAgent, type ClientProof, KEY_ASSERTION, SVID_ASSERTION } from "./oauth/agent.ts";
export { exchanged } from "./oauth/exchange.ts";
export { byIdJag, JWT_BEARER } from "./oauth/id-jag.ts";
export { type Exchange, type Exchanged, TOKEN_TYPES } from "./oauth/lent.ts";
export type { OAuthOutside } from "./oauth/outside.ts";
export { demandScope, llmResource, mcpResource, SCOPES } from "./oauth/targets.ts";
export { type Answered, createPerformOnce, type PerformOnce } from "./once.ts";
export { offerRuntimes } from "./upstreams-offer.ts";
