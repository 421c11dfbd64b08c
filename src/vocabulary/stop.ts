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
