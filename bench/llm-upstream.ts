// The upstream behind every contender: OpenAI chat completions (shapes: openai 7.57.0, resources/chat/completions), about
// 450 bytes whole, or 50 chunks flushed one by one, without any thinking time: what is measured is the way there.
import { createServer, type ServerResponse } from "node:http";

const [port = "0"] = process.argv.slice(2);
const CHUNKS = 50;
const HEAD = { id: "chatcmpl-bench", created: 1_700_000_000, model: "bench-model" };
const WORDS =
  "The quick brown fox jumps over the lazy dog while the band plays on and the rain keeps falling down";

const whole = JSON.stringify({
  ...HEAD,
  object: "chat.completion",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: WORDS, refusal: null },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 90, completion_tokens: 20, total_tokens: 110 },
});

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ ...HEAD, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const events = [
  chunk({ role: "assistant", content: "" }),
  ...Array.from({ length: CHUNKS - 2 }, (_, at) => chunk({ content: ` ${WORDS.split(" ")[at % 20]}` })),
  chunk({}, "stop"),
];

function stream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  let at = 0;
  const next = (): void => {
    const event = events[at];
    at += 1;
    if (event === undefined) return void response.end("data: [DONE]\n\n");
    response.write(event);
    setImmediate(next);
  };
  next();
}

createServer((request, response) => {
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        object: "list",
        data: [{ id: "bench-model", object: "model", created: 1, owned_by: "bench" }],
      }),
    );
    return;
  }
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    if (Buffer.concat(parts).includes('"stream":true')) {
      stream(response);
      return;
    }
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(whole),
    });
    response.end(whole);
  });
}).listen(Number(port), "127.0.0.1");
