import type { Effect, FlowEffect, FlowRole, GrantScope } from "#vocabulary";

/** Whether more than one call may be granted of what does this, and why. Nothing that cannot be undone, nothing that leaves. */
interface Row {
  readonly may: boolean;
  readonly why: string;
}

/** By what the reviewed manifest in force says the call does. */
export const BY_FLOW_EFFECT: Readonly<Record<FlowEffect, Row>> = {
  read: { may: true, why: "it looks and changes nothing" },
  write: { may: true, why: "it changes what is the user's own and can be changed back" },
  fetch: { may: false, why: "the address it reads from carries data out" },
  send: { may: false, why: "what was sent is with its readers and does not come back" },
  money: { may: false, why: "what was paid does not come back by itself" },
  account: { may: false, why: "it changes who may sign in, or what an account says of its holder" },
  destroy: { may: false, why: "what it destroys is gone" },
  book: { may: false, why: "it binds the user to others" },
  membership: { may: false, why: "it lets others read what they could not read before" },
  execute: { may: false, why: "a command can do anything" },
  unknown: { may: false, why: "nobody has reviewed what it does" },
};

/** By what policies see of it. */
export const BY_EFFECT: Readonly<Record<Effect, Row>> = {
  read: { may: true, why: "it looks and changes nothing" },
  write: { may: true, why: "it can be changed back" },
  destructive: { may: false, why: "what it does cannot be undone" },
  outbound: { may: false, why: "something leaves with it" },
};

/** Who receives, who is paid, what is run and what lets somebody in: no grant ever leaves these open. */
export const NEVER_OPEN: readonly FlowRole[] = ["destination", "account", "command", "credential"];

/** The roles that each scope leaves open; of a pattern, those of the arguments that the approver named. */
export const OPEN_ROLES: Readonly<Record<GrantScope, readonly FlowRole[]>> = {
  session: ["path", "selector", "amount", "profile", "content", "control", "query"],
  destination: ["content", "control", "query"],
  pattern: ["path", "selector", "amount", "profile", "content", "control", "query"],
};
