import { type ChildProcess, fork } from "node:child_process";
import { isIP } from "node:net";
import { dirname, extname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { ApiDocument, ApiReading } from "#apis";
import { Fault } from "#base";
import { type Egress, judgeAddress } from "#egress";
import type { ApiDocuments } from "#operations";
import type { FromReader, ToReader } from "./api-reader-main.ts";

const DOCUMENT_BYTES_MAX = 32 * 1024 * 1024;
const FETCH_MS = 30_000;
const READ_MS = 60_000;
const MEMORY_MB = 1_024;
/** Documents read at once: each may take MEMORY_MB. */
const READERS_MAX = 2;

/** The child runs as source from source and as JavaScript from a package: its sibling has our own extension. */
const CHILD = fileURLToPath(new URL(`./api-reader-main${extname(import.meta.url)}`, import.meta.url));
const PRODUCT = resolve(import.meta.dirname, "..", "..");
/** The product's own packages stand in it, or beside it where it is itself installed as one. */
const PACKAGES = packagesFolder(fileURLToPath(import.meta.resolve("yaml")));

export function createApiDocuments(egress: Pick<Egress, "fetch">): ApiDocuments {
  let readers = 0;
  return {
    fetch: (url, allowPrivate) => fetched(egress, url, allowPrivate),
    isPrivate,
    read: async (bytes, reading) => {
      if (readers >= READERS_MAX) throw busy();
      readers += 1;
      try {
        return await readApart(bytes, reading);
      } finally {
        readers -= 1;
      }
    },
  };
}

async function fetched(
  egress: Pick<Egress, "fetch">,
  url: string,
  allowPrivate: boolean,
): Promise<Uint8Array> {
  const rules = { allowPrivate, bytesMax: DOCUMENT_BYTES_MAX, timeoutMs: FETCH_MS };
  const answer = await egress.fetch(rules)(url, {
    headers: { accept: "application/json, application/yaml, */*" },
  });
  if (answer.status === 200) return new Uint8Array(await answer.arrayBuffer());
  throw new Fault(
    "api_unreachable",
    `${url} answered ${answer.status} where the API's document should be`,
    "Open the address yourself: it has to give the document without signing in; else download it and add the file.",
  );
}

/** As it is written: what a name leads to is judged whenever it is asked, by the http door. */
function isPrivate(host: string): boolean {
  if (isIP(host) !== 0) return judgeAddress(host) !== "public";
  return host === "localhost" || /\.(?:localhost|local|internal)$/.test(host);
}

function readApart(bytes: Uint8Array, reading: ApiReading): Promise<ApiDocument> {
  const { promise, resolve: settle, reject } = Promise.withResolvers<ApiDocument>();
  const child = launch();
  const timer = setTimeout(() => child.kill("SIGKILL"), READ_MS);
  const task: ToReader = { bytes, from: reading.from, servers: reading.servers, only: reading.only };
  child.on("message", (message: FromReader) => {
    if (message.kind === "read") settle(message.document);
    else reject(new Fault(message.code, message.message, message.remedy));
  });
  child.on("error", (cause) => reject(gaveUp(cause)));
  child.on("exit", () => {
    clearTimeout(timer);
    // After an answer, nothing changes any more.
    reject(gaveUp());
  });
  child.send(task, (cause) => {
    if (cause !== null) child.kill("SIGKILL");
  });
  return promise;
}

function launch(): ChildProcess {
  return fork(CHILD, [], {
    execArgv: [
      "--disable-sigusr1",
      "--permission",
      `--allow-fs-read=${PRODUCT}`,
      `--allow-fs-read=${PACKAGES}`,
      `--max-old-space-size=${MEMORY_MB}`,
    ],
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
  });
}

/** The `node_modules` in which a package's file stands: the innermost, where one is in another. */
function packagesFolder(file: string): string {
  const parts = file.split(sep);
  const at = parts.lastIndexOf("node_modules");
  return at < 0 ? dirname(file) : parts.slice(0, at + 1).join(sep);
}

function gaveUp(cause?: unknown): Fault {
  return new Fault(
    "api_unreadable",
    `the document could not be read: it took more than ${READ_MS / 1_000} seconds or ${MEMORY_MB} MB, or broke its reader`,
    "Give it as JSON, or only the part that agents need (`--only /path`).",
    cause,
  );
}

function busy(): Fault {
  return new Fault(
    "apis_busy",
    `${READERS_MAX} API documents are being read already`,
    "Try again when they are done.",
  );
}
