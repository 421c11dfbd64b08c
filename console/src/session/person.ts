import { createContext, useContext } from "react";
import type { Person } from "../api/session.ts";

/** The person signed in; there is one wherever a page of the console is shown. */
export const PersonContext = createContext<Person | null>(null);

export function usePerson(): Person {
  const person = useContext(PersonContext);
  if (person === null) throw new Error("nobody is signed in here");
  return person;
}
