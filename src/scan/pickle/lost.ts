import { Fault } from "#base";

const REMEDY =
  "Do not load this file: what it does cannot be told. Ask its publisher for one in safetensors or GGUF.";

/** Where loaders part from one another: what comes after is not known. */
export function lost(what: string, at: number): Fault {
  return new Fault("pickle_unfollowed", `${what} (at byte ${at})`, REMEDY);
}

/** What is more than is followed of any file. */
export function beyond(what: string, at: number): Fault {
  return new Fault("pickle_limit", `${what} (at byte ${at})`, REMEDY);
}
