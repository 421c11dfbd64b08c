import { entered, type Opened, type Person, session } from "../api/session.ts";

/**
 * What this tab keeps while the person is away at the identity provider. The cookie that goes with it comes from
 * Doorward and is out of reach of scripts; the ticket lives in this origin's own storage. Neither finishes anything
 * alone. The page they left is kept too: Doorward itself only ever sends them back to its front page.
 */
const AWAY = "doorward-away";
const LEFT_FROM = "doorward-left-from";
type Purpose = "sign-in" | "presence";

/** The provider's host, or null where none is configured. */
export async function providerHost(): Promise<string | null> {
  const { host } = await session<{ host: string | null }>("GET", "/provider");
  return host;
}

export interface Back {
  /** Whom it signed in; null: nobody, or who is signed in already. */
  readonly person: Person | null;
  /** Why presence was not shown; null: nothing went wrong. */
  readonly problem: unknown;
}

/** Back from the provider: collects what came of it, once. Throws where a sign-in failed. */
export async function comeBack(): Promise<Back> {
  const kept = sessionStorage.getItem(AWAY);
  const from = sessionStorage.getItem(LEFT_FROM);
  sessionStorage.removeItem(AWAY);
  sessionStorage.removeItem(LEFT_FROM);
  if (kept === null) return { person: null, problem: null };
  if (from?.startsWith("/") === true && location.pathname === "/") history.replaceState(null, "", from);
  const [purpose, ticket] = kept.split(" ");
  if (purpose === "presence") {
    const problem = await session("POST", "/provider/presence", { ticket }).then(
      () => null,
      (cause: unknown) => cause,
    );
    return { person: null, problem };
  }
  return { person: entered(await session<Opened>("POST", "/provider/finish", { ticket })), problem: null };
}

export async function leaveFor(purpose: Purpose): Promise<void> {
  const { url, ticket } = await session<{ url: string; ticket: string }>("POST", "/provider", { purpose });
  sessionStorage.setItem(AWAY, `${purpose} ${ticket}`);
  sessionStorage.setItem(LEFT_FROM, location.pathname + location.search);
  location.assign(url);
}
