/**
 * What an authorization server sent back with the browser: kept by this tab alone while the person signs in or shows
 * presence, and out of the address and the history from the first moment.
 */
const CALLBACK = "doorward-callback";
const PATH = "/console/authorize";

/** Takes the answer in the address, if there is one. Before anything else: nothing may see it there. */
export function takeCallback(): void {
  if (location.pathname !== PATH) return;
  if (location.search.length > 1) sessionStorage.setItem(CALLBACK, location.search);
  history.replaceState(null, "", "/");
}

export function keptCallback(): string | null {
  return sessionStorage.getItem(CALLBACK);
}

export function dropCallback(): void {
  sessionStorage.removeItem(CALLBACK);
}

/** The state that Doorward made begins with the server's name; what it did not make, it refuses. */
export function serverOf(callback: string): string | null {
  const state = new URLSearchParams(callback).get("state") ?? "";
  return /^([a-z][a-z0-9-]{0,30})\.[\w-]+$/.exec(state)?.[1] ?? null;
}

/** Whether it is the answer of a provider at which an account is being connected: its state begins as no server's does. */
export function isConnection(callback: string): boolean {
  return new URLSearchParams(callback).get("state")?.startsWith("@connect.") === true;
}
