import { describe, expect, test } from "vitest";
import { operationNamed } from "#operations";
import { type Client, RemoteProblem } from "./client.ts";
import { EXIT } from "./exit-codes.ts";
import { follow, RETRIES_MAX } from "./follow.ts";

const operation = operationNamed("activity.list");
const problem = (code: string, exitCode: number) =>
  new RemoteProblem({ code, detail: "x", remedy: "y" }, exitCode);
const over = problem("not_signed_in", EXIT.refused);
const gone = problem("unreachable", EXIT.unreachable);

/** One stream: the items it gives by index (an index alone moves on), and how it ends. */
type Stream = readonly [items: readonly (number | readonly [number])[], end: RemoteProblem | null];

/** Follows streams that end one after the other; answers what was shown, asked for, and thrown. */
async function followed(
  streams: readonly Stream[],
  { input = {}, json = true, width = null as number | null } = {},
) {
  const asked: unknown[] = [];
  let shown = "";
  let pauses = 0;
  const client: Client = {
    session: async () => ({}),
    perform: async () => ({
      items: [
        { index: 9, agent: "b" },
        { index: 8, agent: "a" },
      ],
      next: 8,
      head: 10,
    }),
    follow: async (_, { after }, take) => {
      asked.push(after);
      const [items, end] = streams[asked.length - 1] ?? [[], gone];
      for (const one of items) {
        if (typeof one === "number") take({ index: one, agent: "c" }, one);
        else take(null, one[0]);
      }
      if (end !== null) throw end;
    },
  };
  const terminal = {
    out: (text: string) => void (shown += text),
    error: () => {},
    width,
    secret: null,
    ask: null,
    stdin: async () => "",
  };
  const invocation = { operation, input, json, follow: true, dryRun: false, key: null };
  const pause = async (): Promise<void> => void (pauses += 1);
  const cause: unknown = await follow(terminal, client, invocation, pause).catch((thrown: unknown) => thrown);
  return { asked, shown, cause, pauses };
}

describe("a followed list", () => {
  test("shows the last page, oldest first, and goes on from the head; a cut stream is resumed where it was", async () => {
    const { asked, shown, cause } = await followed([
      [[11, 12], null],
      [[[15]], gone],
      [[], gone],
      [[16], over],
    ]);
    expect(asked).toEqual([10, 12, 15, 15]);
    expect(shown.trim().split("\n")).toEqual(
      [8, 9, 11, 12, 16].map((index) =>
        expect.stringMatching(new RegExp(`^\\{"index":${index},"agent":"."\\}$`)),
      ),
    );
    expect(cause).toBe(over);
  });

  test("begins where it is told, and shows no page before that", async () => {
    const { asked, shown } = await followed([[[], over]], { input: { after: 3 } });
    expect([asked, shown]).toEqual([[3], ""]);
  });

  test("gives up when Doorward stays away, and only then", async () => {
    const { asked, cause } = await followed([[[11], gone]]);
    expect(cause).toBe(gone);
    expect(asked.length).toBe(1 + RETRIES_MAX);
  });

  test("is a table whose heading stands once, and whose columns fit and stay", async () => {
    const { shown } = await followed([[[11, 12], over]], { json: false, width: 60 });
    const lines = shown.trimEnd().split("\n");
    expect(lines.map((line) => /^index\b/.test(line))).toEqual([true, false, false, false, false]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });
});
