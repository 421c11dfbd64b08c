export interface ApprovalsSearch {
  /** Only what this session waits for, to be answered together. */
  readonly session?: string;
}

const SESSION = /^ses_[0-9a-hjkmnp-tv-z]{26}$/;

/** Reads what an address asks for; anything else is left out. */
export function approvalsSearch({ session }: Readonly<Record<string, unknown>>): ApprovalsSearch {
  return typeof session === "string" && SESSION.test(session) ? { session } : {};
}
