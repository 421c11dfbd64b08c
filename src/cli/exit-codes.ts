/** How `doorward` ends; part of its contract with scripts. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  unknown: 4,
  unreachable: 5,
  conflict: 6,
} as const;

export const EXIT_CODES: readonly (readonly [number, string])[] = [
  [EXIT.ok, "done"],
  [EXIT.failed, "failed, or the answer is bad news (a policy with problems, a receipt that does not verify)"],
  [EXIT.usage, "not understood: wrong command, option or value"],
  [EXIT.refused, "refused: not signed in, not permitted, or presence needed"],
  [EXIT.unknown, "there is no such thing"],
  [EXIT.unreachable, "Doorward is not reachable"],
  [EXIT.conflict, "conflict: it exists already, or changed meanwhile"],
];

export function exitOfStatus(status: number): number {
  if (status === 401 || status === 403) return EXIT.refused;
  if (status === 404) return EXIT.unknown;
  if (status === 409) return EXIT.conflict;
  return status === 400 || status === 422 ? EXIT.usage : EXIT.failed;
}
