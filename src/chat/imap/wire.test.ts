import { createServer, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Wire } from "./wire.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A connection on whose other side a test speaks. */
async function pair(): Promise<{ readonly wire: Wire; readonly other: Socket }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const taken = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const own = connect(typeof address === "object" && address !== null ? address.port : 0, "127.0.0.1");
  const other = await taken;
  other.on("error", () => {});
  closing.push(() => {
    own.destroy();
    other.destroy();
    server.close();
  });
  return { wire: new Wire(own), other };
}

test("a response is put together from whatever pieces it comes in", async () => {
  const { wire, other } = await pair();
  const bytes = Buffer.from(
    '* 1 FETCH (BODY[] {5}\r\n)\r\n"( UID 7 X ~{2}\r\n\r\n)\r\n* 2 EXISTS\n',
    "latin1",
  );
  for (const byte of bytes) other.write(Buffer.of(byte));
  expect(await wire.next()).toEqual({
    pieces: ["* 1 FETCH (BODY[] ", " UID 7 X ", ")"],
    literals: [Buffer.from(')\r\n"('), Buffer.from("\r\n")],
  });
  expect((await wire.next()).pieces).toEqual(["* 2 EXISTS"]);
});

test.each([
  ["a line without an end", Buffer.alloc(2 * 1024 * 1024, "x")],
  ["a literal that nobody asked for", Buffer.from("* 1 FETCH (BODY[] {999999}\r\n")],
  ["literals without end", Buffer.from("{1}\r\nx".repeat(50))],
])("%s ends the connection", async (_what, bytes) => {
  const { wire, other } = await pair();
  const ended = new Promise((resolve) => other.once("close", resolve));
  other.write(bytes);
  await expect(wire.next()).rejects.toMatchObject({ code: "channel_unreachable" });
  await ended;
});

test("silence, and a half of something, are waited for only so long", async () => {
  const { wire, other } = await pair();
  await expect(wire.next(20)).rejects.toMatchObject({ message: expect.stringContaining("in time") });
  other.write("* OK {5}\r\nab");
  await expect(wire.next(50)).rejects.toMatchObject({ code: "channel_unreachable" });
});

test("what came before the end is read, and then the end is told", async () => {
  const { wire, other } = await pair();
  other.end("* OK here\r\n* OK ha");
  expect((await wire.next()).pieces).toEqual(["* OK here"]);
  await expect(wire.next()).rejects.toMatchObject({ message: expect.stringContaining("ended") });
});

test("what came before encryption is not read after it", async () => {
  const { wire, other } = await pair();
  other.write("dw1 OK begin\r\n* OK injected\r\n");
  await wire.next();
  expect(() => wire.released()).toThrow(/more than it may/);
});

test("waits for whatever comes, without reading it, and not longer than it may", async () => {
  const { wire, other } = await pair();
  expect(await wire.saysSomething(wire.limitOf(20))).toBe(false);
  other.write("* 1 EXISTS\r\n");
  expect(await wire.saysSomething(wire.limitOf(10_000))).toBe(true);
  expect((await wire.next()).pieces).toEqual(["* 1 EXISTS"]);
});
