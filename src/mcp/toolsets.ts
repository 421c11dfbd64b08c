import { Fault } from "#base";
import { type Caller, may, ROLE_RIGHTS, ROLES } from "#identity";
import { CATALOGUE, type Operation } from "#operations";

/**
 * What `/mcp?toolset=NAME` narrows the tools to: those a role has a use for, or `read`, those that change nothing.
 * Narrowing only: a toolset never gives what the caller's own roles don't.
 */
export const TOOLSETS: readonly string[] = [...ROLES, "read"];

/** The operations a caller sees. Throws `toolset_unknown`. */
export function offered(caller: Caller, toolset: string | null): Operation[] {
  const isIn = membership(toolset);
  return CATALOGUE.filter((operation) => isIn(operation) && may(caller, operation.permission));
}

function membership(toolset: string | null): (operation: Operation) => boolean {
  if (toolset === null) return () => true;
  if (toolset === "read") return (operation) => operation.effect === "read";
  const role = ROLES.find((one) => one === toolset);
  if (role === undefined) {
    throw new Fault(
      "toolset_unknown",
      `there is no toolset ${JSON.stringify(toolset.slice(0, 60))}`,
      `Ask for one of: ${TOOLSETS.join(", ")}; or leave it out.`,
    );
  }
  return (operation) => ROLE_RIGHTS[role][operation.permission] !== undefined;
}
