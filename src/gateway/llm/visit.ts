import type { IncomingHttpHeaders } from "node:http";
import type { Face, ModelRequest } from "#llm";
import type { Principal } from "../attempt.ts";
import type { Asker } from "../outside.ts";
import type { Reply } from "./reply.ts";

/** One request of a client at the llm door, read and identified. */
export interface Visit {
  readonly who: Principal;
  readonly face: Face;
  readonly request: ModelRequest;
  /** For the few headers that go on to the upstream. */
  readonly headers: IncomingHttpHeaders;
  readonly reply: Reply;
  readonly asker: Asker;
}
