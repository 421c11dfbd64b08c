import type { Page } from "playwright-core";

export interface Difference {
  /** Share of pixels that differ by more than a reader could overlook; 1 where the sizes differ. */
  readonly share: number;
  readonly sizes: string;
}

/** How far apart two values of one channel (0 to 255) may be before it counts: edges of letters are never quite alike. */
const CHANNEL_MAX = 40;

/** Compares two PNG files pixel by pixel, in the browser that makes them: it decodes them as it encoded them. */
export async function compared(blank: Page, one: Buffer, other: Buffer): Promise<Difference> {
  const given = [one.toString("base64"), other.toString("base64"), CHANNEL_MAX];
  return blank.evaluate<Difference>(`(${COMPARE})(${JSON.stringify(given)})`);
}

/** Runs in the page. */
const COMPARE = `async ([one, other, max]) => {
  const pixels = async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  };
  const [a, b] = [await pixels(one), await pixels(other)];
  const sizes = a.width + "x" + a.height + " " + b.width + "x" + b.height;
  if (a.width !== b.width || a.height !== b.height) return { share: 1, sizes };
  let different = 0;
  for (let at = 0; at < a.data.length; at += 4)
    if ([0, 1, 2].some((channel) => Math.abs(a.data[at + channel] - b.data[at + channel]) > max)) different += 1;
  return { share: different / (a.width * a.height), sizes };
}`;
