import type { Escapes } from "./cases.ts";

const read = (path: string) => `secret(open(${path}).read())`;
const syscall = (about: string, program: string): Escapes[string] => ({
  about,
  group: "kernel",
  program,
});

/** Ways to other processes, and past the kernel's walls. */
export const MACHINE: Escapes = {
  "see-process": {
    about: "a process of the host, by name",
    group: "processes",
    program: `
for pid in os.listdir("/proc"):
    if pid.isdigit():
        try: secret(open("/proc/" + pid + "/cmdline").read())
        except OSError: pass`,
  },
  "process-environment": {
    about: "the environment of a process of the host",
    group: "processes",
    program: read('"/proc/%d/environ" % W["victim"]'),
  },
  "kill-process": {
    about: "a signal to a process of the host",
    group: "processes",
    program: `os.kill(W["victim"], 0)\nif W["canary"] in open("/proc/%d/cmdline" % W["victim"]).read(): escaped()`,
  },
  "read-memory": {
    about: "the memory of a process of the host",
    group: "processes",
    program: `
for line in open("/proc/%d/maps" % W["victim"]):
    if "[heap]" in line:
        start, end = [int(x, 16) for x in line.split()[0].split("-")]
        f = open("/proc/%d/mem" % W["victim"], "rb", 0); f.seek(start); secret(f.read(end - start))`,
  },
  "host-sysctl": {
    about: "a setting of the kernel, under /proc/sys",
    group: "processes",
    program: `p = "/proc/sys/kernel/printk_ratelimit"\nv = open(p).read()\nopen(p, "w").write(v)\nescaped(p)`,
  },
  sysrq: {
    about: "the kernel's emergency keys, under /proc",
    group: "processes",
    program: `os.close(os.open("/proc/sysrq-trigger", os.O_WRONLY)); escaped()`,
  },
  "shared-memory": {
    about: "System V shared memory of the host",
    group: "processes",
    program: `
libc.shmat.restype = ctypes.c_void_p
n = libc.shmget(W["shm"], 0, 0o600)
if n >= 0: secret(ctypes.string_at(libc.shmat(n, None, 0o10000), 64))`,
  },
  "inherited-descriptor": {
    about: "a file that whoever started Doorward had open",
    group: "processes",
    program: `
for n in range(3, 256):
    try: secret(os.pread(n, 4096, 0))
    except OSError: pass
for pid in os.listdir("/proc"):
    if pid.isdigit():
        try:
            for n in os.listdir("/proc/" + pid + "/fd"):
                try: secret(open("/proc/" + pid + "/fd/" + n, "rb").read(4096)) if int(n) > 2 and W["descriptor"] in os.readlink("/proc/" + pid + "/fd/" + n) else None
                except OSError: pass
        except OSError: pass`,
  },

  ptrace: syscall("ptrace", `call("ptrace", 0, 0, 0, 0); escaped()`),
  "process-vm": syscall(
    "process_vm_readv",
    `
buf = ctypes.create_string_buffer(8); src = ctypes.create_string_buffer(b"12345678")
class V(ctypes.Structure): _fields_ = [("p", ctypes.c_void_p), ("n", ctypes.c_size_t)]
a = V(ctypes.addressof(buf), 8); b = V(ctypes.addressof(src), 8)
call("process_vm_readv", os.getpid(), ctypes.byref(a), 1, ctypes.byref(b), 1, 0); escaped()`,
  ),
  "io-uring": syscall("io_uring", `call("io_uring_setup", 4, ctypes.create_string_buffer(256)); escaped()`),
  "user-namespace": syscall("a user namespace of its own", `call("unshare", 0x10000000); escaped()`),
  "mount-namespace": syscall("a mount namespace of its own", `call("unshare", 0x00020000); escaped()`),
  "clone-namespace": syscall(
    "a namespace by clone",
    `
pid = call("clone", 0x10000000 | 17, 0, 0, 0, 0)
if pid == 0: os._exit(0)
escaped()`,
  ),
  "clone3-namespace": syscall(
    "a namespace by clone3",
    `
pid = call("clone3", ctypes.create_string_buffer(struct.pack("8Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0)), 64)
if pid == 0: os._exit(0)
escaped()`,
  ),
  setns: syscall(
    "the host's network namespace",
    `call("setns", os.open("/proc/%d/ns/net" % W["victim"], os.O_RDONLY), 0x40000000); escaped()`,
  ),
  mount: syscall(
    "a mount",
    `os.makedirs("m", exist_ok=True); call("mount", b"none", b"m", b"tmpfs", 0, 0); call("umount2", b"m", 2); escaped()`,
  ),
  "open-tree": syscall("a mount by the newer calls", `call("open_tree", -100, b"/", 1 | 0x80000); escaped()`),
  chroot: syscall("another root", `call("chroot", b"/"); escaped()`),
  bpf: syscall(
    "a BPF map",
    `call("bpf", 0, ctypes.create_string_buffer(struct.pack("5I", 2, 4, 4, 1, 0) + b"\\0" * 108), 128); escaped()`,
  ),
  "perf-event": syscall(
    "performance events",
    `
attr = ctypes.create_string_buffer(struct.pack("IIQQQQ", 1, 120, 0, 0, 0, 0) + b"\\0" * 80)
call("perf_event_open", attr, 0, -1, -1, 0); escaped()`,
  ),
  userfaultfd: syscall("userfaultfd", `call("userfaultfd", 1); escaped()`),
  "keyring-read": syscall(
    "a key in the person's keyring",
    `
n = call("keyctl", 10, -4, b"user", W["key"].encode(), 0)
buf = ctypes.create_string_buffer(64); call("keyctl", 11, n, buf, 64); secret(buf.raw)`,
  ),
  "keyring-write": syscall(
    "a key that outlives the run",
    `call("add_key", b"user", b"doorward-escape", b"x", 1, -4); escaped()`,
  ),
  "terminal-input": syscall(
    "keys typed into a terminal (TIOCSTI)",
    `
import pty
pid, fd = pty.fork()
if pid == 0:
    try: fcntl.ioctl(0, 0x5412, b"x"); os._exit(42)
    except OSError: os._exit(1)
if os.waitpid(pid, 0)[1] >> 8 == 42: escaped()`,
  ),
  x32: syscall(
    "a call of another interface (x32)",
    `
if os.uname().machine != "x86_64": os._exit(1)
pid = os.fork()
if pid == 0:
    try: call(0x40000000 + 39)
    except OSError as e: os._exit(42 if e.errno == errno.ENOSYS else 1)
    os._exit(42)
if os.waitpid(pid, 0)[1] >> 8 == 42: escaped("it was looked up")`,
  ),
  "packet-socket": syscall("raw packets", `socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3); escaped()`),
  "raw-socket": syscall("a raw IP socket", `socket.socket(socket.AF_INET, socket.SOCK_RAW, 255); escaped()`),
  "netfilter-socket": syscall(
    "netfilter's netlink",
    `socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12); escaped()`,
  ),
  "crypto-socket": syscall(
    "the kernel's ciphers (AF_ALG)",
    `socket.socket(38, socket.SOCK_SEQPACKET, 0); escaped()`,
  ),
  "vsock-socket": syscall("the hypervisor (AF_VSOCK)", `socket.socket(40, socket.SOCK_STREAM, 0); escaped()`),
};
