import { AROUND } from "./cases-around.table.ts";
import { FILES } from "./cases-files.table.ts";
import { MACHINE } from "./cases-machine.table.ts";

/** One way out, as a small program. It prints ESCAPED and what it got where it succeeded; whatever else is a failure. */
export interface EscapeCase {
  readonly id: string;
  readonly about: string;
  readonly group:
    | "files"
    | "run later"
    | "processes"
    | "kernel"
    | "sockets"
    | "network"
    | "environment"
    | "resources";
  /** Python 3, after `PRELUDE`. */
  readonly program: string;
  /** A file of the world's that must hold PWNED afterwards, as seen from outside. */
  readonly effect?: string;
}

export type Escapes = Readonly<Record<string, Omit<EscapeCase, "id">>>;

/**
 * What every program begins with. `W` is the world around it (world.ts), `call` a raw system call by its name in the table of
 * src/sandbox, which raises OSError as the kernel says.
 */
export const PRELUDE = `
import ctypes, errno, fcntl, json, mmap, os, signal, socket, struct, subprocess, sys, time
W = json.load(open("world.json"))
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def escaped(what=""):
    print("ESCAPED", str(what)[:120]); sys.stdout.flush(); os._exit(0)
def call(name, *args):
    ctypes.set_errno(0)
    number = W["numbers"][name] if isinstance(name, str) else name
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    if result == -1: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def write(path, text="PWNED", mode="w"):
    with open(path, mode) as file: file.write(text)
    escaped(path)
def secret(text):
    if W["canary"] in (text if isinstance(text, str) else text.decode("latin1")): escaped("the secret")
def talk(family, address, said=b"hello", kind=socket.SOCK_STREAM):
    s = socket.socket(family, kind); s.settimeout(2); s.connect(address); s.sendall(said)
    secret(s.recv(4096))
`;

export const CASES: readonly EscapeCase[] = Object.entries({ ...FILES, ...MACHINE, ...AROUND }).map(
  ([id, rest]) => ({
    id,
    ...rest,
  }),
);
