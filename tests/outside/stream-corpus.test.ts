import { describe, expect, test } from "vitest";
import { z } from "zod";
import { callsOf, createDialectScanner, faceOf, type ModelRequest, type Piece, textOf } from "#llm";
import { createPump } from "../../src/gateway/llm/pump.ts";
import type { Reply } from "../../src/gateway/llm/reply.ts";
import { readWithClient, requestBody } from "./stream-corpus/clients.ts";
import { CORPUS, type Recording } from "./stream-corpus/corpus.ts";

// Streams as servers send them, through the door's reader and pump, cut at every byte: what comes out is what went in,
// and says what the official client reads in it.

/** A request that such a stream answers. */
function requestOf({ protocol }: Recording): ModelRequest {
  return faceOf(protocol).readRequest(z.record(z.string(), z.json()).parse(requestBody(protocol, "x")));
}

/** Everything that is sent, in order. */
function collecting(): { readonly reply: Reply; readonly sent: () => Buffer } {
  const all: Buffer[] = [];
  const reply: Reply = {
    head: () => {},
    hasBegun: () => all.length > 0,
    json: () => {},
    text: () => {},
    begin: () => {},
    write: async (bytes) => void all.push(Buffer.from(bytes)),
    keepAlive: () => {},
    end: () => {},
    cut: () => {},
  };
  return { reply, sent: () => Buffer.concat(all) };
}

interface Passed {
  readonly pieces: readonly Piece[];
  readonly early: Buffer;
  readonly whole: Buffer;
  readonly text: string;
  readonly calls: readonly string[];
}

/** Through reader and pump in these chunks; then everything is released, as where policy allows it. */
async function pass(recording: Recording, chunks: readonly Uint8Array[]): Promise<Passed> {
  const face = faceOf(recording.protocol);
  const request = requestOf(recording);
  const reader = face.createReader(request);
  const { reply, sent } = collecting();
  const head = { id: "x", model: "m", createdAt: 0, isUsageWanted: true, mark: {} };
  const pump = createPump({
    reply,
    writer: face.createWriter(head),
    streamType: "text/event-stream",
    isRaw: true,
    isUsageWanted: true,
    quiet: (piece) => piece,
    mark: {},
    scanner: createDialectScanner([]),
  });
  const pieces: Piece[] = [];
  const take = async (more: readonly Piece[]): Promise<void> => {
    pieces.push(...more);
    for (const piece of more) await pump.take(piece);
  };
  for (const chunk of chunks) await take(reader.push(chunk));
  await take(reader.end());
  const early = sent();
  await pump.release(pump.tail());
  const turn = reader.turn();
  return { pieces, early, whole: sent(), text: textOf(turn), calls: callsOf(turn).map(({ name }) => name) };
}

const said = (pieces: readonly Piece[]) =>
  pieces.map(({ bytes, deltas, event }) => ({ bytes: Buffer.from(bytes).toString("latin1"), deltas, event }));

describe.each(CORPUS)("$name", (recording) => {
  const bytes = Buffer.from(recording.stream, "utf8");

  test("comes out as it went in, wherever it is cut", async () => {
    const whole = await pass(recording, [bytes]);
    expect(whole.whole.equals(bytes)).toBe(true);
    const pieces = said(whole.pieces);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const passed = await pass(recording, [bytes.subarray(0, cut), bytes.subarray(cut)]);
      const isSame = passed.whole.equals(bytes) && passed.early.equals(whole.early);
      expect([cut, isSame]).toEqual([cut, true]);
      expect(said(passed.pieces)).toEqual(pieces);
    }
  });

  test("comes out as it went in byte by byte, and in threes", async () => {
    for (const size of [1, 3]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      const passed = await pass(recording, chunks);
      expect(passed.whole.equals(bytes)).toBe(true);
    }
  });

  test("nothing of a call leaves before it is decided; text before it does", async () => {
    const { early } = await pass(recording, [bytes]);
    const text = early.toString("utf8");
    for (const name of recording.calls) expect(text).not.toContain(name);
    expect(bytes.subarray(0, early.length).equals(early)).toBe(true);
  });

  test("says what the official client reads", async () => {
    const { text, calls } = await pass(recording, [bytes]);
    expect({ text, calls }).toEqual({ text: recording.text, calls: recording.calls });
    expect(await readWithClient(recording.protocol, bytes)).toEqual({ text, calls, isWhole: true });
  });
});
