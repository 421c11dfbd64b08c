import { change, type Person, Problem } from "./client.ts";
import { announce, element, quoted } from "./dom.ts";
import { buttonThatMayFail } from "./form.ts";
import { withPresence } from "./presence.ts";

/**
 * What an authorization server sent back with the browser: kept by this tab alone while the person signs in or shows
 * presence, and out of the address and the history from the first moment.
 */
const CALLBACK = "doorward-callback";
const PATH = "/console/authorize";
/** Problems after which the same answer may still be good: the person is asked for something first, or nobody heard. */
const KEEPING: readonly string[] = ["not_signed_in", "presence_required", "permission_denied", "unreachable"];

/** Takes the answer in the address, if there is one. Before anything else: nothing may see it there. */
export function takeCallback(): void {
  if (location.pathname !== PATH) return;
  if (location.search.length > 1) sessionStorage.setItem(CALLBACK, location.search);
  history.replaceState(null, "", "/");
}

/** Completes what waits to be completed, and says how it ended; null: nothing waits. */
export function authorizeSection(person: Person): HTMLElement | null {
  const callback = sessionStorage.getItem(CALLBACK);
  if (callback === null) return null;
  const server = serverOf(callback);
  const place = element("div", { class: "stack" });
  const section = element("section", { class: "panel", "aria-labelledby": "authorize-title" });
  section.append(element("h2", { id: "authorize-title" }, "Access to an MCP server"), place);
  if (server === null) {
    sessionStorage.removeItem(CALLBACK);
    tell(place, "bad", "The address names no server of Doorward. Start again with the server's link.");
    return section;
  }
  const what = `let Doorward use the server ${server}`;
  const act = async (): Promise<void> => {
    const isDone = await withPresence(person, what, () =>
      change("/servers/authorize", { server, callback }),
    ).catch((cause: unknown) => {
      if (!(cause instanceof Problem) || !KEEPING.includes(cause.code)) sessionStorage.removeItem(CALLBACK);
      throw cause;
    });
    if (!isDone) return;
    sessionStorage.removeItem(CALLBACK);
    tell(place, "good", "Doorward may use ", quoted(server), " now.");
  };
  const line = element(
    "p",
    {},
    quoted(server),
    " sent you back. Doorward finishes what you agreed to there.",
  );
  const finish = buttonThatMayFail("Finish", "primary", act);
  place.append(line, finish);
  finish.querySelector("button")?.click();
  return section;
}

/** The state that Doorward made begins with the server's name; what it did not make, it refuses. */
function serverOf(callback: string): string | null {
  const state = new URLSearchParams(callback).get("state") ?? "";
  return /^([a-z][a-z0-9-]{0,30})\.[\w-]+$/.exec(state)?.[1] ?? null;
}

function tell(place: HTMLElement, tone: "good" | "bad", ...words: readonly (string | Node)[]): void {
  const said = element("p", { class: `result ${tone}`, tabindex: "-1" }, ...words);
  place.replaceChildren(said);
  announce(said.textContent ?? "");
}
