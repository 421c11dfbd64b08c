/** `in 4 min 30 s`, `expired`: how long until an instant. */
export function untilText(atMs: number, nowMs: number): string {
  const seconds = Math.floor((atMs - nowMs) / 1_000);
  if (seconds <= 0) return "expired";
  if (seconds < 60) return `in ${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `in ${minutes} min${minutes < 10 ? ` ${seconds % 60} s` : ""}`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `in ${hours} h ${minutes % 60} min` : `in ${Math.floor(hours / 24)} days`;
}

/** `3 min ago`, `just now`: how long since an instant. */
export function agoText(atMs: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - atMs) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
