/** Sandbox: starts a program whose only way out is Doorward. */
export type * from "./port.ts";
