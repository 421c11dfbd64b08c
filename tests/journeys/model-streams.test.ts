import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROTOCOL_PATHS } from "#llm";
import { CORPUS, type Recording } from "../outside/stream-corpus/corpus.ts";
import { type Said, readWithClient, requestBody } from "../outside/stream-corpus/clients.ts";
import { type Admin, type Running, scratch, signIn, startDoorward } from "./doorward-process.ts";

// The recorded streams through a whole Doorward, from an upstream that cuts them anywhere: byte for byte what the
// upstream sent where nothing is refused, and what the official client takes for a whole answer where something is.

const folder = scratch();
const CUTS_PER_STREAM = 12;
let doorward: Running;
let admin: Admin;
let upstream: Server;
const keys = new Map<string, string>();

beforeAll(async () => {
  upstream = await replaying();
  doorward = await startDoorward(join(folder.path, "data"));
  admin = await signIn(doorward);
  await admin.perform("upstreams.add", {
    name: "tape",
    kind: "ollama",
    url: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    allowPrivate: true,
    unchecked: true,
  });
  await admin.perform("models.set-route", { model: "tape", targets: ["tape/tape"] });
  await admin.perform("policy.activate", { text: POLICY });
  for (const agent of ["free", "bound"]) {
    keys.set(agent, String((await admin.perform("agents.add", { name: agent }))["key"]));
  }
});
afterAll(async () => {
  await doorward?.stop();
  upstream?.closeAllConnections();
  upstream?.close();
  folder.remove();
});

const POLICY = `
@id("all") @reason("A test.") permit (principal, action, resource);
@id("no-weather") @reason("No weather.") forbid (principal, action, resource == Doorward::Tool::"agent:bound/weather");
`;

/** Answers with the recording that the request names, cut where it says. */
async function replaying(): Promise<Server> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (more: string) => void (body += more));
    request.on("end", () => {
      const [, at = "", cut = ""] = /tape (\d+) cut (\d+)/.exec(body) ?? [];
      const recording = CORPUS[Number(at)];
      if (recording === undefined) {
        response.writeHead(404).end("{}");
        return;
      }
      const bytes = Buffer.from(recording.stream, "utf8");
      response.writeHead(200, { "content-type": typeOf(recording) });
      response.write(bytes.subarray(0, Number(cut)), () =>
        setTimeout(() => response.end(bytes.subarray(Number(cut))), 1),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function typeOf({ protocol }: Recording): string {
  return protocol.startsWith("ollama") ? "application/x-ndjson" : "text/event-stream";
}

/** Cuts all over a stream, at places that no structure of it explains. */
function cutsOf({ stream }: Recording): number[] {
  const bytes = Buffer.byteLength(stream);
  return Array.from({ length: CUTS_PER_STREAM }, (_, n) => 1 + ((n * 7_919 + 13) % (bytes - 1)));
}

async function ask(agent: string, recording: Recording, cut: number): Promise<Buffer> {
  const at = CORPUS.indexOf(recording);
  const response = await fetch(`${doorward.url}${PROTOCOL_PATHS[recording.protocol]}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${keys.get(agent)}`,
      "anthropic-version": "2023-06-01",
    },
    body: JSON.stringify({ ...requestBody(recording.protocol, `tape ${at} cut ${cut}`), model: "tape" }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  expect([response.status, response.status === 200 ? "" : bytes.toString("utf8")]).toEqual([200, ""]);
  return bytes;
}

/** Until a person has accepted the tools, nobody's calls go through. */
async function accepted(agent: string, recording: Recording): Promise<void> {
  await ask(agent, recording, 1);
  await admin.ask("tools.accept", { tools: [`agent:${agent}/*`], effects: ["read"] });
}

describe.each(CORPUS)("$name", (recording) => {
  test("passes as it came where nothing is refused", async () => {
    await accepted("free", recording);
    const sent = Buffer.from(recording.stream, "utf8");
    for (const cut of cutsOf(recording)) {
      const came = await ask("free", recording, cut);
      expect([cut, came.toString("utf8")]).toEqual([cut, sent.toString("utf8")]);
    }
  });
});

describe.each(CORPUS.filter(({ calls }) => calls.includes("weather")))(
  "$name, one tool refused",
  (recording) => {
    test("is a whole answer to the official client, without that call and with the reason", async () => {
      await accepted("bound", recording);
      for (const cut of cutsOf(recording)) {
        const came = await ask("bound", recording, cut);
        const said: Said = await readWithClient(recording.protocol, came);
        expect([cut, said.calls]).toEqual([cut, recording.calls.filter((name) => name !== "weather")]);
        expect(said.text.startsWith(recording.text)).toBe(true);
        expect(said.text).toMatch(/no-weather|No weather/);
        expect(said.isWhole).toBe(true);
      }
    });
  },
);
