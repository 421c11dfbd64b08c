/**
 * Host: the machine Doorward runs on. Its clock and chance, the data directory and the lock that keeps it to one
 * process, who sits at the other end of a loopback socket, and the model runtimes that answer there.
 */
export { systemAmbient } from "./ambient.ts";
export { type DataDirectory, openDataDirectory } from "./data-directory.ts";
export { type FileNumbers, isMappedAt } from "./mapped.ts";
export { createIsOwnUser, type IsOwnUser } from "./peer-user.ts";
export { findRuntimes, type Runtime, type RuntimeKind, RUNTIME_EGRESS } from "./runtimes.ts";
export { type Observation, observe, type ObserveOptions } from "./observe.ts";
