import type { z } from "zod";
import { Fault } from "#base";
import { demand, demandPresence } from "#identity";
import type { OperationContext } from "./context.ts";
import type { Operation, ReadOperation } from "./operation.ts";
import { demandUnstopped } from "./stop-rows.ts";

export type Performed =
  | { readonly kind: "done"; readonly output: unknown }
  | { readonly kind: "would"; readonly would: string };

export interface Request {
  readonly operation: Operation;
  /** Unparsed, from a face. */
  readonly input: unknown;
  readonly dryRun: boolean;
}

/**
 * The one way into an operation, whatever the face: who may, present (T1), well-formed, planned, and only then
 * committed. What a stopped user asks for is not done. Throws `agent_refused`,
 * `permission_denied`, `stopped`, `presence_required`, `input_invalid`, or the operation's own.
 */
export async function perform(context: OperationContext, request: Request): Promise<Performed> {
  const { operation } = request;
  admit(context, operation);
  if (operation.effect !== "read") await demandUnstopped(context, [`user:${context.caller.user}`]);
  const input = inputOf(operation, request.input);
  if (operation.effect === "read") {
    const output = done(operation, await operation.run(context, input));
    await noted(context, operation, input);
    return output;
  }
  const plan = await operation.plan(context, input);
  if (request.dryRun) return { kind: "would", would: plan.would };
  return done(operation, await plan.commit(context));
}

/** Nobody is refused an answer because it could not be written down that they looked. */
async function noted(
  context: OperationContext,
  operation: ReadOperation<z.ZodObject, z.ZodType>,
  input: Record<string, unknown>,
): Promise<void> {
  try {
    await operation.noted?.(context, input);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
  }
}

/** Checks the caller before anything of the input is looked at. */
export function admit(context: Pick<OperationContext, "caller" | "ambient">, operation: Operation): void {
  if (context.caller.kind === "agent" && operation.agents !== true) {
    throw new Fault(
      "agent_refused",
      `agents may not use ${operation.name}`,
      "An agent's credential opens the doors and nothing else; ask the agent's owner to do this.",
    );
  }
  demand(context.caller, operation.permission);
  if (operation.effect !== "read" && operation.presence === true) {
    demandPresence(context.caller, context.ambient.now());
  }
}

/** Throws `input_invalid`. */
export function inputOf(operation: Operation, input: unknown): Record<string, unknown> {
  const parsed = operation.input.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Fault(
    "input_invalid",
    problems(parsed.error),
    `Give what ${operation.name} asks for; \`--help\` and openapi.json list it.`,
  );
}

const PROBLEMS_MAX = 8;

function problems(error: z.ZodError): string {
  return error.issues
    .slice(0, PROBLEMS_MAX)
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`))
    .join("; ");
}

/** What leaves is what the output schema says, and nothing else: a field it doesn't name is dropped here. */
function done(operation: Operation, output: unknown): Performed {
  const parsed = operation.output.safeParse(output);
  if (!parsed.success) {
    throw new Fault(
      "bug",
      `${operation.name} answered what its schema forbids: ${problems(parsed.error)}`,
      "Report this; include the log line.",
    );
  }
  return { kind: "done", output: parsed.data };
}
