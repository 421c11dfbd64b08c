import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering } from "./console-seed-base.ts";
import { REGISTER_ANSWERS } from "./console-seed-register.ts";

type Upstream = OutputOf<"upstreams.get">;
type Route = OutputOf<"models.routes">["items"][number];
type Target = Route["targets"][number];

const upstream = (name: string, over: Partial<Upstream> = {}): Upstream => ({
  name,
  kind: "ollama",
  url: "http://127.0.0.1:11434",
  local: true,
  protocols: ["openai-chat", "ollama-chat"],
  credential: "none",
  account: null,
  prices: {},
  identity: `sha256:${"c05a".repeat(16)}`,
  health: "up",
  reason: null,
  backOffUntil: null,
  models: 2,
  checkedAt: ago(20),
  addedAt: ago(86_400),
  listed: ["llama3.2:3b", "nomic-embed-text"],
  ...over,
});

const UPSTREAMS: readonly Upstream[] = [
  upstream("ollama"),
  upstream("openai", {
    kind: "openai",
    url: "https://api.openai.com/v1",
    local: false,
    credential: "bearer",
    prices: { "gpt-5": "1.25/10", "*": "2.5/20" },
    reason: "it answered 429: rate limited",
    backOffUntil: ago(-95),
    models: 1,
    listed: ["gpt-5"],
  }),
  upstream("gpu", {
    kind: "vllm",
    url: "http://10.0.0.7:8000/v1",
    health: "down",
    reason: "connection refused",
    models: null,
    listed: null,
    checkedAt: ago(31),
  }),
];

const target = (name: string, model: string, over: Partial<Target> = {}): Target => ({
  upstream: name,
  model,
  health: "up",
  reason: null,
  backOffUntil: null,
  listed: true,
  local: true,
  price: null,
  ...over,
});

const DOWN = { health: "down", reason: "connection refused" } as const;
const ROUTES: readonly Route[] = [
  {
    model: "gpt-*",
    goes: "openai/* (backs off)",
    by: "prefix",
    rule: "gpt-*",
    targets: [target("openai", "*", { local: false, price: "2.5/20", backOffUntil: ago(-95) })],
  },
  {
    model: "llama3.2",
    goes: "gpu/meta-llama/Llama-3.2-3B (down), then ollama/llama3.2:3b",
    by: "route",
    rule: "llama3.2",
    targets: [target("gpu", "meta-llama/Llama-3.2-3B", DOWN), target("ollama", "llama3.2:3b")],
  },
  {
    model: "nomic-embed-text",
    goes: "ollama/nomic-embed-text",
    by: "listed",
    rule: null,
    targets: [target("ollama", "nomic-embed-text")],
  },
];

const MODELS: OutputOf<"models.list">["items"] = [
  { name: "gpt-5", upstream: "openai", local: false, createdAt: null },
  { name: "llama3.2:3b", upstream: "ollama", local: true, createdAt: ago(864_000) },
  { name: "nomic-embed-text", upstream: "ollama", local: true, createdAt: null },
];

const upstreamNamed = (query: URLSearchParams): Upstream =>
  UPSTREAMS.find(({ name }) => name === query.get("upstream")) ?? upstream(query.get("upstream") ?? "");

const routesAsked = (query: URLSearchParams): Route[] => {
  const asked = query.get("model");
  if (asked === null) return [...ROUTES];
  const known = ROUTES.filter(({ model }) => model === asked);
  const nowhere: Route = { model: asked, goes: "nowhere", by: "nothing", rule: null, targets: [] };
  return known.length === 0 ? [nowhere] : known;
};

/** What upstreams, models and routes answer. */
export const MODELS_ANSWERS: readonly (readonly [string, Answering])[] = [
  ["/upstreams", answering("upstreams.list", () => ({ items: [...UPSTREAMS], next: null }))],
  ["/upstreams/get", answering("upstreams.get", upstreamNamed)],
  ["/upstreams/check", answering("upstreams.check", upstreamNamed)],
  ...REGISTER_ANSWERS,
  ["/models", answering("models.list", () => ({ items: [...MODELS], next: null }))],
  ["/models/routes", answering("models.routes", (query) => ({ items: routesAsked(query), next: null }))],
];
