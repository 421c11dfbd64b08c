// Microsoft Teams as a bot sees it. Activities as recorded in github.com/vercel/chat at c4f709f,
// packages/integration-tests/fixtures/replay/{actions-reactions,dm}/teams.json; the connector and its token:
// learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-{api-reference,authentication}; throttling:
// learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit.
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { Circumstances, Shown, Traits } from "../../conformance/channel-rig.ts";
import type { Call, Reply } from "./local.ts";
import { type Board, openHttp, rowOf, type SdkPlatform } from "./sdk.ts";

const [APP, TENANT, ROOM, TEAM] = [
  "11111111-2222-3333-4444-555555555555",
  "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
  "19:d441d38c655c47a085215b2726e76927@thread.tacv2",
  "19:8j-Mnacwmq2QFDbzykeQH5v55m6cN1X3QJ5viHvGIIQ1@thread.tacv2",
];
const ADA = "29:1xXxFakeUserBase64IdStringForTeamsPlatformAbcDeFgHiJkLmNoPqRsTuVwXyZ012345ABCDEF";
const SERVICE = "https://smba.trafficmanager.net/amer/a1b2c3d4-e5f6-7890-abcd-ef1234567890/";
const KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });
const OTHERS = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** To a stand-in the secret is the token itself, and the client reads when it ends. */
const SECRETS = {
  appPassword: jwt({ alg: "RS256", typ: "JWT" }, { appid: APP, exp: 4_102_444_800 }, OTHERS.privateKey),
};

export const teamsTraits: Traits = {
  abilities: rowOf("teams").abilities,
  tenants: true,
  dated: false,
  webhook: true,
  secretOnly: true,
  words: true,
  idempotent: false,
  autolinks: false,
};

export function openTeams(): Promise<SdkPlatform> {
  return openHttp((board) => ({
    local: {
      route: (call) => answer(board, call),
      fails: ({ url }) => !/well-known|members/.test(url.pathname),
      writes: ({ url, method }) => method !== "GET" && url.pathname.includes("/activities"),
      replies: {
        rate: { status: 429, headers: { "retry-after": "7" }, json: { error: { code: "TooManyRequests" } } },
        error: { status: 500, json: { error: { code: "ServiceError" } } },
        revoked: { status: 401, json: { message: "Authorization has been denied for this request." } },
      },
    },
    settings: (origin) => ({ appId: APP, tenantId: TENANT, teamId: TEAM, apiUrl: origin }),
    secrets: SECRETS,
    place: { kind: "room", id: ROOM },
    user: ADA,
    request: (deed, how, count) => {
      const tenant = how.elsewhere === true ? "ffffffff-e5f6-7890-abcd-ef1234567890" : TENANT;
      const said =
        deed.kind === "words"
          ? { text: `<at>Doorward</at> ${deed.text}`, textFormat: "plain", id: String(count) }
          : {
              id: `f:975cac46-e795-f39b-0c0d-${count}`,
              replyToId: deed.on.id.split(" ")[1],
              value: { actionId: deed.token },
            };
      const body = JSON.stringify({
        type: "message",
        timestamp: new Date().toISOString(),
        channelId: "msteams",
        serviceUrl: SERVICE,
        from: { id: deed.user, name: "Ada", aadObjectId: "00000000-1111-2222-3333-444444444444" },
        conversation: { isGroup: true, conversationType: "channel", tenantId: tenant, id: ROOM },
        recipient: { id: `28:${APP}`, name: "Doorward" },
        entities: [],
        channelData: { channel: { id: ROOM }, team: { id: TEAM }, tenant: { id: tenant } },
        ...said,
      });
      const headers = { "content-type": "application/json", authorization: `Bearer ${tokenOf(how)}` };
      return { method: "POST", url: "/hooks/teams", headers, body: Buffer.from(body) };
    },
  }));
}

/** As the connector makes it; `issuer`: as somebody else does, with a key that is believed. */
export function tokenOf(how: Circumstances, issuer = "https://api.botframework.com"): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    aud: APP,
    nbf: now - 60,
    exp: now + 3_600,
    serviceurl: SERVICE,
  };
  return jwt(
    { alg: "RS256", typ: "JWT", kid: "k1" },
    claims,
    how.forged === true ? OTHERS.privateKey : KEYS.privateKey,
  );
}

/** RFC 7515, compact. */
function jwt(head: object, claims: object, key: KeyObject): string {
  const text = [head, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}

function answer(board: Board, { method, url, json, headers }: Call): Reply {
  if (url.pathname.endsWith("/keys"))
    return {
      status: 200,
      json: { keys: [{ ...KEYS.publicKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS256" }] },
    };
  if (headers["authorization"] !== `Bearer ${SECRETS.appPassword}`) return { status: 401, json: {} };
  if (url.pathname.includes("/members")) return { status: 200, json: { id: ADA, name: "Ada" } };
  if (url.pathname.startsWith("/v3/teams/")) return { status: 200, json: { id: TEAM, name: "House" } };
  return ofConversation(board, method, url, json ?? {});
}

function ofConversation(
  board: Board,
  method: string,
  url: URL,
  json: Readonly<Record<string, unknown>>,
): Reply {
  const [, conversation = "", id] =
    /^\/v3\/conversations\/([^/]+)\/activities(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  if (conversation === "") return { status: 404, json: {} };
  if (method === "POST") {
    const made = String(1_767_326_000_000 + board.next());
    board.shown.push(shownAs(json, decodeURIComponent(conversation), made));
    return { status: 201, json: { id: made } };
  }
  const at = board.shown.findIndex(({ ref }) => ref.id.endsWith(` ${id}`));
  if (at < 0 || id === undefined)
    return { status: 404, json: { error: { code: "ActivityNotFoundInConversation" } } };
  board.shown[at] = shownAs(json, decodeURIComponent(conversation), id);
  return { status: 200, json: { id } };
}

interface Item {
  readonly type: string;
  readonly text?: string;
  readonly title?: string;
  readonly url?: string;
  readonly data?: { readonly actionId: string };
  readonly inlines?: readonly Item[];
  readonly actions?: readonly Item[];
}

/** Adaptive Cards as Teams shows them: a run is its letters, but for `{{DATE(…)}}`; a TextBlock would be Markdown. */
function shownAs(activity: Readonly<Record<string, unknown>>, conversation: string, id: string): Shown {
  const [attachment] = activity["attachments"] as { content: { body: readonly Item[] } }[];
  const body = attachment?.content.body ?? [];
  if (body.some(({ type }) => type !== "RichTextBlock" && type !== "ActionSet"))
    throw new Error("read as Markdown");
  const lines = body.map(({ inlines = [] }) => inlines.map(({ text = "" }) => text).join(""));
  if (/\{\{(?:DATE|TIME)\(/.test(lines.join("\n"))) throw new Error("a date is put in its place");
  const actions = body.flatMap((item) => item.actions ?? []);
  return {
    ref: {
      place: { kind: "room", id: conversation },
      id: `teams:${Buffer.from(conversation).toString("base64url")} ${id}`,
    },
    text: lines.join("\n").replaceAll("\u2060", ""),
    buttons: actions.flatMap(({ title = "", data }) =>
      data === undefined ? [] : [{ label: title, token: data.actionId }],
    ),
    links: actions.flatMap(({ title = "", url }) => (url === undefined ? [] : [{ text: title, url }])),
    mentions: [],
  };
}
