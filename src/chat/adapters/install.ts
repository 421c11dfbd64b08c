import { execFile } from "node:child_process";
import { access, copyFile, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { digestOfBytes, Fault } from "#base";

const run = promisify(execFile);
const INSTALL_MS_MAX = 300_000;
const NPM_OUTPUT_BYTES_MAX = 4 * 1024 * 1024;
const SAID_LENGTH_MAX = 600;
/** What npm may know of this machine: where it is, its own configuration, and the way to the registry. */
const PASSED_ON =
  /^(?:PATH|HOME|TMPDIR|TEMP|TMP|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|COMSPEC|PATHEXT|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|https?_proxy|no_proxy|npm_config_(?:registry|cache|userconfig|cafile))$/i;

const running = new Map<string, Promise<string>>();

/**
 * Installs what the lock file of a platform pins (exact versions, each tarball's SHA-512) into a folder of its own under
 * `directory`, without running a script of theirs, unless it is there. Resolves with that folder. Needs npm and its
 * registry the first time. Throws `channel_install_failed`, and leaves nothing behind.
 */
export async function installAdapter(directory: string, platform: string): Promise<string> {
  const source = fileURLToPath(new URL(`./${platform}/`, import.meta.url));
  const lock = await readFile(join(source, "package-lock.json"), "utf8");
  const folder = join(
    directory,
    `${platform}-${digestOfBytes(lock).slice("sha256:".length, "sha256:".length + 16)}`,
  );
  const begun =
    running.get(folder) ?? install(directory, source, folder).finally(() => running.delete(folder));
  running.set(folder, begun);
  return begun;
}

async function install(directory: string, source: string, folder: string): Promise<string> {
  if (await isThere(folder)) return folder;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const staging = await mkdtemp(join(directory, "staging-"));
  try {
    for (const file of ["package.json", "package-lock.json"])
      await copyFile(join(source, file), join(staging, file));
    await npmCi(staging);
    await rename(staging, folder).catch(async (cause: unknown) => {
      // Another process of ours was faster: what stands there is the same, byte for byte.
      if (!(await isThere(folder))) throw cause;
    });
    return folder;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function npmCi(folder: string): Promise<void> {
  const words = ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-progress"];
  const isWindows = process.platform === "win32";
  try {
    await run(isWindows ? "npm.cmd" : "npm", words, {
      cwd: folder,
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name))),
      timeout: INSTALL_MS_MAX,
      maxBuffer: NPM_OUTPUT_BYTES_MAX,
      shell: isWindows,
    });
  } catch (cause) {
    const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
    throw new Fault(
      "channel_install_failed",
      `npm could not install the platform's adapter: ${said
        .replaceAll(/\p{Cc}+/gu, " ")
        .trim()
        .slice(-SAID_LENGTH_MAX)}`,
      "Check that npm is installed and that its registry is reachable from here, then try again.",
      cause,
    );
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
