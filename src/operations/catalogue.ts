import type { z } from "zod";
import { Fault } from "#base";
import { actionsGet, actionsList } from "./actions.ts";
import { activityList } from "./activity.ts";
import { agentsBlastRadius } from "./agent-blast-radius.ts";
import { agentsCallback, agentsClearCallback, agentsSetCallback } from "./agent-callback.ts";
import { agentsAddCredential, agentsCredentials, agentsRemoveCredential } from "./agent-credentials.ts";
import { agentsSetDialects } from "./agent-dialects.ts";
import { agentsSetFolders, agentsSetRelay } from "./agent-flow.ts";
import { agentsSetOwner } from "./agent-owner.ts";
import { agentsRevoke, agentsRotateKey, agentsStopAll } from "./agent-keys.ts";
import { agentsGrant, agentsSetStage, agentsUngrant } from "./agent-rights.ts";
import { agentsAdd, agentsGet, agentsList } from "./agents.ts";
import { apisAdd } from "./api-add.ts";
import { apisGet, apisList, apisRefresh, apisRemove } from "./apis.ts";
import { approvalsArrive } from "./approval-arrive.ts";
import {
  approvalsApprove,
  approvalsDeny,
  approvalsGet,
  approvalsList,
  approvalsWithdraw,
} from "./approvals.ts";
import { approvalsBreakGlass, approvalsReview, approvalsReviews } from "./approval-glass.ts";
import { approvalsStats } from "./approval-stats.ts";
import { approvalsDecideMany } from "./approvals-many.ts";
import { approversPrefer, approversPreferences } from "./approvers.ts";
import { budgetsAdd, budgetsRemove, budgetsReset, budgetsSet } from "./budgets-change.ts";
import { budgetsGet, budgetsList } from "./budgets.ts";
import { caProbe, caRotate, caShow } from "./ca.ts";
import { channelsAdd } from "./channels-add.ts";
import { channelsRemove, channelsSet, channelsTest } from "./channels-change.ts";
import { channelsLink, channelsLinks, channelsUnlink } from "./channels-link.ts";
import { channelsRoute, channelsRoutes, channelsUnroute } from "./channels-route.ts";
import { channelsSubscribe } from "./channels-subscribe.ts";
import { channelsGet, channelsList, channelsPlatforms } from "./channels.ts";
import { credentialsList, credentialsRemovePasskey } from "./credentials.ts";
import { delegationsGet, delegationsGrant, delegationsList } from "./delegations.ts";
import { delegationsNarrow, delegationsRevoke } from "./delegations-change.ts";
import { fleetFound } from "./fleet-items.ts";
import { fleetAddSensor, fleetMachines, fleetRemoveSensor } from "./fleet-machines.ts";
import { grantsGet, grantsList, grantsRevoke } from "./grants.ts";
import { hostsGet, hostsGrant, hostsList, hostsRevoke } from "./hosts.ts";
import { dutiesNow } from "./duties-now.ts";
import { dutiesEnd, dutiesHandOver, dutiesList, dutiesOut } from "./duties.ts";
import { drillsList, drillsSet } from "./drills.ts";
import { doorsList, healthGet, payloadsDestroy } from "./house.ts";
import { ledgerCheckpoint, ledgerEntries, ledgerStatus } from "./ledger.ts";
import { modelsApprove, modelsDeny, modelsDeprecate, modelsRevoke } from "./models-decide.ts";
import { modelsPropose } from "./models-propose.ts";
import { modelsFound, modelsGet, modelsRegistered } from "./models-registry.ts";
import { modelsList, modelsRoutes } from "./models.ts";
import { modelsRemoveRoute, modelsSetRoute } from "./models-routes.ts";
import { mandatesGive, mandatesGet } from "./mandates.ts";
import { manifestsAccept, manifestsInit, manifestsRemove, manifestsSet } from "./manifests-change.ts";
import { manifestsTrustLabels } from "./manifests-labels.ts";
import { manifestsList, manifestsShow } from "./manifests.ts";
import { noticesDismiss, noticesList } from "./notices.ts";
import type { Operation } from "./operation.ts";
import { policyActivate } from "./policy-activate.ts";
import { policyBacktest } from "./policy-backtest.ts";
import { policyLearn } from "./policy-learn.ts";
import { policyCheck, policyHistory, policyShow } from "./policy.ts";
import { policyTest } from "./policy-test.ts";
import { policyWhy } from "./policy-why.ts";
import { providerGroupsList, providerGroupsRemove, providerGroupsSet } from "./provider-groups.ts";
import { receiptsFiles, receiptsGet, receiptsVerify } from "./receipts.ts";
import { serversAdd } from "./server-add.ts";
import { serversSandbox } from "./server-sandbox.ts";
import { serversAuthorize } from "./server-authorize.ts";
import {
  serversGet,
  serversList,
  serversRefresh,
  serversRemove,
  serversRepin,
  serversRestart,
} from "./servers.ts";
import { sessionsEnd, sessionsList, sessionsStart } from "./sessions.ts";
import { stagesDrill } from "./stage-drill.ts";
import { stopsDrill } from "./stop-drill.ts";
import { stagesClear, stagesList, stagesSet } from "./stages.ts";
import { stopsAddMonitor, stopsMonitors, stopsRemoveMonitor } from "./monitors.ts";
import { stopsAdd, stopsEnd, stopsGet, stopsList } from "./stops.ts";
import { signInsEnd, signInsList, tokensConfirm } from "./sign-ins.ts";
import { tokensRotateKey } from "./token-keys.ts";
import { tokensCreate, tokensList, tokensRevoke } from "./tokens.ts";
import { toolsAccept, toolsClassify, toolsRefuse } from "./tool-review.ts";
import { toolsGet, toolsList } from "./tools.ts";
import { upstreamsAdd } from "./upstreams-add.ts";
import { upstreamsCheck, upstreamsGet, upstreamsList, upstreamsRemove } from "./upstreams.ts";
import { upstreamsSet } from "./upstreams-set.ts";
import { vaultAdd } from "./vault-add.ts";
import { vaultConnect, vaultConnected, vaultDisconnect } from "./vault-connect.ts";
import { vaultRemove, vaultRotate, vaultRotateKey, vaultSet } from "./vault-change.ts";
import { vaultPlaceholder, vaultPlaceholders } from "./vault-placeholder.ts";
import { vaultGet, vaultList, vaultStatus } from "./vault.ts";
import { loginLinksCreate, usersAdd, usersDisable, usersList, usersSetRoles } from "./users.ts";

const all = [
  healthGet,
  doorsList,
  approvalsList,
  approvalsGet,
  approvalsApprove,
  approvalsDeny,
  approvalsArrive,
  approvalsWithdraw,
  approvalsBreakGlass,
  approvalsReviews,
  approvalsReview,
  dutiesNow,
  dutiesList,
  dutiesHandOver,
  dutiesOut,
  dutiesEnd,
  approvalsDecideMany,
  approvalsStats,
  approversPrefer,
  approversPreferences,
  drillsList,
  drillsSet,
  grantsGet,
  grantsList,
  grantsRevoke,
  channelsPlatforms,
  channelsList,
  channelsGet,
  channelsAdd,
  channelsSet,
  channelsTest,
  channelsRoutes,
  channelsRoute,
  channelsUnroute,
  channelsLinks,
  channelsLink,
  channelsUnlink,
  channelsSubscribe,
  channelsRemove,
  actionsList,
  actionsGet,
  activityList,
  receiptsFiles,
  receiptsGet,
  receiptsVerify,
  ledgerStatus,
  ledgerEntries,
  ledgerCheckpoint,
  agentsList,
  agentsGet,
  agentsBlastRadius,
  agentsAdd,
  agentsGrant,
  agentsUngrant,
  agentsSetStage,
  agentsSetOwner,
  agentsSetDialects,
  agentsSetFolders,
  agentsSetRelay,
  agentsCallback,
  agentsSetCallback,
  agentsClearCallback,
  agentsCredentials,
  agentsAddCredential,
  agentsRemoveCredential,
  agentsRotateKey,
  agentsRevoke,
  agentsStopAll,
  stagesList,
  stagesSet,
  stagesClear,
  stagesDrill,
  stopsList,
  stopsGet,
  stopsAdd,
  stopsEnd,
  stopsMonitors,
  stopsAddMonitor,
  stopsRemoveMonitor,
  stopsDrill,
  sessionsList,
  sessionsStart,
  sessionsEnd,
  mandatesGet,
  mandatesGive,
  delegationsList,
  delegationsGet,
  delegationsGrant,
  delegationsNarrow,
  delegationsRevoke,
  hostsList,
  hostsGet,
  hostsGrant,
  hostsRevoke,
  serversList,
  serversGet,
  serversAdd,
  serversAuthorize,
  serversRefresh,
  serversRepin,
  serversRestart,
  serversSandbox,
  serversRemove,
  apisList,
  apisGet,
  apisAdd,
  apisRefresh,
  apisRemove,
  caShow,
  caProbe,
  caRotate,
  toolsList,
  toolsGet,
  toolsAccept,
  toolsRefuse,
  toolsClassify,
  manifestsList,
  manifestsShow,
  manifestsInit,
  manifestsAccept,
  manifestsSet,
  manifestsRemove,
  manifestsTrustLabels,
  upstreamsList,
  upstreamsGet,
  upstreamsAdd,
  upstreamsSet,
  upstreamsCheck,
  upstreamsRemove,
  modelsList,
  modelsRoutes,
  modelsRegistered,
  modelsGet,
  modelsFound,
  modelsPropose,
  modelsApprove,
  modelsDeny,
  modelsDeprecate,
  modelsRevoke,
  fleetMachines,
  fleetFound,
  fleetAddSensor,
  fleetRemoveSensor,
  modelsSetRoute,
  modelsRemoveRoute,
  vaultList,
  vaultGet,
  vaultAdd,
  vaultRotate,
  vaultSet,
  vaultRemove,
  vaultPlaceholder,
  vaultPlaceholders,
  vaultConnect,
  vaultConnected,
  vaultDisconnect,
  vaultStatus,
  vaultRotateKey,
  policyShow,
  policyCheck,
  policyTest,
  policyLearn,
  policyBacktest,
  policyActivate,
  policyHistory,
  policyWhy,
  budgetsList,
  budgetsGet,
  budgetsAdd,
  budgetsSet,
  budgetsReset,
  budgetsRemove,
  usersList,
  usersAdd,
  usersSetRoles,
  usersDisable,
  loginLinksCreate,
  noticesList,
  noticesDismiss,
  providerGroupsList,
  providerGroupsSet,
  providerGroupsRemove,
  signInsList,
  signInsEnd,
  tokensList,
  tokensCreate,
  tokensConfirm,
  tokensRevoke,
  tokensRotateKey,
  credentialsList,
  credentialsRemovePasskey,
  payloadsDestroy,
] as const;

type Known = (typeof all)[number];

/** What a typed client may ask for: the console's is `<N extends OperationName>(name: N, input: InputOf<N>) => Promise<OutputOf<N>>`. */
export type OperationName = Known["name"];
/** As a caller sends it: fields with a default may be left out. */
export type InputOf<N extends OperationName> = z.input<Extract<Known, { readonly name: N }>["input"]>;
export type OutputOf<N extends OperationName> = z.output<Extract<Known, { readonly name: N }>["output"]>;

/** Every use case, once, in the order that help shows them. */
export const CATALOGUE: readonly Operation[] = all;

const byName: ReadonlyMap<string, Operation> = new Map(
  CATALOGUE.map((operation) => [operation.name, operation]),
);

/** Throws `operation_unknown`. */
export function operationNamed(name: string): Operation {
  const operation = byName.get(name);
  if (operation !== undefined) return operation;
  throw new Fault(
    "operation_unknown",
    `there is no operation ${JSON.stringify(name.slice(0, 100))}`,
    "See `doorward --help` or openapi.json.",
  );
}
