/** What a stdio server may know of this machine. Everything else, Doorward's own settings and keys above all, stays. */
const ALLOWED = [
  "PATH",
  "HOME",
  "LANG",
  "LANGUAGE",
  "LC_ALL",
  "LC_CTYPE",
  "TERM",
  "TMPDIR",
  "TZ",
  "USER",
  "LOGNAME",
  "SHELL",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  // Windows cannot start a process without these.
  "SYSTEMROOT",
  "SYSTEMDRIVE",
  "TEMP",
  "TMP",
  "USERPROFILE",
  "APPDATA",
  "LOCALAPPDATA",
  "COMSPEC",
  "PATHEXT",
];

/** The allow-listed part of `process.env`, and what the admin gave; a shell function (`() {`) is never passed on. */
export function childEnvironment(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = ALLOWED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined || value.startsWith("()") ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...given };
}
