// A real IMAP server: Dovecot (Debian's `dovecot-imapd`), private to the tests: own configuration, folder, ports and users.
// Settings: doc.dovecot.org (2.3), "Quick configuration", "Static user database".
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEST_CERTIFICATE, TEST_KEY } from "./certificate.ts";

export interface Dovecot {
  /** TLS from the beginning, and STARTTLS. */
  readonly ports: { readonly tls: number; readonly starttls: number };
  readonly password: string;
  /** Puts a mail into somebody's inbox, as a mail server does: a file of a Maildir. */
  readonly put: (user: string, raw: string) => void;
  /** Everything of that mailbox is gone, and it begins anew under another UIDVALIDITY. */
  readonly forget: (user: string) => void;
  readonly close: () => Promise<void>;
}

const PROGRAM = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot"].find((path) => existsSync(path));
/** Why there is none here; null: there is one. */
export const NO_DOVECOT =
  PROGRAM === undefined || !existsSync("/usr/lib/dovecot/imap")
    ? "dovecot-imapd is not installed"
    : process.getuid?.() === 0
      ? null
      : "Dovecot is begun by root alone";

const PASSWORD = "correct-horse-battery";
const START_MS_MAX = 15_000;

export async function openDovecot(): Promise<Dovecot> {
  const directory = mkdtempSync(join(tmpdir(), "doorward-dovecot-"));
  const [tls, starttls] = [await freePort(), await freePort()];
  for (const name of ["run", "home"]) mkdirSync(join(directory, name), { mode: 0o755 });
  const nobody = idOf("-u", "nobody");
  const group = idOf("-g", "nobody");
  const own = (path: string): void => chownSync(path, nobody, group);
  chmodSync(directory, 0o755);
  own(join(directory, "home"));
  writeFileSync(join(directory, "cert.pem"), TEST_CERTIFICATE);
  writeFileSync(join(directory, "key.pem"), TEST_KEY, { mode: 0o600 });
  writeFileSync(join(directory, "dovecot.conf"), configuration(directory, { tls, starttls }));
  const child = spawn(PROGRAM ?? "dovecot", ["-F", "-c", join(directory, "dovecot.conf")], {
    stdio: "ignore",
  });
  await began(child, tls);
  const maildir = (user: string): string => {
    const home = join(directory, "home", user);
    for (const path of [home, ...["", "tmp", "new", "cur"].map((name) => join(home, "Maildir", name))]) {
      if (existsSync(path)) continue;
      mkdirSync(path);
      own(path);
    }
    return join(home, "Maildir");
  };
  let put = 0;
  return {
    ports: { tls, starttls },
    password: PASSWORD,
    put: (user, raw) => {
      put += 1;
      const path = join(maildir(user), "new", `${1_700_000_000 + put}.${put}.tests`);
      writeFileSync(path, raw);
      own(path);
    },
    forget: (user) => rmSync(maildir(user), { recursive: true }),
    close: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function configuration(directory: string, ports: Dovecot["ports"]): string {
  return `
base_dir = ${directory}/run
log_path = ${directory}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <${directory}/cert.pem
ssl_key = <${directory}/key.pem
mail_location = maildir:%h/Maildir
first_valid_uid = 1
mailbox_idle_check_interval = 1 s
auth_failure_delay = 0
service imap-login {
  inet_listener imap {
    port = ${ports.starttls}
  }
  inet_listener imaps {
    port = ${ports.tls}
    ssl = yes
  }
}
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${directory}/home/%n
}
`;
}

function idOf(flag: string, user: string): number {
  return Number(spawnSync("id", [flag, user], { encoding: "utf8" }).stdout);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Until somebody listens there. */
async function began(child: ChildProcess, port: number): Promise<void> {
  for (let waited = 0; waited < START_MS_MAX; waited += 50) {
    if (child.exitCode !== null) throw new Error(`dovecot ended with ${child.exitCode}`);
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("dovecot does not listen");
}
