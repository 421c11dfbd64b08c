import { verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { canonicalJson } from "#base";
import { createKey } from "../../tests/samples/google.ts";
import { asking, type InferenceHouse, openInferenceHouse } from "../../tests/samples/inference.ts";
import { serviceAccountOf } from "./google.ts";
import type { ModelUpstreams } from "./port.ts";

const { file, publicKey } = createKey();
const FILE = canonicalJson(file);

describe("a key file", () => {
  test("of Google's form is read", () => {
    const account = serviceAccountOf(FILE);
    expect([account.email, account.project, account.keyId]).toEqual([
      file["client_email"],
      "test-project",
      "0123456789abcdef",
    ]);
  });

  test.each<[string, string]>([
    ["no JSON", "-----BEGIN"],
    ["another kind of credential", canonicalJson({ ...file, type: "authorized_user" })],
    ["another token endpoint", canonicalJson({ ...file, token_uri: "https://evil.example/token" })],
    ["no key", canonicalJson({ ...file, private_key: "none" })],
    ["nothing", "{}"],
  ])("with %s is refused, and none of it is shown", (_what, text) => {
    let fault: unknown;
    try {
      serviceAccountOf(text);
    } catch (cause) {
      fault = cause;
    }
    expect(fault).toMatchObject({ code: "service_account_invalid" });
    expect(JSON.stringify(fault) + String(fault)).not.toContain("PRIVATE KEY");
  });
});

const say = async (models: ModelUpstreams) => {
  const [candidate] = await models.candidates("vertex/google/gemini-2.5-pro");
  return (await models.send(candidate!, asking())).text();
};

const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());

describe("Vertex AI", () => {
  let house: InferenceHouse;
  let asked: string[];
  let answer: () => { status: number; body: object };
  let sent: { url: string; authorization: string }[];

  beforeEach(async () => {
    house = await openInferenceHouse();
    [asked, sent] = [[], []];
    let made = 0;
    answer = () => ({ status: 200, body: { access_token: `ya29.token-${(made += 1)}`, expires_in: 3_599 } });
  });
  afterEach(() => house.close());

  async function open(): Promise<ModelUpstreams> {
    const google = await house.serve((request, response) => {
      let body = "";
      request.on("data", (part) => (body += String(part)));
      request.on("end", () => {
        asked.push(body);
        const { status, body: json } = answer();
        response.writeHead(status).end(JSON.stringify(json));
      });
    });
    const vertex = await house.serve((request, response) => {
      sent.push({ url: request.url ?? "", authorization: request.headers.authorization ?? "" });
      response.end(JSON.stringify({ echo: request.headers.authorization }));
    });
    await house.add("vertex", {
      kind: "vertex",
      url: `http://127.0.0.1:${vertex}/v1/projects/p/locations/l/endpoints/openapi`,
      credential: { type: "google", id: "crd_1", account: "robot" },
      secret: FILE,
    });
    return house.open({ tokenUrl: `http://127.0.0.1:${google}/token` });
  }

  test("gets a token for an assertion that its key signed, and speaks at the endpoint without another /v1", async () => {
    const models = await open();
    expect(await say(models)).toBe('{"echo":"Bearer [removed by Doorward]"}');
    expect(sent).toEqual([
      {
        url: "/v1/projects/p/locations/l/endpoints/openapi/chat/completions",
        authorization: "Bearer ya29.token-1",
      },
    ]);
    const form = new URLSearchParams(asked[0]);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [head = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    expect(read(head)).toEqual({ alg: "RS256", typ: "JWT", kid: "0123456789abcdef" });
    const at = Math.floor(house.ambient.now() / 1_000);
    expect(read(claims)).toMatchObject({
      iss: file["client_email"],
      scope: "https://www.googleapis.com/auth/cloud-platform",
      iat: at,
      exp: at + 3_600,
    });
    const isSigned = verify(
      "RSA-SHA256",
      Buffer.from(`${head}.${claims}`),
      publicKey,
      Buffer.from(signature, "base64url"),
    );
    expect(isSigned).toBe(true);
  });

  test("one token for everybody until a minute before it ends; then one more", async () => {
    const models = await open();
    await Promise.all([say(models), say(models), say(models)]);
    expect(asked).toHaveLength(1);
    house.ambient.advance(3_539_000 - 1);
    await say(models);
    expect(asked).toHaveLength(1);
    house.ambient.advance(2);
    await say(models);
    expect([asked.length, sent.at(-1)?.authorization]).toEqual([2, "Bearer ya29.token-2"]);
  });

  test.each<[string, () => { status: number; body: object }]>([
    ["refuses", () => ({ status: 400, body: { error: "invalid_grant", error_description: "<script>" } })],
    ["says nothing", () => ({ status: 200, body: {} })],
    [
      "gives a token that would break the header",
      () => ({ status: 200, body: { access_token: "a\r\nb: c", expires_in: 1 } }),
    ],
    ["gives one without an end", () => ({ status: 200, body: { access_token: "abcdefgh" } })],
  ])("where Google %s, nothing is sent to Vertex", async (_what, said) => {
    answer = said;
    const models = await open();
    await expect(say(models)).rejects.toMatchObject({ code: "google_token_refused" });
    await expect(say(models)).rejects.not.toMatchObject({ message: expect.stringContaining("script") });
    expect(sent).toEqual([]);
    expect(models.states()[0]).toMatchObject({ health: "down" });
  });

  test("no host but Google's is given a token", async () => {
    const models = await house.open();
    const configuration = {
      kind: "vertex",
      url: "https://googleapis.com.evil.example/v1",
      protocols: ["openai-chat"],
      allowPrivate: false,
      credential: { type: "google", id: "crd_1", account: "robot" },
    } as const;
    await expect(models.look(configuration, FILE)).rejects.toMatchObject({ code: "google_host_refused" });
    const plain = { ...configuration, url: "http://aiplatform.googleapis.com/v1" };
    await expect(models.look(plain, FILE)).rejects.toMatchObject({ code: "google_host_refused" });
  });
});
