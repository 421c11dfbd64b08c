/** Where a path in a file leads that is not beside it; null for a plain path that stays in the model's folder. */
export function leadsOutside(path: string): string | null {
  if (path.includes("\0")) return "holds a zero, at which some readers stop";
  if (/(?:^|[\\/])\.\.(?:[\\/]|$)/u.test(path)) return "goes up out of the model's folder";
  if (/^[\\/]/u.test(path)) return "is an absolute path";
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/u.test(path)) return "names a drive or a protocol";
  if (path.startsWith("~")) return "begins in somebody's home";
  if (/\$[({A-Za-z]|%[A-Za-z]+%/u.test(path)) return "holds a variable of the environment";
  return null;
}
