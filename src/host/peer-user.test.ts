import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { createIsOwnUser, type PeerSocket, userOfPeer } from "./peer-user.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

function line(local: string, remote: string, uid: number, inode = 4711): string {
  return `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0000000040ee1b6f 20 4 30 10 -1`;
}

const V4 = { peer: { address: "127.0.0.1", port: 0xafc1 }, own: { address: "127.0.0.1", port: 0x1cfc } };
const V6 = { peer: { address: "::1", port: 0xafc1 }, own: { address: "::1", port: 0x1cfc } };
const ONE = "00000000000000000000000001000000";
const MAPPED = "0000000000000000FFFF00000100007F";

describe("the user at the other end, by the kernel's table", () => {
  test.each([
    ["of an IPv4 socket", V4, line("0100007F:AFC1", "0100007F:1CFC", 1000), 1000],
    ["of an IPv6 socket", V6, line(`${ONE}:AFC1`, `${ONE}:1CFC`, 1000), 1000],
    ["of an IPv6 socket with IPv4 in it", V4, line(`${MAPPED}:AFC1`, `${MAPPED}:1CFC`, 1000), 1000],
    ["is not the one who holds our own end", V4, line("0100007F:1CFC", "0100007F:AFC1", 1000), null],
    ["is nobody's once the socket is orphaned", V4, line("0100007F:AFC1", "0100007F:1CFC", 0, 0), null],
    ["is not read from another port", V4, line("0100007F:AFC2", "0100007F:1CFC", 1000), null],
    ["is not read from another address", V4, line("0200007F:AFC1", "0100007F:1CFC", 1000), null],
    ["is not guessed from what is no number", V4, line("0100007F:AFC1", "0100007F:1CFC", Number.NaN), null],
    ["is not in an empty table", V4, "", null],
  ])("%s", (_what, ends, table, user) => {
    expect(userOfPeer(`${HEAD}\n${table}\n`, ends)).toBe(user);
  });
});

const socket = (remoteAddress: string | undefined, more: Partial<PeerSocket> = {}): PeerSocket => ({
  remoteAddress,
  remotePort: 0xafc1,
  localAddress: "127.0.0.1",
  localPort: 0x1cfc,
  ...more,
});

describe("looking sockets up", () => {
  const own = line("0100007F:AFC1", "0100007F:1CFC", 1000);
  const sources = (reads: string[], user: number | undefined = 1000) => ({
    user,
    read: async (path: string) => {
      reads.push(path);
      return path.endsWith("6") ? "" : own;
    },
  });

  test("happens once per socket", async () => {
    const reads: string[] = [];
    const isOwnUser = createIsOwnUser(sources(reads));
    const one = socket("127.0.0.1");
    expect(await isOwnUser(one)).toBe(true);
    expect(await isOwnUser(one)).toBe(true);
    expect(reads).toEqual(["/proc/net/tcp", "/proc/net/tcp6"]);
  });

  test("shares one reading among those who wait, however many", async () => {
    const reads: string[] = [];
    const isOwnUser = createIsOwnUser(sources(reads));
    const all = await Promise.all(Array.from({ length: 500 }, async () => isOwnUser(socket("127.0.0.1"))));
    expect(all.every(Boolean)).toBe(true);
    expect(reads.length).toBeLessThanOrEqual(4);
  });

  test.each([
    ["another machine", socket("192.0.2.7")],
    ["a mapped address of another machine", socket("::ffff:192.0.2.7")],
    ["a socket that is gone", socket(undefined)],
    ["a socket without ports", socket("127.0.0.1", { remotePort: undefined })],
    ["a connection to an outer address", socket("127.0.0.1", { localAddress: "192.0.2.1" })],
  ])("never reads for %s", async (_what, stranger) => {
    const reads: string[] = [];
    expect(await createIsOwnUser(sources(reads))(stranger)).toBe(false);
    expect(reads).toEqual([]);
  });

  test("says no of another user, where users have no numbers, and where the tables cannot be read", async () => {
    expect(await createIsOwnUser(sources([], 1001))(socket("127.0.0.1"))).toBe(false);
    expect(await createIsOwnUser({ ...sources([]), user: undefined })(socket("127.0.0.1"))).toBe(false);
    const closed = { user: 1000, read: async () => Promise.reject(new Error("EACCES")) };
    expect(await createIsOwnUser(closed)(socket("127.0.0.1"))).toBe(false);
  });
});

const CLIENT = `const s = require("node:net").connect(Number(process.argv[1]), process.argv[2]);
  s.on("error", () => process.exit(1)); s.write("hello"); s.resume();`;

/** A real process that connects as `uid`, and the verdict on its socket. */
async function verdictOn(address: string, uid: number | undefined): Promise<boolean> {
  const server = createServer().listen(0, address);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const options = uid === undefined ? {} : { uid };
  const child = spawn(process.execPath, ["-e", CLIENT, String(port), address], {
    stdio: "ignore",
    ...options,
  });
  try {
    const [connected] = (await once(server, "connection")) as [Socket];
    return await createIsOwnUser()(connected);
  } finally {
    child.kill("SIGKILL");
    server.close();
  }
}

describe.skipIf(process.platform !== "linux")("a real process (skipped: not Linux)", () => {
  test("of our own user is seen", async () => {
    expect(await verdictOn("127.0.0.1", undefined)).toBe(true);
  });

  test.skipIf(process.getuid?.() !== 0)("of another user is not ours (skipped: not root)", async () => {
    expect(await verdictOn("127.0.0.1", 65_534)).toBe(false);
  });
});
