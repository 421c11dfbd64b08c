import type { z } from "zod";
import type { Caller, Permission } from "#identity";
import type { KeptEntry } from "#journal";
import type { UserId } from "#vocabulary";
import type { OperationContext, ReadContext } from "./context.ts";

/** What every operation says of itself, as data. The four faces (HTTP, MCP, CLI, OpenAPI) are derived from it. */
interface Facts<I extends z.ZodObject, O extends z.ZodType, N extends string> {
  /** `noun.verb`, kebab-case: `approvals.approve`. */
  readonly name: N;
  /** One line, imperative, no full stop: the CLI's help, the MCP tool's title, OpenAPI's summary. */
  readonly summary: string;
  /** A strict object: unknown fields are refused. */
  readonly input: I;
  /** Fields that are not in it never leave. */
  readonly output: O;
  readonly permission: Permission;
  /** May an agent call it? Refused unless said so (T2). */
  readonly agents?: boolean;
  /** Input fields that the CLI takes by position, in order; the last may be an array. */
  readonly positional?: readonly string[];
  /** Output fields that the CLI's table shows, in order. */
  readonly columns?: readonly string[];
  /** The one output field that the CLI prints as it is: a file for other programs. */
  readonly raw?: string;
  /** The one output field that a pipe or a file gets alone and as it is; a person at a terminal sees all fields. */
  readonly piped?: string;
  /** Output fields that a person at a terminal does not see: what `piped`, `--json` and the other faces are for. */
  readonly quiet?: readonly string[];
  /** Whether an answer is bad news, so that the CLI ends with exit code 1. */
  isFailure?(output: z.output<O>): boolean;
  /** Command lines for the CLI's help, without the leading `doorward`. */
  readonly examples?: readonly string[];
}

/** Looks and changes nothing. */
export interface ReadOperation<I extends z.ZodObject, O extends z.ZodType, N extends string = string>
  extends Facts<I, O, N> {
  readonly effect: "read";
  /** Its input is too large or nested for a query string: over HTTP it is a POST. */
  readonly body?: boolean;
  /** A list by ledger index that goes on as entries are committed: `Accept: text/event-stream`, and `--follow`. */
  readonly follow?: Follow<z.output<I>>;
  run(context: ReadContext, input: z.output<I>): Promise<z.input<O>>;
  /** Where it is to be known that somebody looked: told once the answer is made, and the answer is given whatever comes of it. */
  noted?(context: OperationContext, input: z.output<I>): Promise<void>;
}

export type Followable = ReadOperation<z.ZodObject, z.ZodType> & { readonly follow: Follow<unknown> };

/** What a list by ledger index becomes for those who follow it. */
export interface Follow<I> {
  /** The ledger index beyond which it begins; null: with what comes from now on. Throws `input_invalid`. */
  after(input: I): number | null;
  /** The items among `entries`, in their order. Read once, whoever follows. */
  read(context: Pick<ReadContext, "store">, entries: readonly KeptEntry[]): Promise<readonly Followed[]>;
  /** Whether this caller may see an item that `read` gave, and asked for it. */
  isFor(caller: Caller, input: I, followed: Followed): boolean;
}

/** Whether a list goes on for those who ask for events. */
export function isFollowable(operation: Operation): operation is Followable {
  return operation.effect === "read" && operation.follow !== undefined;
}

export interface Followed {
  readonly index: number;
  /** Who answers for the agent it is about; null where nobody does. */
  readonly owner: UserId | null;
  /** One of the output's `items`. */
  readonly item: object;
}

/**
 * Changes something. `plan` checks everything that can be checked and changes nothing; only the `commit` it returns
 * may change anything, and gets the only context that can. A dry run is a plan that is never committed.
 */
export interface WriteOperation<I extends z.ZodObject, O extends z.ZodType, N extends string = string>
  extends Facts<I, O, N> {
  readonly effect: "write" | "destructive";
  /** Needs a passkey or password given within the last minutes (T1). */
  readonly presence?: boolean;
  plan(context: ReadContext, input: z.output<I>): Promise<Plan<z.input<O>>>;
}

export interface Plan<Output> {
  /** What `commit` would do, as a sentence without personal data: `add agent "mailbot" in stage enforce`. */
  readonly would: string;
  commit(context: OperationContext): Promise<Output>;
}

export type Operation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> =
  | ReadOperation<I, O>
  | WriteOperation<I, O>;

/** Keeps the types of name, input and output; the catalogue forgets none of them. */
export function read<I extends z.ZodObject, O extends z.ZodType, const N extends string>(
  operation: Omit<ReadOperation<I, O, N>, "effect">,
): ReadOperation<I, O, N> {
  return { ...operation, effect: "read" };
}

export function write<I extends z.ZodObject, O extends z.ZodType, const N extends string>(
  operation: Omit<WriteOperation<I, O, N>, "effect"> & { readonly effect?: "write" | "destructive" },
): WriteOperation<I, O, N> {
  return { effect: "write", ...operation };
}
