/** Effects in plain words, the worst last. */
export const EFFECT_WORDS: { readonly [effect: string]: string } = {
  read: "reads",
  write: "changes data",
  outbound: "reaches outside",
  destructive: "can destroy",
};
