import type { OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";
import { ago, answering, idOf } from "./console-seed-base.ts";

// Machines that sensors watch, and what is on one of them.

type Machine = OutputOf<"fleet.machines">["items"][number];
type Thing = OutputOf<"fleet.found">["items"][number];

const machine = (name: string, over: Partial<Machine> = {}): Machine => ({
  name,
  owner: idOf("usr", 1),
  state: "heard",
  heardAt: ago(240),
  complete: true,
  lost: 0,
  machine: { name: `${name}.local`, user: "ana", platform: "linux", release: "6.12.0", doorward: "0.1.0" },
  addedAt: ago(900_000),
  models: 3,
  runtimes: 1,
  agents: 1,
  servers: 2,
  ...over,
});

const NONE = { models: 0, runtimes: 0, agents: 0, servers: 0 };
const MACHINES: readonly Machine[] = [
  machine("ana-laptop"),
  machine("gpu-7", { models: 41, runtimes: 2, agents: 0, servers: 0, complete: false, heardAt: ago(5) }),
  machine("lab-3", { state: "silent", heardAt: ago(400_000), lost: 812 }),
  machine("new-one", { state: "waiting", heardAt: null, complete: false, machine: null, ...NONE }),
];

let count = 0;
const thing = (kind: string, what: string, over: Partial<Thing>): Thing => {
  count += 1;
  return {
    machine: "ana-laptop",
    key: `sha256:${String(count).padStart(64, "0")}`,
    kind,
    what,
    name: "llama-3.2-1b-instruct-q4_k_m.gguf",
    where: "/home/ana/.lmstudio/models/someone/llama-3.2-1b-instruct-q4_k_m.gguf",
    confidence: "certain",
    grounds: [{ by: "bytes", says: "begins as GGUF does" }],
    facts: { bytes: 807_694_464, files: 1, store: "lm-studio" },
    warnings: [],
    state: "here",
    appearedAt: ago(90_000),
    changedAt: ago(90_000),
    ...over,
  };
};

const THINGS: readonly Thing[] = [
  thing("model", "gguf", {}),
  thing("model", "safetensors", {
    name: "weights.bin",
    where: "/home/ana/Downloads/weights.bin",
    warnings: ["its name does not say that it is safetensors"],
  }),
  thing("runtime", "ollama", {
    name: "Ollama",
    where: "127.0.0.1:11434",
    grounds: [{ by: "answer", says: 'says "Ollama is running"' }],
    facts: { version: "0.17.4", modelsReported: ["qwen3:8b", "llama3.2:1b"] },
  }),
  thing("agent", "claude-code", {
    name: "Claude Code",
    where: "/home/ana/.claude.json",
    grounds: [{ by: "configuration", says: "its configuration lies here" }],
    facts: { servers: ["github", "files"], keysPresent: ["env.GITHUB_TOKEN"] },
  }),
  thing("model", "pickle", {
    name: "pytorch_model.bin",
    where: "/home/ana/.cache/huggingface/hub/models--someone--old",
    state: "gone",
    changedAt: ago(3_600),
  }),
];

function thingsAsked(query: URLSearchParams): Thing[] {
  const [name, kind] = [query.get("machine"), query.get("kind")];
  return THINGS.filter((one) => name === null || one.machine === name || name === "x")
    .filter((one) => kind === null || one.kind === kind)
    .filter((one) => query.get("gone") === "true" || one.state === "here");
}

export const FLEET_ANSWERS: readonly (readonly [string, Answering])[] = [
  [
    "POST /fleet/add-sensor",
    answering("fleet.add-sensor", () => ({
      ...machine("lab-7", { state: "waiting", heardAt: null, complete: false, machine: null }),
      key: `dwe_${"k".repeat(43)}`,
      address: "https://doorward.example.com/sensor/v1/report",
    })),
  ],
  ["/fleet/machines", answering("fleet.machines", () => ({ items: [...MACHINES], next: null }))],
  ["/fleet/found", answering("fleet.found", (query) => ({ items: thingsAsked(query), next: null }))],
];

export const NO_FLEET: readonly (readonly [string, Answering])[] = [
  ["/fleet/machines", answering("fleet.machines", () => ({ items: [], next: null }))],
  ["/fleet/found", answering("fleet.found", () => ({ items: [], next: null }))],
];
