import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { canonicalRequest, type Signer, signV4 } from "./sigv4.ts";
import { SIGV4_SUITE } from "./sigv4-suite.table.ts";

/** As the suite's context.json gives them: AWS' published example, nobody's key. */
const SIGNER: Signer = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: null,
  region: "us-east-1",
  service: "service",
  now: Date.UTC(2015, 7, 30, 12, 36, 0),
};

/** The proxy hands on paths without dot segments, and so does this. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") kept.pop();
    else if (part !== ".") kept.push(part);
  }
  const ends = /\/\.{1,2}$/.test(path) ? "/" : "";
  const joined = kept.join("/");
  return `${joined.startsWith("/") ? "" : "/"}${joined}${joined.endsWith("/") ? "" : ends}`;
}

function parsed(text: string) {
  const [head = "", body = ""] = text.split(/\n\n([\s\S]*)/);
  const [first = "", ...lines] = head.replaceAll(/\n[ \t]+/g, " ").split("\n");
  const [, method = "", target = ""] = /^(\S+) (.*) HTTP\/1\.1$/.exec(first) ?? [];
  const at = target.indexOf("?");
  const [path, query] = at < 0 ? [target, ""] : [target.slice(0, at), target.slice(at + 1)];
  const headers = lines
    .filter((line) => line !== "")
    .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)] as const);
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
  const payload = createHash("sha256").update(body, "utf8").digest("hex");
  return { method, path: withoutDots(path), query, host, headers, payload };
}

test.each(SIGV4_SUITE.map((one) => [one.name, one] as const))(
  "AWS' suite: %s",
  (_name, { request, ...one }) => {
    const read = parsed(request);
    // Where the suite signs the body it sends its digest as a header too, as a client may.
    const digest = one.signsBody ? [["x-amz-content-sha256", read.payload] as const] : [];
    const toSign = { ...read, headers: [...read.headers, ...digest] };
    const signer = { ...SIGNER, sessionToken: one.token };
    expect(canonicalRequest(toSign, signer).canonical).toBe(one.canonical);
    const authorization = signV4(toSign, signer).find(([header]) => header === "authorization")?.[1] ?? "";
    expect(authorization.split("Signature=")[1]).toBe(one.signature);
  },
);
