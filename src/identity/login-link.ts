import { type Ambient, Fault } from "#base";
import { mintSecret, presentedHash } from "./secret.ts";

/** A one-time login link lives this long. */
export const LOGIN_LINK_MS = 15 * 60_000;

export interface LoginLink {
  /** `http://localhost:7420/login#dwl_…`. The token is in the fragment, which no browser sends anywhere. */
  readonly url: string;
  readonly hash: string;
  readonly expiresAt: number;
}

export function mintLoginLink(origin: string, ambient: Pick<Ambient, "now" | "random">): LoginLink {
  const secret = mintSecret("login-link", ambient);
  return {
    url: `${origin}/login#${secret.text}`,
    hash: secret.hash,
    expiresAt: ambient.now() + LOGIN_LINK_MS,
  };
}

/** The hash to look a login token up by. Throws `login_link_invalid`, which never says which part was wrong. */
export function loginTokenHash(token: string): string {
  const hash = presentedHash("login-link", token);
  if (hash === null) throw loginLinkInvalid();
  return hash;
}

export function loginLinkInvalid(): Fault {
  return new Fault(
    "login_link_invalid",
    "this login link is unknown, used or expired",
    "Links work once, for 15 minutes. Make another: `doorward login-links create`, or restart Doorward.",
  );
}
