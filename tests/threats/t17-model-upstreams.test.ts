// T17, T2: a model upstream is one more thing that Doorward fetches from for others: through the one client, at the
// address an admin gave, never at Doorward itself, under any name.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEgress } from "#egress";
import type { UpstreamConfiguration } from "#inference";
import { asking, type InferenceHouse, lists, openInferenceHouse } from "../samples/inference.ts";

const OWN = 7_421;
let house: InferenceHouse;
beforeEach(async () => {
  house = await openInferenceHouse([OWN]);
});
afterEach(() => house.close());

const at = (url: string, more: Partial<UpstreamConfiguration> = {}): UpstreamConfiguration => ({
  kind: "vllm",
  url,
  protocols: ["openai-chat"],
  allowPrivate: true,
  credential: { type: "none" },
  ...more,
});

describe("an upstream cannot be", () => {
  test.each([
    ["http://169.254.169.254", "egress_address_forbidden"],
    ["http://[fd00:ec2::254]", "egress_address_forbidden"],
    ["http://[::ffff:169.254.169.254]", "egress_address_forbidden"],
    [`http://127.0.0.1:${OWN}`, "egress_own_listener"],
    [`http://localhost:${OWN}`, "egress_own_listener"],
    [`http://[::1]:${OWN}`, "egress_own_listener"],
    ["http://8.8.8.8", "egress_address_public"],
  ])("%s, whatever was granted", async (url, code) => {
    const models = await house.open();
    await expect(models.look(at(url), "")).rejects.toMatchObject({ code });
  });

  test.each(["http://127.0.0.1:1", "http://localhost:1", "http://10.0.0.1", "http://[fd00::1]"])(
    "%s without a grant",
    async (url) => {
      const models = await house.open();
      await expect(models.look(at(url, { allowPrivate: false }), "")).rejects.toMatchObject({
        code: "egress_address_private",
      });
    },
  );

  test("one that leads Doorward elsewhere: a redirect is not followed, for a list or a request", async () => {
    let reached = 0;
    const inside = await house.serve((_, response) => {
      reached += 1;
      response.end("{}");
    });
    const port = await house.serve(
      (request, response) =>
        void response.writeHead(302, { location: `http://127.0.0.1:${inside}${request.url}` }).end(),
    );
    await house.add("bent", { url: `http://127.0.0.1:${port}` });
    const models = await house.open();
    await expect(models.look(at(`http://127.0.0.1:${port}`), "")).rejects.toMatchObject({
      code: "model_list_refused",
    });
    const [candidate] = await models.candidates("bent/m");
    const answer = await models.send(candidate!, asking());
    expect(answer.status).toBe(302);
    answer.discard();
    expect(reached).toBe(0);
  });
});

test("a model's name leads nowhere but to its upstream's own path", async () => {
  const asked: string[] = [];
  const port = await house.serve(
    lists([], (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end("{}");
    }),
  );
  await house.add("gpu", { url: `http://127.0.0.1:${port}` });
  const models = await house.open();
  for (const name of ["gpu/../../api/pull", "gpu/http://169.254.169.254/", "gpu/?x#y", "gpu/@evil.example"]) {
    const [candidate] = await models.candidates(name);
    (await models.send(candidate!, asking())).discard();
  }
  expect(new Set(asked)).toEqual(new Set(["POST /v1/chat/completions"]));
});

describe("Doorward under its public name, behind a proxy", () => {
  test.each([
    "https://doorward.example.org/v1",
    "https://DOORWARD.example.org./v1",
    "http://doorward.example.org/v1",
    "https://doorward.example.org:443/v1",
    "https://doorward.example.org:80/v1",
  ])("%s is not asked", async (url) => {
    const egress = createEgress({ ownAddresses: () => [], ownOrigin: () => "https://doorward.example.org" });
    const rules = { allowPrivate: true, bytesMax: 1_000, timeoutMs: 1_000 };
    await expect(egress.request(rules, { url, method: "GET", headers: {} })).rejects.toMatchObject({
      code: "egress_own_listener",
    });
    await egress.close();
  });

  test("what else that host serves, on a port of its own, may be asked", async () => {
    const port = await house.serve((_, response) => void response.end("ollama"));
    const egress = createEgress({ ownAddresses: () => [], ownOrigin: () => "https://localhost" });
    const rules = { allowPrivate: true, bytesMax: 1_000, timeoutMs: 1_000 };
    const answer = await egress.request(rules, {
      url: `http://localhost:${port}/`,
      method: "GET",
      headers: {},
    });
    expect(await answer.text()).toBe("ollama");
    await egress.close();
  });
});
