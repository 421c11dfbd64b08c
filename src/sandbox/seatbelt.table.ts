/**
 * What programs need of macOS to run at all, as lists. Facts, gathered from profiles that others run on Macs (openai/codex,
 * codex-rs/core/src/seatbelt_base_policy.sbpl; anthropic-experimental/sandbox-runtime, src/sandbox/macos-sandbox-utils.ts; Chromium,
 * sandbox/policy/mac/common.sb; NixOS/nix, src/libstore/sandbox-defaults.sb; Firefox's content profile). Unverified here: no Mac was at hand.
 */

/** Operations that `(deny default)` was found not to cover (Firefox's profile says so of the first four). */
export const NOT_BY_DEFAULT: readonly string[] = [
  "process-info*",
  "nvram*",
  "iokit-get-properties",
  "file-map-executable",
  "file-link",
  "file-clone",
];

/** The system's programs and libraries: the whole of them, since all of it is Apple's and the same on every Mac. */
export const SYSTEM_READ: readonly string[] = [
  "/bin",
  "/sbin",
  "/usr",
  "/System/Library",
  "/System/Cryptexes",
  "/System/Volumes/Preboot/Cryptexes",
  "/System/iOSSupport",
  "/Library/Apple",
  "/Library/Developer/CommandLineTools",
  "/Library/Frameworks",
  "/Library/Java/JavaVirtualMachines",
  "/Applications/Xcode.app/Contents/Developer",
  "/private/var/db/timezone",
  "/private/var/db/dyld",
  "/private/var/db/oah",
  "/private/var/select",
  "/private/etc/ssl",
  "/private/etc/paths.d",
  "/opt",
];

/** Data and settings of services that lie among programs: databases of Homebrew's, keys in its settings. */
export const SYSTEM_HIDDEN: readonly string[] = [
  "/opt/homebrew/var",
  "/opt/homebrew/etc",
  "/usr/local/var",
  "/usr/local/etc",
  "/opt/local/var",
  "/opt/local/etc",
];

/** Of those settings, the certificates that programs trust. */
export const SYSTEM_SHOWN: readonly string[] = [
  "/opt/homebrew/etc/ca-certificates",
  "/opt/homebrew/etc/openssl@3",
  "/usr/local/etc/ca-certificates",
  "/usr/local/etc/openssl@3",
];

/** Single files that programs of every kind read, without secrets. `passwd` holds no person of a Mac. */
export const SYSTEM_FILES: readonly string[] = [
  "/",
  "/private/etc/hosts",
  "/private/etc/localtime",
  "/private/etc/passwd",
  "/private/etc/group",
  "/private/etc/protocols",
  "/private/etc/services",
  "/private/etc/shells",
  "/private/etc/paths",
  "/private/etc/manpaths",
  "/private/etc/bashrc",
  "/private/etc/profile",
  "/private/etc/zprofile",
  "/private/etc/zshenv",
  "/private/etc/zshrc",
];

/** Links of the system, and folders above what is shown: that they are there, and nothing else. */
export const SYSTEM_LINKS: readonly string[] = [
  "/etc",
  "/tmp",
  "/var",
  "/dev",
  "/private",
  "/private/etc",
  "/private/tmp",
  "/private/var",
  "/private/var/db",
  "/Library",
  "/Library/Developer",
  "/Library/Java",
  "/System",
  "/System/Volumes",
  "/Applications",
  "/Applications/Xcode.app",
  "/Applications/Xcode.app/Contents",
];

export const DEVICES_BOTH: readonly string[] = ["/dev/null", "/dev/zero", "/dev/tty", "/dev/ptmx"];
export const DEVICES_READ: readonly string[] = ["/dev/random", "/dev/urandom"];
export const DEVICES_OPEN: readonly string[] = ["/dev/stdin", "/dev/stdout", "/dev/stderr"];

/**
 * Who a user is (Node's `os.userInfo()` throws without the first). Nothing else: not launchd, Launch Services, Apple events, the
 * keychain, the pasteboard, preferences, trustd, the resolver of names, or the list of processes.
 */
export const MACH_SERVICES: readonly string[] = [
  "com.apple.system.opendirectoryd.libinfo",
  "com.apple.system.opendirectoryd.membership",
];

/** Facts of the machine and the system. Not there: `kern.proc*` (other processes), `net.*` (interfaces and routes), `kern.bootargs`. */
export const SYSCTLS: readonly string[] = [
  "kern.argmax",
  "kern.hostname",
  "kern.maxfiles",
  "kern.maxfilesperproc",
  "kern.maxproc",
  "kern.maxprocperuid",
  "kern.ngroups",
  "kern.osproductversion",
  "kern.osrelease",
  "kern.ostype",
  "kern.osvariant_status",
  "kern.osversion",
  "kern.secure_kernel",
  "kern.sysv.semmns",
  "kern.tcsm_available",
  "kern.tcsm_enable",
  "kern.usrstack64",
  "kern.version",
  "kern.willshutdown",
  "security.mac.lockdown_mode_state",
  "sysctl.proc_cputype",
  "vm.loadavg",
  "vm.swapusage",
];
export const SYSCTL_PREFIXES: readonly string[] = ["hw.", "machdep.cpu.", "machdep.ptrauth"];

/** Where programs are on a Mac; Apple's developer tools before the stubs in `/usr/bin`, which ask services that are not reached. */
export const PROGRAMS: readonly string[] = [
  "/opt/homebrew/bin",
  "/usr/local/bin",
  "/Library/Developer/CommandLineTools/usr/bin",
  "/usr/bin",
  "/bin",
  "/usr/sbin",
  "/sbin",
];
