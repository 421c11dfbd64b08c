import type { Ambient } from "#base";

/** Mails that one address is sent in answer, and all together, within `WINDOW_MS`. */
const REPLIES_PER_ADDRESS_MAX = 10;
const REPLIES_MAX = 200;
const WINDOW_MS = 3_600_000;

/** Whether one more answer may go to an address: counts it where it may. */
export function replyLimit({ monotonic }: Pick<Ambient, "monotonic">): (address: string) => boolean {
  let sent: { readonly at: number; readonly to: string }[] = [];
  return (address) => {
    const now = monotonic();
    sent = sent.filter(({ at }) => at > now - WINDOW_MS);
    const isTooMuch = sent.filter(({ to }) => to === address).length >= REPLIES_PER_ADDRESS_MAX;
    if (isTooMuch || sent.length >= REPLIES_MAX) return false;
    sent.push({ at: now, to: address });
    return true;
  };
}
