/** Prices as they are typed: `MODEL INPUT/OUTPUT` or `MODEL=INPUT/OUTPUT`, one on each line. Doorward judges them. */
export function pricesIn(lines: string): { [model: string]: string } {
  const pairs = lines.split("\n").flatMap((line): (readonly [string, string])[] => {
    const [, model, price] = /^\s*(\S+?)(?:\s*=\s*|\s+)(\S*)\s*$/.exec(line) ?? [];
    if (model !== undefined && price !== undefined) return [[model, price]];
    return line.trim() === "" ? [] : [[line.trim(), "?"]];
  });
  return Object.fromEntries(pairs);
}

/** Models that were priced before and are not any more: an empty price takes one away. */
export function pricesTaken(
  before: Readonly<Record<string, string>>,
  lines: string,
): { [model: string]: string } {
  const wanted = pricesIn(lines);
  const gone = Object.keys(before).filter((model) => !Object.hasOwn(wanted, model));
  return { ...Object.fromEntries(gone.map((model) => [model, ""])), ...wanted };
}
