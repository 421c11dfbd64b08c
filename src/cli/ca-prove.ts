import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JAVA_SOURCE, NOT_THERE, type Probe, PROBES } from "./ca-probes.table.ts";
import { inertLine } from "./text.ts";

const PROBE_MS = 30_000;
const WHY_CHARS_MAX = 160;
const OUTPUT_BYTES_MAX = 1024 * 1024;

export interface Proof {
  readonly client: string;
  readonly outcome: "trusts" | "does not" | "not here";
  /** The client's own words, on one line; empty where it trusts. */
  readonly why: string;
}

/** A certificate of a host, and its key. */
export interface Shown {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Runs every client that is on this machine against a server on loopback that shows a certificate of the authority for
 * `localhost`, in the given environment: not what should work, but what does. Git is told from the server whether it came through.
 */
export async function prove(
  shown: Shown,
  environment: Readonly<Record<string, string | undefined>>,
  probes: readonly Probe[] = PROBES,
): Promise<Proof[]> {
  let requests = 0;
  const server = createServer({ cert: shown.certificate, key: shown.key }, (_request, response) => {
    requests += 1;
    response.end("doorward");
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((ready) => server.listen(0, "localhost", ready));
  const folder = mkdtempSync(join(tmpdir(), "doorward-ca-"));
  writeFileSync(join(folder, JAVA_SOURCE.name), JAVA_SOURCE.text);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const proofs: Proof[] = [];
  try {
    for (const probe of probes) {
      const before = requests;
      const proof = await run(probe, { url: `https://localhost:${port}`, folder, environment });
      // Git says "not a repository" of a page that it read all the same: that it asked at all is the proof.
      proofs.push(requests > before ? { client: probe.client, outcome: "trusts", why: "" } : proof);
    }
  } finally {
    server.closeAllConnections();
    await new Promise<void>((closed) => server.close(() => closed()));
    rmSync(folder, { recursive: true, force: true });
  }
  return proofs;
}

interface Where {
  readonly url: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Of the person's environment nothing that would lead the client elsewhere: it is to reach this one server. */
const LEADING =
  /^(?:https?_proxy|all_proxy|no_proxy|NODE_TLS_REJECT_UNAUTHORIZED|GIT_SSL_NO_VERIFY|NODE_OPTIONS)$/i;

function run({ client, program, args }: Probe, { url, folder, environment }: Where): Promise<Proof> {
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !LEADING.test(name)));
  const options = { cwd: folder, env, timeout: PROBE_MS, maxBuffer: OUTPUT_BYTES_MAX };
  return new Promise((settle) => {
    execFile(program, [...args(url)], options, (error, _out, said) => {
      if (error === null) return settle({ client, outcome: "trusts", why: "" });
      const isAbsent = error.code === "ENOENT" || (error as { code?: unknown }).code === NOT_THERE;
      return settle(
        isAbsent
          ? { client, outcome: "not here", why: "" }
          : { client, outcome: "does not", why: whyOf(said, error) },
      );
    });
  });
}

/** The line that speaks of certificates, else the last one. */
function whyOf(said: string, error: Error): string {
  const lines = said
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(?:Picked up |at )/.test(line));
  const line =
    lines.findLast((one) => /certif|ssl|tls|PKIX|issuer/i.test(one)) ?? lines.at(-1) ?? error.message;
  return inertLine(line).slice(0, WHY_CHARS_MAX);
}

export function proofLines(proofs: readonly Proof[]): string {
  const words = ({ outcome, why }: Proof): string => {
    if (outcome === "trusts") return "trusts it";
    return outcome === "not here" ? "is not on this machine" : `does not trust it (${why})`;
  };
  return proofs.map((proof) => `${proof.client}: ${words(proof)}\n`).join("");
}
