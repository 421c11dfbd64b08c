import type { IncomingHttpHeaders } from "node:http";
import { canonicalJson, digestOfBytes } from "#base";
import type { Face, ModelRequest } from "#llm";
import type { ServedModel } from "#vocabulary";
import type { Principal } from "../attempt.ts";
import type { Asker } from "../outside.ts";
import type { Reply } from "./reply.ts";

/** One request of a client at the llm door, read and identified. */
export interface Visit {
  readonly who: Principal;
  readonly face: Face;
  readonly request: ModelRequest;
  /** As the client sent it: `request` may go on from an earlier response. */
  readonly asked: ModelRequest;
  /** For the few headers that go on to the upstream. */
  readonly headers: IncomingHttpHeaders;
  readonly reply: Reply;
  readonly asker: Asker;
  /** What answers it; absent before a place was found. Of an answer that was kept: what made it. */
  readonly weights?: ServedModel;
}

/** What makes a request the same request: everything that is asked of the model, and how. */
export function requestDigest({ protocol, body }: ModelRequest): string {
  return digestOfBytes(canonicalJson({ protocol, body }));
}
