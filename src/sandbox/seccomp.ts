import { DENIED, LOOKED_INTO, NEWEST_SYSCALL } from "./syscalls.table.ts";

export type Architecture = "x64" | "arm64";

/** One instruction of classic BPF (`struct sock_filter`, linux/filter.h). */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** linux/audit.h */
const AUDIT_ARCH = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const;
/** arch/x86/include/uapi/asm/unistd.h: calls of the x32 ABI, which have numbers of their own. */
const X32_BIT = 0x4000_0000;

/** linux/bpf_common.h: BPF_LD|BPF_W|BPF_ABS, BPF_JMP|{BPF_JEQ,BPF_JGE,BPF_JSET}|BPF_K, BPF_RET|BPF_K */
const LOAD = 0x20;
const IS_EQUAL = 0x15;
const IS_AT_LEAST = 0x35;
const HAS_BITS = 0x45;
const RETURN = 0x06;

/** linux/seccomp.h: offsets in `struct seccomp_data`; the low half of an argument comes first on little-endian machines. */
const AT_NUMBER = 0;
const AT_ARCHITECTURE = 4;
const AT_ARGUMENT = 16;
const ARGUMENT_BYTES = 8;

const ALLOW = 0x7fff_0000;
const KILL_PROCESS = 0x8000_0000;
const ERRNO = 0x0005_0000;
/** asm-generic/errno-base.h and errno.h */
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/**
 * linux/sched.h: CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET.
 * CLONE_NEWTIME lies where `clone` has the exit signal, so only `clone3` and `unshare` know it.
 */
const NEW_NAMESPACES = 0x7e02_0000;
/** asm-generic/ioctls.h: keys typed into a terminal by a program (TIOCSTI), a console's selection pasted (TIOCLINUX). */
const TERMINAL_INPUT = [0x5412, 0x541c];
/** linux/socket.h: AF_UNIX, AF_INET, AF_INET6. */
const FAMILIES = [1, 2, 10];
/** AF_NETLINK, of which NETLINK_ROUTE alone: programs list their (loopback) interfaces with it. */
const NETLINK = 16;
const NETLINK_ROUTE = 0;

/**
 * The filter of a sandboxed program: everything is allowed but the table's calls (`EPERM`), new namespaces, sockets other
 * than unix, IP (of an empty network) and route netlink (`EAFNOSUPPORT`), input into terminals, and calls newer than the
 * table (`ENOSYS`, also `clone3`, so that libraries fall back to `clone`, whose flags can be read). A call of another
 * architecture ends the process. Format: Documentation/userspace-api/seccomp_filter.rst.
 */
export function seccompProgram(architecture: Architecture): Instruction[] {
  const column = architecture === "x64" ? 0 : 1;
  const deny = (number: number, errno: number): Instruction[] => when(number, [back(ERRNO | errno)]);
  return [
    load(AT_ARCHITECTURE),
    { code: IS_EQUAL, jt: 1, jf: 0, k: AUDIT_ARCH[architecture] },
    back(KILL_PROCESS),
    load(AT_NUMBER),
    ...(architecture === "x64" ? [{ code: IS_AT_LEAST, jt: 0, jf: 1, k: X32_BIT }, back(KILL_PROCESS)] : []),
    { code: IS_AT_LEAST, jt: 0, jf: 1, k: NEWEST_SYSCALL + 1 },
    back(ERRNO | ENOSYS),
    ...DENIED.flatMap(([, x64, arm64]) => {
      const number = column === 0 ? x64 : arm64;
      return number === null ? [] : deny(number, EPERM);
    }),
    ...deny(LOOKED_INTO.clone3[column], ENOSYS),
    ...when(LOOKED_INTO.clone[column], [
      load(argument(0)),
      { code: HAS_BITS, jt: 0, jf: 1, k: NEW_NAMESPACES },
      back(ERRNO | EPERM),
      back(ALLOW),
    ]),
    ...when(LOOKED_INTO.ioctl[column], [
      load(argument(1)),
      ...TERMINAL_INPUT.flatMap((request) => when(request, [back(ERRNO | EPERM)])),
      back(ALLOW),
    ]),
    ...when(LOOKED_INTO.socket[column], [
      load(argument(0)),
      ...FAMILIES.flatMap((family) => when(family, [back(ALLOW)])),
      ...when(NETLINK, [load(argument(2)), ...when(NETLINK_ROUTE, [back(ALLOW)])]),
      back(ERRNO | EAFNOSUPPORT),
    ]),
    back(ALLOW),
  ];
}

/** As `bwrap --seccomp` reads it from a descriptor: `struct sock_filter`s, little-endian. */
export function seccompBytes(architecture: Architecture): Buffer {
  const program = seccompProgram(architecture);
  const bytes = Buffer.alloc(program.length * 8);
  for (const [at, { code, jt, jf, k }] of program.entries()) {
    bytes.writeUInt16LE(code, at * 8);
    bytes.writeUInt8(jt, at * 8 + 2);
    bytes.writeUInt8(jf, at * 8 + 3);
    bytes.writeUInt32LE(k, at * 8 + 4);
  }
  return bytes;
}

function load(offset: number): Instruction {
  return { code: LOAD, jt: 0, jf: 0, k: offset };
}

function argument(index: number): number {
  return AT_ARGUMENT + index * ARGUMENT_BYTES;
}

function back(value: number): Instruction {
  return { code: RETURN, jt: 0, jf: 0, k: value >>> 0 };
}

/** `body` where the accumulator equals `value`; else what follows it, with the accumulator as it is. */
function when(value: number, body: readonly Instruction[]): Instruction[] {
  return [{ code: IS_EQUAL, jt: 0, jf: body.length, k: value }, ...body];
}
