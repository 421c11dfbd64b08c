import { type Json, type JsonObject } from "#base";
import type { HeardText } from "#flow";
import { RpcFault } from "#upstream";
import type { Identity } from "#vocabulary";
import { RpcError } from "#wire";
import type { ManifestOf, TrustsLabels } from "../manifest-rows.ts";
import type { Answer, Attempt } from "../outside.ts";
import { isNothingSent } from "../travel.ts";
import { callOf } from "./call.ts";
import type { Flows } from "./flows.ts";
import { READ_CHARS_MAX } from "./limits.ts";
import { charactersIn, labelIn, saidIn, textsIn } from "./results.ts";
import type { SessionFlow } from "./session-flow.ts";

/** What agents get to read, taken in before they read it. */
export interface Hearing {
  /** The end of an attempt: its result, the server's error, or why nothing was done. */
  readonly came: (attempt: Attempt, answer: Answer) => void;
  /** Every text of what reaches the agent by another way; `from` as `HeardText` has it. */
  readonly heard: (identity: Identity, from: string, said: Json, isTainting: boolean) => void;
}

export function createHearing(flows: Flows, manifestOf: ManifestOf, trustsLabels: TrustsLabels): Hearing {
  const hear = (session: SessionFlow, heard: HeardText): void => {
    if (session.hear(heard) && heard.isTainting) flows.behind(session);
  };
  const result = (attempt: Attempt, came: JsonObject): void => {
    const call = callOf(attempt, manifestOf);
    if (call === null) return;
    const { verb, target } = attempt.action;
    const isError = came["isError"] === true;
    const said = labelIn(came, trustsLabels(target.server));
    const session = flows.of(attempt.identity);
    if (charactersIn(came, READ_CHARS_MAX) > READ_CHARS_MAX) session.overflow();
    else
      for (const part of saidIn(verb, came))
        session.observe({ ...call, result: part, isError, ...(said === null ? {} : { said }) });
    flows.behind(session);
  };
  const failure = (attempt: Attempt, error: unknown): void => {
    const call = callOf(attempt, manifestOf);
    if (call === null) return;
    const session = flows.of(attempt.identity);
    const texts = errorTexts(error);
    // Doorward's own words about what never left say nothing of anybody else's.
    if (isNothingSent(error)) return hear(session, { from: OURS, texts, isTainting: false });
    session.observe({ ...call, result: [...texts], isError: true });
    flows.behind(session);
  };
  return {
    came: (attempt, answer) => {
      if (answer.kind === "result") return result(attempt, answer.result);
      if (answer.kind === "failed") return failure(attempt, answer.error);
      // A refusal may quote what was asked for; its own words are Doorward's.
      hear(flows.of(attempt.identity), { from: OURS, texts: [answer.reason], isTainting: false });
    },
    heard: (identity, from, said, isTainting) => {
      const texts = textsIn(said);
      if (texts.length > 0) hear(flows.of(identity), { from, texts, isTainting });
    },
  };
}

const OURS = "doorward/refusals";

function errorTexts(error: unknown): readonly string[] {
  if (error instanceof RpcFault) return [error.rpc.message, ...textsIn(error.rpc.data)];
  if (error instanceof RpcError) return [error.message, ...textsIn(error.data)];
  return error instanceof Error ? [error.message] : [];
}
