import { createHmac, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Card } from "#cards";
import type { Place } from "#chat";

// People on the generic webhook: a server that takes the cards of docs/guide/channels/webhook.md and sends answers back, signed as
// the Standard Webhooks specification says (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md).

export interface PostedCard {
  readonly message: string;
  readonly place: Place;
  readonly card: Card;
}

export interface WebhookPeople {
  readonly url: string;
  /** What `channels add --secrets` takes. */
  readonly secrets: string;
  /** The newest state of each message. */
  readonly cards: ReadonlyMap<string, PostedCard>;
  /** Resolves with the next card that is posted. */
  readonly nextCard: () => Promise<PostedCard>;
  /** A tap on a card, sent to Doorward's webhook listener; answers what it says. */
  readonly tap: (
    hook: string,
    posted: PostedCard,
    style: "approve" | "deny",
    user: string,
  ) => Promise<unknown>;
  readonly write: (hook: string, text: string, user: string) => Promise<unknown>;
  /** `false`: it answers 503 to everything. */
  readonly up: (isUp: boolean) => void;
  readonly close: () => Promise<void>;
}

const keyOf = (letter: string): string => `whsec_${Buffer.alloc(32, letter).toString("base64")}`;
const [OUT, BACK] = [keyOf("o"), keyOf("b")];

export async function openWebhookPeople(): Promise<WebhookPeople> {
  const cards = new Map<string, PostedCard>();
  const waiting: ((card: PostedCard) => void)[] = [];
  let isUp = true;
  const server = createServer((request, response) => {
    const answered = bodyOf(request).then((text) => {
      if (!isUp) return response.writeHead(503).end();
      const { type, data } = JSON.parse(text) as { type: string; data: PostedCard };
      if (type === "card.posted" || type === "card.changed") cards.set(data.message, data);
      if (type === "card.posted") waiting.shift()?.(data);
      return response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
    // A Doorward that ends in the middle of a request leaves half of it: nobody waits for an answer then.
    answered.catch(() => response.destroy());
  });
  await listening(server);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/doorward`,
    secrets: `key=${OUT}\nanswersKey=${BACK}`,
    cards,
    nextCard: () => new Promise((resolve) => waiting.push(resolve)),
    tap: (hook, { card, place, message }, style, user) => {
      const inItems = card.sections.flatMap((one) => (one.kind === "item" ? one.buttons : []));
      const token = [...card.buttons, ...inItems].find((one) => one.style === style)?.token;
      return send(hook, { type: "tap", data: { user: { id: user }, token, message, place } });
    },
    write: (hook, text, user) =>
      send(hook, { type: "words", data: { user: { id: user }, text, place: { kind: "person", id: user } } }),
    up: (next) => {
      isUp = next;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Signed and sent to a hook of ours; answers its JSON, or its status where it has none. */
async function send(hook: string, body: object): Promise<unknown> {
  const text = JSON.stringify(body);
  const [id, seconds] = [randomUUID(), Math.floor(Date.now() / 1_000)];
  const key = Buffer.from(BACK.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${text}`).digest("base64");
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": `${seconds}`,
    "webhook-signature": `v1,${signature}`,
  };
  const response = await fetch(hook, { method: "POST", body: text, headers });
  return response.status === 200 ? response.json() : response.status;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

/** A port that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await listening(server);
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
