/**
 * Numbers of the system calls that a sandboxed program may not make, as Linux 6.1's headers have them: `x64` from
 * `arch/x86/include/generated/uapi/asm/unistd_64.h`, `arm64` from `include/uapi/asm-generic/unistd.h` (null: that
 * architecture has no such call). A test compares them with the headers of the machine, where it has some.
 */
export const DENIED: readonly (readonly [name: string, x64: number | null, arm64: number | null])[] = [
  // A second way to do I/O, which no filter of system calls sees.
  ["io_uring_setup", 425, 425],
  ["io_uring_enter", 426, 426],
  ["io_uring_register", 427, 427],
  // Other processes' memory and descriptors.
  ["ptrace", 101, 117],
  ["process_vm_readv", 310, 270],
  ["process_vm_writev", 311, 271],
  ["process_madvise", 440, 440],
  ["pidfd_getfd", 438, 438],
  ["kcmp", 312, 272],
  ["move_pages", 279, 239],
  ["migrate_pages", 256, 238],
  // Keyrings are not namespaced.
  ["keyctl", 250, 219],
  ["add_key", 248, 217],
  ["request_key", 249, 218],
  // Namespaces and mounts: the walls themselves.
  ["unshare", 272, 97],
  ["setns", 308, 268],
  ["mount", 165, 40],
  ["umount2", 166, 39],
  ["pivot_root", 155, 41],
  ["chroot", 161, 51],
  ["move_mount", 429, 429],
  ["open_tree", 428, 428],
  ["fsopen", 430, 430],
  ["fsconfig", 431, 431],
  ["fsmount", 432, 432],
  ["fspick", 433, 433],
  ["mount_setattr", 442, 442],
  ["open_by_handle_at", 304, 265],
  ["name_to_handle_at", 303, 264],
  // Code in the kernel, and what watches it.
  ["bpf", 321, 280],
  ["perf_event_open", 298, 241],
  ["userfaultfd", 323, 282],
  ["kexec_load", 246, 104],
  ["kexec_file_load", 320, 294],
  ["init_module", 175, 105],
  ["finit_module", 313, 273],
  ["delete_module", 176, 106],
  ["create_module", 174, null],
  ["fanotify_init", 300, 262],
  ["fanotify_mark", 301, 263],
  ["lookup_dcookie", 212, 18],
  ["memfd_secret", 447, 447],
  // The machine as a whole.
  ["reboot", 169, 142],
  ["swapon", 167, 224],
  ["swapoff", 168, 225],
  ["syslog", 103, 116],
  ["acct", 163, 89],
  ["quotactl", 179, 60],
  ["quotactl_fd", 443, 443],
  ["settimeofday", 164, 170],
  ["clock_settime", 227, 112],
  ["adjtimex", 159, 171],
  ["clock_adjtime", 305, 266],
  ["sethostname", 170, 161],
  ["setdomainname", 171, 162],
  ["vhangup", 153, 58],
  // Old and rarely tested.
  ["iopl", 172, null],
  ["ioperm", 173, null],
  ["modify_ldt", 154, null],
  ["uselib", 134, null],
  ["ustat", 136, null],
  ["sysfs", 139, null],
  ["_sysctl", 156, null],
  ["nfsservctl", 180, 42],
  ["personality", 135, 92],
];

/** Calls that are looked into, or answered as by a kernel that has them not. */
export const LOOKED_INTO = {
  clone: [56, 220],
  clone3: [435, 435],
  socket: [41, 198],
  ioctl: [16, 29],
} as const;

/**
 * What came into Linux after `removexattrat` (6.13) is answered `ENOSYS`, as by an older kernel: nobody looked at it here.
 * Numbers from 424 on are the same for all architectures.
 */
export const NEWEST_SYSCALL = 466;
