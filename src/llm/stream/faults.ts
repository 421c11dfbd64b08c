import { Fault } from "#base";

/** The upstream's answer could be read in two ways, or in none. `what` completes "the model's answer ...". */
export function answerMalformed(what: string, cause?: unknown): Fault {
  return new Fault(
    "answer_malformed",
    `the model's answer ${what}`,
    "Ask again; if it happens again, the upstream does not keep to its protocol: use another for this model.",
    cause,
  );
}

export function answerTooLarge(bytesMax: number): Fault {
  return new Fault(
    "answer_too_large",
    `the model's answer has a part of more than ${bytesMax} bytes`,
    "Ask for a shorter answer.",
  );
}

/** The stream ended before the protocol's own last word. */
export function answerCut(last: string): Fault {
  return new Fault(
    "answer_cut",
    `the model's answer ended before ${last}`,
    "Ask again: what came so far is not the whole answer.",
  );
}
