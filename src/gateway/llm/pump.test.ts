import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createDialectScanner,
  type Delta,
  type DialectName,
  faceOf,
  findTextCalls,
  type Finish,
  type Piece,
} from "#llm";
import { createPump, type Pump } from "./pump.ts";
import type { Reply } from "./reply.ts";
import { askingOf } from "./ruled.ts";

const HEAD = { id: "x", model: "m", createdAt: 1, isUsageWanted: true, mark: {} };
const nothing = (): void => {};

function pumping(): { readonly pump: Pump; readonly sent: () => string } {
  let sent = "";
  const reply: Reply = {
    head: nothing,
    hasBegun: () => sent !== "",
    json: nothing,
    text: nothing,
    begin: nothing,
    write: async (bytes) => void (sent += Buffer.from(bytes).toString("utf8")),
    keepAlive: nothing,
    end: nothing,
    cut: nothing,
  };
  const pump = createPump({
    reply,
    writer: faceOf("openai-chat").createWriter(HEAD),
    scanner: createDialectScanner([]),
    isRaw: true,
    isUsageWanted: true,
    quiet: (piece) => piece,
    mark: {},
    streamType: "text/event-stream",
  });
  return { pump, sent: () => sent };
}

/** A piece whose bytes are its text. */
const said = (text: string, kind: "text" | "reasoning" = "text"): Piece => {
  const deltas: readonly Delta[] = [{ kind, text }];
  return { bytes: Buffer.from(text), deltas, event: null };
};

async function take(texts: readonly string[]): Promise<string> {
  const { pump, sent } = pumping();
  for (const text of texts) await pump.take(said(text));
  return sent();
}

describe("text that streams", () => {
  test.each([
    [["a ", "<", "<", "<", "<"], "a <<<"],
    [["if a ", "<tool", "<tool", "<tool"], "if a <tool<tool"],
    [["a", "<tool", "_box> b"], "a<tool_box> b"],
    [["see [", "TOOL", "_", "[1]"], "see [TOOL_[1]"],
    [["x ", "<tool_", "call"], "x "],
  ])("%j: held is what may still begin a call, and nothing before it", async (texts, sent) => {
    expect(await take(texts)).toBe(sent);
  });

  test("what is not text waits for the text before it, and for no more", async () => {
    const { pump, sent } = pumping();
    for (const piece of [said("a<"), said("b<"), said("hm", "reasoning")]) await pump.take(piece);
    expect(sent()).toBe("a<");
    await pump.take(said("= c"));
    expect(sent()).toBe("a<b<hm= c");
  });

  const PIECE_MAX = "<tool_call>".length;
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom("<", "[", "<tool", "<tool_call>", "<function=", "[TOOL_", "CALLS]", "<|", " ", "a"),
      fc.string({ minLength: 1, maxLength: 6 }),
    ),
    { maxLength: 24 },
  );

  test("all that cannot begin a call has left, whatever the text and its pieces, and nothing of a call", async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (texts) => {
        const { pump, sent } = pumping();
        const scanner = createDialectScanner([]);
        let whole = "";
        for (const text of texts) {
          await pump.take(said(text));
          whole += text;
          if (scanner.push(text) === "call") break;
          const held = whole.length - sent().length;
          // A piece leaves whole or not at all.
          const most = scanner.doubtful() === 0 ? 0 : scanner.doubtful() + PIECE_MAX - 1;
          expect(held).toBeGreaterThanOrEqual(scanner.doubtful());
          expect(held).toBeLessThanOrEqual(most);
        }
        const end = findTextCalls(whole, [])[0]?.start ?? whole.length;
        expect(sent().length).toBeLessThanOrEqual(end);
        expect(whole.startsWith(sent())).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** Which of the calls in a text are known as cut. */
const cutIn = (text: string, finish: Finish, dialects: readonly DialectName[] = []) => {
  const turn = { id: null, model: null, parts: [{ kind: "text" as const, text }], finish, usage: null };
  return askingOf(turn, text, { dialects, tools: [] }).calls.map(({ isCut = false }) => isCut);
};

test("a call written as text that the answer's limit may have cut is known as cut", () => {
  const react = "Action: bash\nAction Input: rm -rf /tmp";
  expect([cutIn(react, "length", ["react"]), cutIn(react, "stop", ["react"])]).toEqual([[true], [false]]);
  expect(cutIn(`${react}\nObservation:`, "length", ["react"])).toEqual([false]);
  const hermes = '<tool_call>{"name":"bash","arguments":{}}</tool_call>';
  expect([cutIn(hermes, "length"), cutIn(`${hermes} so`, "length")]).toEqual([[false], [false]]);
  expect(cutIn(hermes.replace("</tool_call>", ""), "length")).toEqual([true]);
});

const pay = (type: string) => ({
  name: "pay",
  description: "",
  inputSchema: { type: "object", properties: { amount: { type } } },
});

test("values between tags are read by the schema of the tool that the request declares", () => {
  const text = "<tool_call><function=pay><parameter=amount>5</parameter></function></tool_call>";
  const turn = { id: null, model: null, parts: [{ kind: "text" as const, text }], finish: "stop" as const };
  const asked = (type: string) =>
    askingOf({ ...turn, usage: null }, text, { dialects: [], tools: [pay(type)] }).calls[0]?.arguments;
  expect([asked("integer"), asked("string")]).toEqual(['{"amount":5}', '{"amount":"5"}']);
});
