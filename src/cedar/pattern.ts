/** Pieces up to this length are searched by the engine's own search, longer ones in time linear in the text. */
const SHORT_PIECE = 32;

/** A pattern of `like`: literal pieces with `*` between any two, which stands for any text, the empty one too. */
export class Pattern {
  private readonly first: string;
  /** After a first wildcard, if there is one. */
  private readonly last: string | null;
  private readonly between: readonly Piece[];

  /** Source: Cedar's pattern elements, where a literal is a character and `null` here is the wildcard. */
  constructor(elements: readonly (string | null)[]) {
    const texts = [""];
    for (const element of elements) {
      if (element === null) texts.push("");
      else texts.push(`${texts.pop() ?? ""}${element}`);
    }
    this.first = texts[0] ?? "";
    this.last = texts.length > 1 ? (texts.at(-1) ?? "") : null;
    this.between = texts
      .slice(1, -1)
      .filter((text) => text !== "")
      .map((text) => new Piece(text));
  }

  /** Takes the first place for each piece in turn, which finds a match wherever there is one; never goes back. */
  matches(text: string): boolean {
    const { first, last } = this;
    if (last === null) return text === first;
    const end = text.length - last.length;
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    for (const piece of this.between) {
      const found = piece.find(text, from);
      if (found === -1) return false;
      from = found + piece.text.length;
    }
    return from <= end;
  }
}

class Piece {
  readonly text: string;
  private table: readonly number[] | null = null;

  constructor(text: string) {
    this.text = text;
  }

  find(text: string, from: number): number {
    return this.text.length <= SHORT_PIECE ? text.indexOf(this.text, from) : this.search(text, from);
  }

  /** Knuth, Morris and Pratt: no text makes it look at a character more than twice. */
  private search(text: string, from: number): number {
    this.table ??= bordersOf(this.text);
    let matched = 0;
    for (let index = from; index < text.length; index += 1) {
      while (matched > 0 && text[index] !== this.text[matched]) matched = this.table[matched - 1] ?? 0;
      if (text[index] === this.text[matched]) matched += 1;
      if (matched === this.text.length) return index - matched + 1;
    }
    return -1;
  }
}

/** For each prefix the length of its longest proper prefix that is its suffix too. */
function bordersOf(text: string): readonly number[] {
  const borders = [0];
  let length = 0;
  for (let index = 1; index < text.length; index += 1) {
    while (length > 0 && text[index] !== text[length]) length = borders[length - 1] ?? 0;
    if (text[index] === text[length]) length += 1;
    borders.push(length);
  }
  return borders;
}
