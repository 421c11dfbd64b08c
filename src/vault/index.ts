/** Vault: credentials in a process apart, chosen by identity and destination, injected after the decision. */
export type * from "./port.ts";
