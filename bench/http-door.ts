// The http door's engine in a process of its own, over egress, with a road that allows everything: reading, interception and
// forwarding, without the decisions. `tunnel` passes CONNECT through unread.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { certifyHost, makeAuthority } from "#authority";
import { createEgress, type EgressRules } from "#egress";
import { openProxy } from "#proxy";

const [port = "0", folder = ".", mode = "intercept"] = process.argv.slice(2);
const keyPair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const authority = makeAuthority({ name: "benchmark", now: Date.now(), random: randomBytes, keys: keyPair() });
const leaves = new Map<string, { certificate: string; key: string }>();
const egress = createEgress({
  ownAddresses: () => [],
  authorities: [readFileSync(`${folder}/upstream-ca.pem`, "utf8")],
});
const rules: EgressRules = {
  allowPrivate: true,
  bytesMax: Number.MAX_SAFE_INTEGER,
  timeoutMs: 30_000,
  stream: { idleMs: 30_000, bytesMax: Number.MAX_SAFE_INTEGER },
  asItIs: true,
};

function leafFor(host: string): { certificate: string; key: string } {
  const known = leaves.get(host);
  if (known !== undefined) return known;
  const { publicKey, privateKey } = keyPair();
  const spki = publicKey.export({ type: "spki", format: "der" });
  const asked = { authority, host, publicKey: spki, now: Date.now(), random: randomBytes };
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const made = { certificate: certifyHost(asked), key };
  leaves.set(host, made);
  return made;
}

await openProxy<string>({
  listen: { addresses: ["127.0.0.1"], port: Number(port) },
  certificates: { authority: async () => authority.certificate, leafFor: async (host) => leafFor(host) },
  ambient: {
    now: Date.now,
    monotonic: () => performance.now(),
    id: (prefix) => prefix,
    random: (bytes) => randomBytes(bytes),
  },
  report: (event, detail) => process.stderr.write(`${event} ${String(detail)}\n`),
  road: {
    identify: () => "load",
    nameOf: (who) => who,
    connect: async (_who, to) =>
      mode === "tunnel"
        ? { kind: "tunnel", open: () => egress.connect(rules, to), done: () => {} }
        : { kind: "intercept" },
    request: async (_who, { origin, method, path, query, headers, body, signal }) => {
      const url = `${origin.scheme}://${origin.host}:${origin.port}${path}${query === null ? "" : `?${query}`}`;
      const answer = await egress.request(rules, { url, method, headers, signal, ...(body && { body }) });
      return { status: answer.status, headers: answer.pairs, body: answer.chunks() };
    },
    socket: () => Promise.reject(new Error("the benchmark opens no WebSockets")),
    refused: () => {},
  },
});
writeFileSync(`${folder}/doorward-ca.pem`, authority.certificate);
