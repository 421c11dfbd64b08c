import { type Check, refusedUnless } from "../strict.ts";

export const HELD = "names state that the upstream keeps, which nobody here can see or decide";

export const heldFile: Check = refusedUnless(
  [null],
  HELD,
  "Send the content itself: text, or a file as a data: URL.",
);
