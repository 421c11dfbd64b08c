/**
 * Something went wrong that the caller cannot decide away. `code` is listed in `docs/reference/errors.md`,
 * `remedy` is a sentence that tells a person what to do next. Caught only at faces and job loops.
 */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
