import { expect, test } from "vitest";
import { readEvents, type StreamEvent } from "./events.ts";

const TEXT =
  ': here\n\nid: 7\nevent: item\ndata: {"a":"é\u2028"}\n\nid: 9\n\nevent: resume\ndata: {"after":9}\n\n';

async function eventsOf(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of readEvents(ReadableStream.from(chunks))) events.push(event);
  return events;
}

test("events come whole, wherever the stream was cut", async () => {
  const bytes = new TextEncoder().encode(TEXT);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    expect(await eventsOf([bytes.slice(0, cut), bytes.slice(cut)])).toEqual([
      { id: null, name: "message", data: "" },
      { id: "7", name: "item", data: '{"a":"é\u2028"}' },
      { id: "9", name: "message", data: "" },
      { id: null, name: "resume", data: '{"after":9}' },
    ]);
  }
});

test("an event without an end is not kept for ever", async () => {
  const endless = Array.from({ length: 20 }, () => new TextEncoder().encode("x".repeat(100_000)));
  await expect(eventsOf(endless)).rejects.toThrow("without an end");
});
