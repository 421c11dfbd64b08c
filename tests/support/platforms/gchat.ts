// Google Chat as an app sees it. Events as recorded in github.com/vercel/chat at c4f709f,
// packages/integration-tests/fixtures/replay/actions-reactions/gchat.json; messages, cards and errors:
// developers.google.com/workspace/chat/api/reference/rest/v1/{spaces.messages,cards}, cloud.google.com/apis/design/errors; the token:
// developers.google.com/workspace/chat/verify-requests-from-chat (audience: project number).
import { generateKeyPairSync, sign } from "node:crypto";
import type { Circumstances, Shown, Traits } from "../../conformance/channel-rig.ts";
import type { Call, Reply } from "./local.ts";
import { type Board, openHttp, rowOf, type SdkPlatform } from "./sdk.ts";

const [PROJECT, SPACE, ADA] = ["123456789012", "spaces/AAQAO1heGsE", "users/100000000000000000001"];
const KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });
const OTHERS = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ACCESS = "ya29.secret-secret-secret";
const SECRETS = {
  serviceAccount: JSON.stringify({
    type: "service_account",
    private_key_id: ACCESS,
    client_email: "doorward@house.example",
  }),
};

export const gchatTraits: Traits = {
  abilities: rowOf("gchat").abilities,
  tenants: false,
  dated: false,
  webhook: true,
  secretOnly: true,
  words: true,
  idempotent: true,
  autolinks: true,
};

export function openGchat(): Promise<SdkPlatform> {
  const once = new Map<string, string>();
  return openHttp((board) => ({
    local: {
      route: (call) => answer(board, once, call),
      fails: ({ url }) => url.pathname !== "/certs",
      writes: ({ method }) => method !== "GET",
      replies: {
        rate: { status: 429, headers: { "retry-after": "7" }, json: failed(429, "RESOURCE_EXHAUSTED") },
        error: { status: 500, json: failed(500, "INTERNAL") },
        revoked: { status: 401, json: failed(401, "UNAUTHENTICATED") },
      },
    },
    settings: (origin) => ({ projectNumber: PROJECT, apiUrl: origin }),
    secrets: SECRETS,
    place: { kind: "room", id: SPACE },
    user: ADA,
    request: (deed, how, count) => {
      once.clear();
      const user = { name: deed.user, displayName: "Ada", type: "HUMAN" };
      const space = { name: SPACE, type: "ROOM", displayName: "Room", spaceType: "SPACE" };
      const eventTime = new Date().toISOString().replace("Z", `${String(count).padStart(3, "0").slice(-3)}Z`);
      const thread = { name: `${SPACE}/threads/A6woZAHrIjs` };
      const common = { userLocale: "en", hostApp: "CHAT", platform: "WEB" };
      const event =
        deed.kind === "tap"
          ? {
              commonEventObject: { ...common, parameters: { actionId: deed.token } },
              chat: {
                user,
                eventTime,
                buttonClickedPayload: {
                  space,
                  message: { name: deed.on.id.split(" ")[1], thread, space: { name: SPACE } },
                },
              },
            }
          : {
              commonEventObject: common,
              chat: {
                user,
                eventTime,
                messagePayload: {
                  space,
                  message: {
                    name: `${SPACE}/messages/A6woZAHrIjs.${count}`,
                    sender: user,
                    createTime: eventTime,
                    text: `@Doorward ${deed.text}`,
                    argumentText: ` ${deed.text}`,
                    thread,
                    space: { name: SPACE },
                  },
                },
              },
            };
      const headers = { "content-type": "application/json", authorization: `Bearer ${tokenOf(how)}` };
      return { method: "POST", url: "/hooks/x", headers, body: Buffer.from(JSON.stringify(event)) };
    },
  }));
}

const failed = (code: number, status: string): object => ({ error: { code, message: status, status } });

/** RFC 7515, compact. */
function tokenOf(how: Circumstances): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: "chat@system.gserviceaccount.com", aud: PROJECT, iat: now, exp: now + 3_600 };
  const parts = [{ alg: "RS256", typ: "JWT", kid: "k1" }, claims];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const { privateKey } = how.forged === true ? OTHERS : KEYS;
  return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
}

function answer(board: Board, once: Map<string, string>, { method, url, json, headers }: Call): Reply {
  if (url.pathname === "/certs")
    return { status: 200, json: { k1: KEYS.publicKey.export({ format: "pem", type: "spki" }) } };
  if (headers["authorization"] !== `Bearer ${ACCESS}`)
    return { status: 401, json: failed(401, "UNAUTHENTICATED") };
  if (url.pathname === "/v1/spaces") return { status: 200, json: { spaces: [] } };
  if (method === "POST" && url.pathname === `/v1/${SPACE}/messages`)
    return posted(board, once, url, json ?? {});
  const name = decodeURIComponent(url.pathname).replace("/v1/", "");
  const at = board.shown.findIndex(({ ref }) => ref.id.endsWith(` ${name}`));
  if (at < 0) return { status: 404, json: failed(404, "NOT_FOUND") };
  board.shown[at] = shownAs(json ?? {}, name);
  return { status: 200, json: { name } };
}

function posted(
  board: Board,
  once: Map<string, string>,
  url: URL,
  json: Readonly<Record<string, unknown>>,
): Reply {
  const key = url.searchParams.get("requestId");
  const before = key === null ? undefined : once.get(key);
  const name = before ?? `${SPACE}/messages/9qQCF6JGUNg.${board.next()}`;
  if (key !== null) once.set(key, name);
  if (before === undefined) board.shown.push(shownAs(json, name));
  return { status: 200, json: { name } };
}

interface Widget {
  readonly textParagraph?: { readonly text: string };
  readonly buttonList?: {
    readonly buttons: readonly {
      readonly text: string;
      readonly onClick: {
        readonly action?: { readonly parameters: readonly { readonly value: string }[] };
        readonly openLink?: { readonly url: string };
      };
    }[];
  };
}

/** Cards as clients show them (developers.google.com/workspace/chat/format-messages#card-formatting): HTML of a few elements. */
function shownAs(json: Readonly<Record<string, unknown>>, name: string): Shown {
  if (json["text"] !== undefined) throw new Error("text is read for mark-up and mentions");
  const [first] = json["cardsV2"] as { card: { sections: readonly { widgets: readonly Widget[] }[] } }[];
  const widgets = first?.card.sections.flatMap((section) => section.widgets) ?? [];
  const html = widgets.map(({ textParagraph }) => textParagraph?.text ?? "").join("\n");
  const bare = html.replaceAll(/<\/?[bi]>/g, "");
  if (/[<>]|&(?!amp;|lt;|gt;)/.test(bare)) throw new Error(`mark-up: ${bare}`);
  const text = bare.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  const buttons = widgets.flatMap(({ buttonList }) => buttonList?.buttons ?? []);
  return {
    ref: { place: { kind: "room", id: SPACE }, id: `gchat:${SPACE} ${name}` },
    text,
    buttons: buttons.flatMap(({ text: label, onClick }) =>
      onClick.action === undefined ? [] : [{ label, token: onClick.action.parameters[0]?.value ?? "" }],
    ),
    links: buttons.flatMap(({ text: label, onClick }) =>
      onClick.openLink === undefined ? [] : [{ text: label, url: onClick.openLink.url }],
    ),
    mentions: [],
  };
}
