import { entered, type Opened, type Person, session } from "../api/session.ts";
import { comeBack } from "./provider.ts";

/** Who is here, when the page opens: by a login link, back from the provider, or by a session that goes on. */
export interface Arrival {
  readonly person: Person;
  /** Why a proof of presence failed, for who comes back from one; null: nothing went wrong. */
  readonly problem: unknown;
}

export async function arrive(): Promise<Arrival> {
  const linked = await spendLoginLink();
  const { person, problem } = linked === null ? await comeBack() : { person: linked, problem: null };
  return { person: person ?? (await session<Person>("GET", "")), problem };
}

/** Whether this person has nothing yet to show presence with. */
export function isNew(person: Person): boolean {
  return person.provider === null && !person.hasPassword && person.passkeys === 0;
}

/** Spends the token in the address's fragment, once, and takes it out of the address and the history. */
async function spendLoginLink(): Promise<Person | null> {
  const token = location.hash.slice(1);
  if (location.pathname !== "/login" || token === "") return null;
  history.replaceState(null, "", "/");
  return entered(await session<Opened>("POST", "/open", { token }));
}
