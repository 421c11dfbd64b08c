/** A server-sent event (HTML Living Standard, 9.2.6), as far as Doorward sends them. */
export interface StreamEvent {
  readonly id: string | null;
  readonly name: string;
  readonly data: string;
}

/** One event's text without its end; a stream that sends more is not ours. */
const EVENT_CHARACTERS_MAX = 1_000_000;

/** Reads a stream's events. An event without data is given too: its id says how far the stream has come. */
export async function* readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value.replaceAll("\r\n", "\n")).split("\n\n");
      rest = blocks.pop() ?? "";
      if (rest.length > EVENT_CHARACTERS_MAX) throw new Error("an event without an end");
      for (const block of blocks) yield eventIn(block);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function eventIn(block: string): StreamEvent {
  const fields = block.split("\n").map((line) => /^(id|event|data): ?(.*)$/s.exec(line) ?? []);
  const last = (name: string): string | null => fields.findLast(([, field]) => field === name)?.[2] ?? null;
  const data = fields.filter(([, field]) => field === "data").map(([, , value]) => value);
  return { id: last("id"), name: last("event") ?? "message", data: data.join("\n") };
}
