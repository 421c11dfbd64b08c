const SHOWN_MAX = 160;

/** Text of a file as one line of printable ASCII in quotes, cut: nothing in it can move a cursor or hide. */
export function shownText(text: string): string {
  const cut = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text;
  return JSON.stringify(cut).replaceAll(/[^\x20-\x7e]/gu, (unit) =>
    Array.from(
      { length: unit.length },
      (_, n) => `\\u${unit.charCodeAt(n).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
