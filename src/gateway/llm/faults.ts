import { Fault } from "#base";

/** A Fault whose HTTP status is known where it is made. */
export class StatusFault extends Fault {
  readonly status: number;

  constructor(
    status: number,
    said: { readonly code: string; readonly reason: string; readonly remedy: string },
  ) {
    super(said.code, said.reason, said.remedy);
    this.status = status;
  }
}

/**
 * An upstream answered, with an error: an answer like any other, to be passed on as it is. `status` is its HTTP status,
 * 502 where it said 200 and its answer was none.
 */
export class ModelFault extends StatusFault {
  /** Seconds that it asks to be left alone; null: it did not say. */
  readonly retryAfterSeconds: number | null;
  /** Its own code, which programs act on (`context_length_exceeded`), and the field it names; null where it has none. */
  readonly upstreamCode: string | null;
  readonly parameter: string | null;

  constructor(status: number, reason: string, more: Partial<UpstreamSaid> = {}) {
    const remedy = "The upstream refused or failed; its own words are all there is.";
    super(status, { code: "model_error", reason, remedy });
    const { retryAfterMs = null, code = null, parameter = null } = more;
    this.retryAfterSeconds = retryAfterMs === null ? null : Math.ceil(retryAfterMs / 1_000);
    this.upstreamCode = code;
    this.parameter = parameter;
  }
}

interface UpstreamSaid {
  readonly retryAfterMs: number | null;
  readonly code: string | null;
  readonly parameter: string | null;
}
