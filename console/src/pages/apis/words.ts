interface Standing {
  readonly status: string;
}

/** How many operations wait for somebody to read them, in words. */
export function reviewText(waiting: readonly Standing[]): string {
  const changed = waiting.filter(({ status }) => status === "changed").length;
  const parts = [
    [changed, "changed"],
    [waiting.length - changed, "new"],
  ].flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  return parts.length === 0 ? "–" : parts.join(", ");
}
