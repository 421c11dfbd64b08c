/**
 * The lines of `before` that go and those of `after` that come, with `-` and `+` before them. Both begin alike and what is
 * learned stands together, so what is common at either end is all that is common.
 */
export function diffOf(before: string, after: string): string {
  const [left, right] = [before.split("\n"), after.split("\n")];
  const most = Math.min(left.length, right.length);
  let head = 0;
  while (head < most && left[head] === right[head]) head += 1;
  let tail = 0;
  while (tail < most - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  const gone = left.slice(head, left.length - tail).map((line) => `- ${line}`.trimEnd());
  const come = right.slice(head, right.length - tail).map((line) => `+ ${line}`.trimEnd());
  return [`@@ line ${head + 1} @@`, ...gone, ...come].join("\n");
}
