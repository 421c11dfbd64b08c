import { keepProof, type Person, session } from "./client.ts";
import { element } from "./dom.ts";
import { buttonThatMayFail } from "./form.ts";

/**
 * What this tab keeps while the person is away at the identity provider. The cookie that goes with it comes from
 * Doorward and is out of reach of scripts; the ticket lives in this origin's own storage. Neither finishes anything alone.
 */
const AWAY = "doorward-away";
type Purpose = "sign-in" | "presence";

/** The provider's host, or null where none is configured. */
export async function providerHost(): Promise<string | null> {
  const { host } = await session<{ host: string | null }>("GET", "/provider");
  return host;
}

export function providerButton(host: string, purpose: Purpose): HTMLElement {
  const label = purpose === "sign-in" ? `Sign in with ${host}` : `Confirm with ${host}`;
  return buttonThatMayFail(label, "primary", () => leaveFor(purpose));
}

/** The note beside the button that leaves the page in the middle of something. */
export function leavingNote(): HTMLElement {
  return element("p", { class: "aside" }, "You come back to this page; then do it once more.");
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
  if (kept === null) return { person: null, problem: null };
  sessionStorage.removeItem(AWAY);
  const [purpose, ticket] = kept.split(" ");
  if (purpose === "presence") {
    const problem = await session("POST", "/provider/presence", { ticket }).then(
      () => null,
      (cause: unknown) => cause,
    );
    return { person: null, problem };
  }
  const opened = await session<Person & { proof: string }>("POST", "/provider/finish", { ticket });
  keepProof(opened.proof);
  return { person: opened, problem: null };
}

async function leaveFor(purpose: Purpose): Promise<void> {
  const { url, ticket } = await session<{ url: string; ticket: string }>("POST", "/provider", { purpose });
  sessionStorage.setItem(AWAY, `${purpose} ${ticket}`);
  location.assign(url);
}
