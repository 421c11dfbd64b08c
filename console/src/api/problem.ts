/** What Doorward answered instead of what was asked: RFC 9457 problem details, or the lack of any answer. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, detail: string, remedy: string) {
    super(detail);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Reads a problem out of an answer that is none of ours to trust: it may come from anything in between. */
export function problemOf(answer: unknown, status: number): Problem {
  const { code, detail, remedy } = (answer ?? {}) as { code?: unknown; detail?: unknown; remedy?: unknown };
  return new Problem(
    textOr(code, "unknown"),
    textOr(detail, `Doorward answered ${status}`),
    textOr(remedy, "Look at its log."),
  );
}

/** What went wrong in one line, for a person: the reason, and what to do about it. */
export function messageOf(cause: unknown): string {
  if (cause instanceof Problem) return `${capital(cause.message)}. ${cause.remedy}`;
  if (cause instanceof DOMException)
    return "The passkey was not used: cancelled, timed out or not known here.";
  return cause instanceof Error ? capital(cause.message) : "Something went wrong.";
}

export function isProblem(cause: unknown, code: string): boolean {
  return cause instanceof Problem && cause.code === code;
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
