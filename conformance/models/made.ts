import { bytesOf, global, proto, reduce, stop, text } from "../../tests/samples/pickle-assembler.ts";

/** One file of our own, made to be scanned and never to be loaded. What it would run is `id`, and nothing else. */
export interface Made {
  /** Its group, and its name within. */
  readonly file: string;
  readonly label: "malicious" | "benign" | "suspicious";
  /** What is tried with it, in a few words. */
  readonly technique: string;
  readonly bytes: Uint8Array;
}

/** What runs in each of them; harmless, and recognisable. */
export const COMMAND = "id";

/** A pickle that calls `module.name(COMMAND)` when it is loaded. */
export function calling(module: string, name: string): Uint8Array {
  return stop(proto(2), reduce(global(module, name), text(COMMAND)));
}

/** A pickle of a dict with a text in it: what nobody needs to fear. */
export function harmless(): Uint8Array {
  return stop(proto(2), bytesOf("}", text("weights"), text("none"), "s"));
}
