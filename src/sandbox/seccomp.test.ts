import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { type Architecture, seccompBytes, seccompProgram } from "./seccomp.ts";
import { DENIED, LOOKED_INTO, NEWEST_SYSCALL } from "./syscalls.table.ts";

const ARCHITECTURES = ["x64", "arm64"] as const;
const AUDIT = { x64: 0xc000_003e, arm64: 0xc000_00b7 };
const [ALLOW, KILL, EPERM, ENOSYS, EAFNOSUPPORT] = [0x7fff_0000, 0x8000_0000, 0x5_0001, 0x5_0026, 0x5_0061];

/** Classic BPF as Documentation/networking/filter.rst says what it does; only what the program uses. */
function run(architecture: Architecture, call: readonly number[], audit = AUDIT[architecture]): number {
  const [number = 0, ...args] = call;
  const words = [number, audit, 0, 0, ...args.flatMap((value) => [value >>> 0, 0])];
  const program = seccompProgram(architecture);
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 1) {
    const { code, jt, jf, k } = program[at] ?? { code: 0, jt: 0, jf: 0, k: 0 };
    if (code === 0x06) return k;
    if (code === 0x20) accumulator = (words[k / 4] ?? 0) >>> 0;
    else {
      const holds =
        code === 0x15 ? accumulator === k : code === 0x35 ? accumulator >= k : (accumulator & k) !== 0;
      at += holds ? jt : jf;
    }
  }
  throw new Error("it ran off its end");
}

const column = (architecture: Architecture) => (architecture === "x64" ? 0 : 1);

describe.each(ARCHITECTURES)("the filter of %s", (architecture) => {
  const at = column(architecture);
  const { clone, clone3, socket, ioctl } = LOOKED_INTO;

  test("every call of the table is refused, those that look alike and everything else of old is not", () => {
    const denied = new Set(DENIED.flatMap((row) => row[at + 1] ?? []));
    const looked = new Set<number>([clone[at], clone3[at], socket[at], ioctl[at]]);
    for (let number = 0; number <= NEWEST_SYSCALL; number += 1) {
      if (looked.has(number)) continue;
      expect([number, run(architecture, [number])]).toEqual([number, denied.has(number) ? EPERM : ALLOW]);
    }
  });

  test("arguments decide of clone, ioctl and socket", () => {
    const rows: (readonly [string, readonly number[], number])[] = [
      ["a thread, as glibc makes it", [clone[at], 0x3d0f00], ALLOW],
      ["a process, with its exit signal", [clone[at], 0x0120_0011], ALLOW],
      ["a user namespace", [clone[at], 0x1000_0011], EPERM],
      ["a network namespace", [clone[at], 0x4000_0000], EPERM],
      ["a mount namespace", [clone[at], 0x0002_0000], EPERM],
      ["a cgroup namespace", [clone[at], 0x0200_0000], EPERM],
      ["clone3, whose flags lie in memory", [clone3[at], 0], ENOSYS],
      ["TCGETS", [ioctl[at], 0, 0x5401], ALLOW],
      ["TIOCSTI", [ioctl[at], 0, 0x5412], EPERM],
      ["TIOCLINUX", [ioctl[at], 0, 0x541c], EPERM],
      ["a unix socket", [socket[at], 1, 1, 0], ALLOW],
      ["IPv4", [socket[at], 2, 1, 6], ALLOW],
      ["IPv6", [socket[at], 10, 1, 6], ALLOW],
      ["route netlink", [socket[at], 16, 3, 0], ALLOW],
      ["netfilter netlink", [socket[at], 16, 3, 12], EAFNOSUPPORT],
      ["AF_PACKET", [socket[at], 17, 3, 0], EAFNOSUPPORT],
      ["AF_ALG", [socket[at], 38, 5, 0], EAFNOSUPPORT],
      ["AF_VSOCK", [socket[at], 40, 1, 0], EAFNOSUPPORT],
    ];
    for (const [name, call, answer] of rows) expect([name, run(architecture, call)]).toEqual([name, answer]);
  });

  test("a call of another architecture ends the process; what is newer than the table is not there", () => {
    expect(run(architecture, [1], 0x4000_0003)).toBe(KILL);
    expect(run(architecture, [NEWEST_SYSCALL + 1])).toBe(ENOSYS);
    // Calls of the x32 ABI; on arm64 no kernel has such numbers.
    expect(run(architecture, [0x4000_0000 + 59])).toBe(architecture === "x64" ? KILL : ENOSYS);
  });

  test("whatever the call, the program ends in one of its answers", () => {
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    const answers = [ALLOW, KILL, EPERM, ENOSYS, EAFNOSUPPORT];
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 6 }), (number, args) => {
        expect(answers).toContain(run(architecture, [number, ...args]));
      }),
    );
  });

  test("it is as long as the kernel takes it, and its bytes are its instructions", () => {
    const program = seccompProgram(architecture);
    const bytes = seccompBytes(architecture);
    expect(program.length).toBeLessThan(4_096);
    expect(bytes.length).toBe(program.length * 8);
    expect(bytes.subarray(8, 16).readUInt32LE(4)).toBe(AUDIT[architecture]);
  });
});

const HEADERS = {
  x64: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
  arm64: "/usr/include/asm-generic/unistd.h",
} as const;

describe.each(ARCHITECTURES)("the numbers of %s", (architecture) => {
  const header = HEADERS[architecture];
  test.skipIf(!existsSync(header))(
    "are those of this machine's kernel headers (skipped where it has none)",
    () => {
      const text = readFileSync(header, "utf8");
      const numbers = new Map(
        [...text.matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)\s*$/gm)].map(([, name = "", number]) => [
          name,
          Number(number),
        ]),
      );
      expect(numbers.size).toBeGreaterThan(250);
      const rows = [
        ...DENIED.map((row) => [row[0], row[column(architecture) + 1]] as const),
        ...Object.entries(LOOKED_INTO).map(([name, pair]) => [name, pair[column(architecture)]] as const),
      ];
      const differing = rows.filter(([name, number]) => (numbers.get(name) ?? null) !== number);
      // 6.1 has no newer calls than these; later headers only add.
      expect(differing).toEqual([]);
    },
  );
});
