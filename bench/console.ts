// The console in Chromium on loopback: what its first load weighs, when it can be used, and whether it keeps drawing
// while 200 events a second come. Ends with one JSON line.
import { type ConsolePages, openConsolePages } from "../tests/support/console-pages.ts";
import { activityItem, seed } from "../tests/support/console-seed.ts";
import { median } from "./load.ts";

const LOADS = 7;
const EVENTS_PER_SECOND = 200;
const SECONDS = 10;
const TICK_MS = 10;
const FRAME_MS = 1_000 / 60;

interface Frames {
  readonly gaps: readonly number[];
  readonly longTasks: number;
  readonly rows: number;
  readonly heapMb: number;
}

const COUNT = `(() => {
  const counted = (window.counted = { gaps: [], longTasks: 0, last: null });
  const frame = (at) => {
    if (counted.last !== null) counted.gaps.push(at - counted.last);
    counted.last = at;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => { counted.longTasks += list.getEntries().length; }).observe({ type: "longtask" });
})()`;
const TOLD = `({
  gaps: counted.gaps,
  longTasks: counted.longTasks,
  rows: document.querySelectorAll(".feed-row").length,
  heapMb: performance.memory.usedJSHeapSize / 1048576,
})`;

const pages = await openConsolePages(seed());
const loads: { bytes: number; ms: number }[] = [];
for (let n = 0; n < LOADS; n += 1) loads.push(await loaded(pages));
const frames = await drawn(pages);
await pages.close();

const dropped = frames.gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / FRAME_MS) - 1), 0);
const figures = {
  firstLoadGzBytes: loads[0]?.bytes ?? 0,
  interactiveMs: Math.round(median(loads.map(({ ms }) => ms))),
  eventsPerSecond: EVENTS_PER_SECOND,
  frames: frames.gaps.length,
  droppedFrames: dropped,
  longTasks: frames.longTasks,
  rowsDrawn: frames.rows,
  heapMb: Math.round(frames.heapMb),
};
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n${JSON.stringify(figures)}\n`);

/** A first visit: bytes over the wire, and when the newest action stands there and the page answers a press. */
async function loaded({ open }: ConsolePages): Promise<{ bytes: number; ms: number }> {
  const page = await open("/", { isTimed: true });
  const found = await page.evaluate<{ bytes: number; ms: number }>(`(() => {
    const entries = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/console/assets/"));
    const [page] = performance.getEntriesByType("navigation");
    const bytes = entries.reduce((sum, entry) => sum + entry.encodedBodySize, page.encodedBodySize);
    return { bytes, ms: performance.getEntriesByName("doorward-interactive")[0]?.startTime ?? NaN };
  })()`);
  await page.context().close();
  return found;
}

async function drawn({ open, harness }: ConsolePages): Promise<Frames> {
  const page = await open("/", { isTimed: true });
  await page.getByText("live", { exact: true }).waitFor();
  await page.evaluate(COUNT);
  const each = (EVENTS_PER_SECOND * TICK_MS) / 1_000;
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < SECONDS * 1_000) {
    const due = Math.floor((performance.now() - start) / TICK_MS) * each;
    for (; sent < due; sent += 1) harness.emit(activityItem(10_000 + sent, 0));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  const counted = await page.evaluate<Frames>(TOLD);
  await page.context().close();
  return counted;
}
