import { inertLine } from "./text.ts";

const QUIET_MS = 1_000;
const TICK_MS = 1_000;

/** Tells on standard error that something is still going on, once it takes more than a second. */
export async function watched<T>(
  error: (text: string) => void,
  isPerson: boolean,
  work: (progress: (text: string) => void) => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  let said = "";
  let shown = "";
  const show = (): void => {
    const seconds = Math.floor((performance.now() - startedAt) / 1_000);
    if (isPerson) error(`\r\u001b[K… ${said === "" ? "still working" : said} (${seconds} s)`);
    else if (said !== shown) error(`… ${said}\n`);
    shown = said;
  };
  const timer = setInterval(show, TICK_MS);
  try {
    return await work((text) => {
      said = inertLine(text);
      if (performance.now() - startedAt >= QUIET_MS) show();
    });
  } finally {
    clearInterval(timer);
    if (isPerson && performance.now() - startedAt >= TICK_MS) error("\r\u001b[K");
  }
}
