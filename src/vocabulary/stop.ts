/** What can be stopped; `everything` is all agents at all doors. */
export type StopKind =
  | "agent"
  | "session"
  | "user"
  | "model"
  | "server"
  | "host"
  | "credential"
  | "everything";

/** A stop that could not be written down (a full disk): it holds in this process alone, until `record` has succeeded. */
export interface UnrecordedStop {
  readonly kind: string;
  readonly label: string;
  readonly reason: string;
  readonly at: number;
  /** Name of the person; null where a monitor fell silent. */
  readonly name: string | null;
  readonly monitor: string | null;
  /** Resolves once it is on record; called again and again until then. */
  readonly record: () => Promise<void>;
}
