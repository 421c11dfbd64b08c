import { Fault } from "#base";
import { actionsGet, actionsList } from "./actions.ts";
import {
  agentsAdd,
  agentsGet,
  agentsGrant,
  agentsList,
  agentsRevoke,
  agentsRotateKey,
  agentsSetStage,
  agentsStopAll,
  agentsUngrant,
} from "./agents.ts";
import { doorsList, healthGet, payloadsDestroy } from "./house.ts";
import { ledgerCheckpoint, ledgerEntries, ledgerStatus } from "./ledger.ts";
import type { Operation } from "./operation.ts";
import { policyActivate, policyCheck, policyHistory, policyShow } from "./policy.ts";
import { receiptsGet, receiptsVerify } from "./receipts.ts";
import { sessionsEnd, sessionsList, sessionsStart } from "./sessions.ts";
import { tokensCreate, tokensList, tokensRevoke } from "./tokens.ts";
import { toolsAccept, toolsClassify, toolsGet, toolsList, toolsRefuse } from "./tools.ts";
import { loginLinksCreate, usersAdd, usersDisable, usersList, usersSetRoles } from "./users.ts";

const all = [
  healthGet,
  doorsList,
  actionsList,
  actionsGet,
  receiptsGet,
  receiptsVerify,
  ledgerStatus,
  ledgerEntries,
  ledgerCheckpoint,
  agentsList,
  agentsGet,
  agentsAdd,
  agentsGrant,
  agentsUngrant,
  agentsSetStage,
  agentsRotateKey,
  agentsRevoke,
  agentsStopAll,
  sessionsList,
  sessionsStart,
  sessionsEnd,
  toolsList,
  toolsGet,
  toolsAccept,
  toolsRefuse,
  toolsClassify,
  policyShow,
  policyCheck,
  policyActivate,
  policyHistory,
  usersList,
  usersAdd,
  usersSetRoles,
  usersDisable,
  loginLinksCreate,
  tokensList,
  tokensCreate,
  tokensRevoke,
  payloadsDestroy,
] as const;

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
