import { describe, expect, test } from "vitest";
import { Fault } from "#base";
import type { Egress, EgressResponse } from "#egress";
import { retryAfterOf } from "./faults.ts";
import { createCaller, textAt, valueAt } from "./http.ts";

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly text?: string;
}

/** The network, as it might answer. */
function answering(answer: Answer | Error, asked: { url: string; headers: object }[] = []): Egress {
  const request: Egress["request"] = async (_rules, { url, headers }) => {
    asked.push({ url: String(url), headers });
    if (answer instanceof Error) throw answer;
    const { status, headers: given = {}, text = "" } = answer;
    const response: EgressResponse = {
      status,
      headers: given,
      text: async () => text,
      chunks: () => {
        throw new Error("not read so");
      },
      discard: () => {},
    };
    return response;
  };
  return {
    request,
    fetch: () => () => Promise.reject(new Error("not asked so")),
    connect: () => Promise.reject(new Error("not asked so")),
    close: async () => {},
  };
}

const callerOf = (answer: Answer | Error, asked?: { url: string; headers: object }[]) =>
  createCaller({
    egress: answering(answer, asked),
    title: "Chat",
    base: "https://chat.example/api/",
    allowPrivate: false,
    headers: { authorization: "Bearer s3cret" },
    secrets: ["s3cret", ""],
  });

const failureOf = async (answer: Answer | Error): Promise<Fault> => {
  const failure: unknown = await callerOf(answer)({ method: "GET", path: "/x" }).catch(
    (cause: unknown) => cause,
  );
  if (!(failure instanceof Fault)) throw new Error("it did not fail");
  return failure;
};

describe("what an answer means", () => {
  test.each([
    [{ status: 429, headers: { "retry-after": "7" } }, "channel_unreachable", 7_000],
    [
      {
        status: 503,
        headers: { "retry-after": "Sat, 21 Nov 2026 22:00:09 GMT", date: "Sat, 21 Nov 2026 22:00:00 GMT" },
      },
      "channel_unreachable",
      9_000,
    ],
    [
      {
        status: 503,
        headers: { "retry-after": "Sat, 21 Nov 2026 21:00:00 GMT", date: "Sat, 21 Nov 2026 22:00:00 GMT" },
      },
      "channel_unreachable",
      0,
    ],
    [{ status: 503, headers: { "retry-after": "soon" } }, "channel_unreachable", null],
    [{ status: 429, headers: { "retry-after": "999999999" } }, "channel_unreachable", 3_600_000],
    [{ status: 500 }, "channel_unreachable", null],
    [{ status: 408 }, "channel_unreachable", null],
    [{ status: 302, headers: { location: "https://evil.example" } }, "channel_refused", null],
    [{ status: 400 }, "channel_refused", null],
    [{ status: 401 }, "channel_refused", null],
    [{ status: 404 }, "channel_refused", null],
  ] as const)("%j is %s, to be asked again after %s", async (answer, code, pause) => {
    const failure = await failureOf(answer);
    expect(failure.code).toBe(code);
    expect(retryAfterOf(failure)).toBe(pause);
  });

  test.each([
    ["egress_lost", "channel_unreachable"],
    ["egress_unreachable", "channel_unreachable"],
    ["egress_body_too_large", "channel_unreachable"],
    ["egress_address_private", "channel_refused"],
    ["egress_address_forbidden", "channel_refused"],
    ["egress_own_listener", "channel_refused"],
    ["egress_url_refused", "channel_refused"],
  ])("%s is %s", async (code, expected) => {
    expect((await failureOf(new Fault(code, "so", "do"))).code).toBe(expected);
  });
});

describe("the platform's own words", () => {
  test.each([
    [{ error: { message: "token s3cret is bad" } }, "Chat answers 400: token (secret) is bad"],
    [{ message: "a\u001b[2J\u202eb\n\nc" }, "Chat answers 400: a [2J b c"],
    [{ error: "x".repeat(1_000) }, `Chat answers 400: ${"x".repeat(200)}`],
    [{ errcode: "M_FORBIDDEN" }, "Chat answers 400: M_FORBIDDEN"],
    [{ other: "y" }, "Chat answers 400"],
    ["text", "Chat answers 400"],
  ])("of %j are %j", async (json, message) => {
    expect((await failureOf({ status: 400, text: JSON.stringify(json) })).message).toBe(message);
  });
});

test("an answer that is no JSON is none, and no failure", async () => {
  expect(await callerOf({ status: 200, text: "<html>" })({ method: "GET", path: "/x" })).toMatchObject({
    json: null,
  });
});

test.each(["/../admin", "/a/./b", "/a/..", "/a\\b"])("the path %s is not asked for", async (path) => {
  const asked: { url: string; headers: object }[] = [];
  const call = callerOf({ status: 200 }, asked);
  await expect(call({ method: "GET", path })).rejects.toMatchObject({ code: "channel_refused" });
  expect(asked).toEqual([]);
});

test("what a platform sent is read by its own properties alone", () => {
  const json: unknown = JSON.parse('{"a":[{"b":"c"}],"__proto__":{"d":"e"}}');
  expect(textAt(json, "a", 0, "b")).toBe("c");
  expect(textAt(json, "d")).toBeNull();
  expect(valueAt(json, "constructor")).toBeUndefined();
  expect(valueAt("text", "length")).toBeUndefined();
});
