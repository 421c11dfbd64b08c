// A push service with a browser behind it: RFC 8030 (requests), RFC 8292 (who sends), and the browser's half of RFC 8291.
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { createServer } from "node:http";
import { PLATFORMS } from "#chat";
import type { Failing, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { openOutside } from "./outside.ts";

const row = PLATFORMS.find(({ name }) => name === "webpush");
if (row === undefined) throw new Error("no such platform");
const platform = row;

export const webpushTraits: Traits = {
  abilities: row.abilities,
  tenants: false,
  dated: false,
  webhook: false,
  bell: true,
  words: false,
  idempotent: true,
  namedByUs: true,
  autolinks: false,
};

export interface WebPushRig extends Rig {
  /** What a notification is made of, as the browser decrypted it. */
  readonly told: () => readonly string[];
  readonly headers: () => Readonly<Record<string, string>>;
  readonly unsubscribe: () => void;
}

const STATUS: Partial<Record<Failing, number>> = { rate: 429, error: 500, revoked: 403 };

export async function openWebPushRig(allowPrivate = true): Promise<WebPushRig> {
  const browser = createECDH("prime256v1");
  browser.generateKeys();
  const auth = randomBytes(16);
  const kept = new Map<string, string>();
  const failing: Failing[] = [];
  let [writes, isSubscribed] = [0, true];
  let headers: Record<string, string> = {};

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      writes += 1;
      const how = failing.shift();
      if (how === "hang") return undefined;
      const origin = `http://${headers["host"]}`;
      const status =
        STATUS[how ?? "lost"] ?? (isSubscribed ? judged(headers["authorization"] ?? "", origin) : 410);
      if (status === 201) kept.set(headers["topic"] ?? "", decrypted(Buffer.concat(parts), browser, auth));
      if (how === "lost") return request.socket.destroy();
      return response
        .writeHead(status, { location: "/m/1", ...(status === 429 ? { "retry-after": "7" } : {}) })
        .end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const subscription = {
    endpoint: `http://127.0.0.1:${port}/push/abc?x=1`,
    expirationTime: null,
    keys: { p256dh: browser.getPublicKey().toString("base64url"), auth: auth.toString("base64url") },
  };
  const outside = openOutside();
  const secrets = { privateKey: randomBytes(32).toString("base64url") };
  const settings = { contact: "admin@doorward.example", allowPrivate };
  const channel = await platform.open({ settings, secrets, webhook: null, outside });
  const place = { kind: "person", id: JSON.stringify(subscription) } as const;
  return {
    channel,
    place,
    user: "ada",
    secrets: Object.values(secrets),
    told: () => [...kept.values()],
    headers: () => headers,
    unsubscribe: () => {
      isSubscribed = false;
    },
    close: async () => {
      await channel.close();
      await outside.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    platform: {
      shown: async () => [...kept].map(([topic, text]) => rendered(topic, text, place)),
      writes: () => writes,
      failNext: (how) => void failing.push(how),
      does: async () => null,
      again: async () => null,
      answered: () => {},
      forget: () => {},
    },
  };
}

function rendered(id: string, payload: string, place: Shown["ref"]["place"]): Shown {
  const { title, body } = JSON.parse(payload) as { readonly title: string; readonly body: string };
  return { ref: { place, id }, text: `${title}\n${body}`, buttons: [], links: [], mentions: [] };
}

/** 201 for a token of the sender's own key, for this origin, that is not too old and not too long (RFC 8292, 4.2); else 403. */
function judged(authorization: string, origin: string): number {
  const [, head = "", claims = "", signature = "", key = ""] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const point = Buffer.from(key, "base64url");
  if (point.length !== 65) return 403;
  const [x, y] = [point.subarray(1, 33).toString("base64url"), point.subarray(33).toString("base64url")];
  const jwk = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  const isSigned = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key: jwk, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  const { aud, exp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as {
    aud: string;
    exp: number;
  };
  const left = exp - Date.now() / 1_000;
  return isSigned && aud === origin && left > 0 && left < 86_400 ? 201 : 403;
}

function decrypted(body: Buffer, browser: ReturnType<typeof createECDH>, auth: Buffer): string {
  const [salt, theirs, sealed] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), browser.getPublicKey(), theirs]);
  const secret = Buffer.from(hkdfSync("sha256", browser.computeSecret(theirs), auth, info, 32));
  const part = (name: string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", secret, salt, Buffer.from(`Content-Encoding: ${name}\0`), bytes));
  const decipher = createDecipheriv("aes-128-gcm", part("aes128gcm", 16), part("nonce", 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  return text.subarray(0, text.lastIndexOf(2)).toString("utf8");
}
