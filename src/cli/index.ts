/**
 * Cli: the operations on the command line. Every command of the catalogue is derived; `start`, `tour` and the like are
 * handed in by main. Talks to a running Doorward over its HTTP API and holds no rights of its own.
 */
export { EXIT } from "./exit-codes.ts";
export { type CliOptions, type LocalCommand, runCli } from "./run.ts";
export { processTerminal, type Terminal } from "./terminal.ts";
export { inertBlock, inertLine } from "./text.ts";
