import { expect, test } from "vitest";
import { operationNamed } from "#operations";
import { setUpChannel } from "./channel-setup.ts";

const platform = {
  name: "webhook",
  title: "Webhook",
  inbound: "webhook",
  settings: [
    { name: "url", description: "where to", required: true },
    { name: "title", description: "what people see", required: false },
  ],
  secrets: [{ name: "key", description: "signs" }],
  setup: ["Make a key"],
  lacks: null,
};

/** `doorward channels add webhook` with a person who gives these answers. */
async function walked(answers: readonly string[], over: Partial<Record<"lacks", string>> = {}) {
  const asked: string[] = [];
  const left = [...answers];
  const answer = (question: string): Promise<string> => {
    asked.push(question.split(" (")[0] ?? "");
    return Promise.resolve(left.shift() ?? "");
  };
  const terminal = {
    out: () => {},
    error: () => {},
    width: 100,
    ask: answer,
    secret: answer,
    stdin: () => Promise.resolve(""),
  };
  const invocation = {
    operation: operationNamed("channels.add"),
    input: { platform: "webhook" },
    json: false,
    dryRun: false,
    key: null,
  };
  const listed = { items: [{ ...platform, ...over }] };
  const ended = setUpChannel(terminal, () => Promise.resolve(listed), { ...invocation, follow: false });
  const said = await ended.then(
    ({ input }) => input,
    (cause: unknown) => cause,
  );
  return { asked, said };
}

test("what is needed is asked for again, what may be left out is not", async () => {
  const { asked, said } = await walked(["", "https://a.example", "", "s3cret", "", "hall"]);
  expect(asked.slice(0, 4)).toEqual(["url", "url", "title", "key"]);
  expect(said).toMatchObject({ settings: { url: "https://a.example" }, testTo: "hall" });
});

test("thrice at most: then the operation says what is missing", async () => {
  const { asked } = await walked(["", "", "", "", "s3cret"]);
  expect(asked.filter((name) => name === "url")).toHaveLength(3);
});

test("what the platform lacks here is said before anything is asked for", async () => {
  const { asked, said } = await walked([], {
    lacks: "Set channels.listen in doorward.yaml.",
  });
  expect(asked).toEqual([]);
  expect(said).toMatchObject({
    code: "channel_not_ready",
    remedy: "Set channels.listen in doorward.yaml. Then add it again.",
  });
});
