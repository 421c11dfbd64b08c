import { join } from "node:path";
import type { ModelServer } from "../../servers/models/server.ts";
import { type Admin, type Running, scratch, signIn, startDoorward } from "../doorward-process.ts";
import { PROTOCOLS_OF, type Spoken, UPSTREAMS } from "./all.ts";
import type { At, Scenario } from "./scenario.ts";

/** A whole Doorward in front of the scripted upstreams, with a policy that allows everything. */
export interface Through {
  readonly doorward: Running;
  readonly admin: Admin;
  readonly servers: Readonly<Record<Spoken, ModelServer>>;
  /** At an upstream itself. */
  readonly direct: (spoken: Spoken) => At;
  /** At Doorward, as an agent of its own, asking for the model of that upstream. */
  readonly door: (agent: string, spoken: Spoken) => Promise<At>;
  /** Runs a scenario at Doorward; where it declares tools, once more when a person has accepted them. */
  readonly run: (agent: string, spoken: Spoken, scenario: Scenario) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** The upstreams' key, which they alone must see. */
export const UPSTREAM_KEY = "sk-upstream-0123456789abcdef";
const ALLOW_ALL = `@id("all") @reason("A test.") permit (principal, action, resource);`;
const AT: Readonly<Record<Spoken, { readonly kind: string; readonly path: string }>> = {
  openai: { kind: "openai", path: "/v1" },
  responses: { kind: "openai", path: "/v1" },
  anthropic: { kind: "anthropic", path: "" },
  ollama: { kind: "ollama", path: "" },
};

export async function openThrough(): Promise<Through> {
  const folder = scratch();
  const doorward = await startDoorward(join(folder.path, "data"));
  const admin = await signIn(doorward);
  await admin.perform("policy.activate", { text: ALLOW_ALL });
  const servers = {
    openai: await added(admin, "openai"),
    responses: await added(admin, "responses"),
    anthropic: await added(admin, "anthropic"),
    ollama: await added(admin, "ollama"),
  };
  const keys = new Map<string, string>();
  const door: Through["door"] = async (agent, spoken) => {
    const key = keys.get(agent) ?? String((await admin.perform("agents.add", { name: agent }))["key"]);
    keys.set(agent, key);
    return { url: doorward.url, key, model: `${spoken}-model` };
  };
  return {
    doorward,
    admin,
    servers,
    direct: (spoken) => ({ url: servers[spoken].url, key: "sk-direct", model: `${spoken}-model` }),
    door,
    run: async (agent, spoken, scenario) => {
      const at = await door(agent, spoken);
      const first = await scenario(at).catch((cause: unknown) => cause);
      const tools = [`agent:${agent}/*`];
      const accepted = await admin.ask("tools.accept", { tools, effects: ["read"] });
      return accepted.status !== 200 && !(first instanceof Error) ? first : scenario(at);
    },
    close: async () => {
      for (const server of Object.values(servers)) await server.close();
      await doorward.stop();
      folder.remove();
    },
  };
}

async function added(admin: Admin, spoken: Spoken): Promise<ModelServer> {
  const server = await UPSTREAMS[spoken]();
  const { kind, path } = AT[spoken];
  await admin.perform("upstreams.add", {
    name: spoken,
    kind,
    url: `${server.url}${path}`,
    allowPrivate: true,
    key: UPSTREAM_KEY,
    protocols: PROTOCOLS_OF[spoken],
  });
  return server;
}
