/**
 * Host: the machine Doorward runs on. Its clock and chance, the data directory and the lock that keeps it to one
 * process, and the model runtimes that answer on loopback.
 */
export { systemAmbient } from "./ambient.ts";
export { type DataDirectory, openDataDirectory } from "./data-directory.ts";
export { findRuntimes, type Runtime, RUNTIME_EGRESS } from "./runtimes.ts";
export type { RuntimeKind } from "./runtimes.table.ts";
