import { describe, expect, test } from "vitest";
import { nextQuestion, recognisedBy } from "./answers.ts";
import { acceleratorsIn } from "./accelerators.ts";
import type { Answer, ListenerSeen, ProcessSeen } from "./observed.ts";
import { programsIn } from "./programs.ts";
import { parsed } from "./reading.ts";
import { spoken } from "./words.ts";

const GGUF = Uint8Array.from([0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0]);
const mapped = [{ path: "/m/x", size: 2 ** 30, head: GGUF }];
const program = (more: Partial<ProcessSeen> = {}): ProcessSeen => ({
  pid: 7,
  parent: 1,
  program: "/usr/bin/thing",
  name: "thing",
  words: [],
  modelPaths: [],
  mapped: [],
  devices: [],
  ...more,
});
const answer = (path: string, text: string, more: Partial<Answer> = {}): Answer => ({
  path,
  status: 200,
  server: "",
  text,
  json: parsed(text),
  ...more,
});
const listener = (answers: Answer[], more: Partial<ListenerSeen> = {}): ListenerSeen => ({
  address: "127.0.0.1",
  port: 8080,
  pid: 7,
  answers,
  ...more,
});
const shown = (processes: ProcessSeen[], listeners: ListenerSeen[] = []): string[] =>
  programsIn({ processes, listeners }).map(({ kind, what, confidence }) => `${kind} ${what} ${confidence}`);

const OLLAMA = answer("/", "Ollama is running");

describe("a process", () => {
  test.each([
    ["that maps a model, whatever its name", program({ mapped }), ["runtime unknown certain"]],
    ["that is named as a runtime", program({ program: "/opt/llama-server" }), ["runtime llama.cpp possible"]],
    [
      "that is named and was given a model",
      program({ name: "llama-server", modelPaths: ["/m/x.gguf"] }),
      ["runtime llama.cpp likely"],
    ],
    [
      "of Python, by its words",
      program({ name: "python3", words: ["mlx_lm.server"] }),
      ["runtime mlx-lm possible"],
    ],
    ["that holds a model in its arguments alone", program({ modelPaths: ["/m/x.gguf"] }), []],
    ["of an agent", program({ name: "claude" }), ["agent claude-code possible"]],
    ["of anything", program(), []],
    [
      "that maps what is no model",
      program({ mapped: [{ path: "/m/x.gguf", size: 9, head: new Uint8Array(9) }] }),
      [],
    ],
  ])("%s", (_what, process, expected) => {
    expect(shown([process])).toEqual(expected);
  });

  test("that maps a model under another's name is what it does, and that is said", () => {
    const [found] = programsIn({
      processes: [program({ name: "chrome", program: null, mapped })],
      listeners: [],
    });
    expect(found?.grounds).toEqual([
      { by: "mapped", says: "has /m/x in its memory, which begins with GGUF, version 3" },
    ]);
    expect(found?.warnings).toEqual(["it runs a model under a name that is no runtime's: chrome"]);
  });

  test("that a runtime started says which", () => {
    const parent = program({ pid: 3, program: "/usr/bin/ollama", name: "ollama" });
    const child = program({ parent: 3, program: "/usr/lib/ollama/llama-server", mapped });
    const found = programsIn({ processes: [parent, child], listeners: [] });
    expect(found.map(({ what, facts }) => [what, facts["startedBy"]])).toEqual([
      ["ollama", undefined],
      ["llama.cpp", "ollama"],
    ]);
  });
});

describe("a listener", () => {
  // Answers as the projects document them, at the commits that runtimes.table.ts names; values are ours.
  test.each([
    ["Ollama", [OLLAMA], "runtime ollama certain"],
    ["LM Studio", [answer("/lmstudio-greeting", '{"lmstudio":true}')], "runtime lm-studio certain"],
    ["llama.cpp", [answer("/", "<html>", { server: "llama.cpp" })], "runtime llama.cpp certain"],
    [
      "llama.cpp with a key",
      [answer("/props", "{}", { status: 401, server: "llama.cpp" })],
      "runtime llama.cpp certain",
    ],
    [
      "vLLM",
      [answer("/v1/models", '{"object":"list","data":[{"id":"m","owned_by":"vllm"}]}')],
      "runtime vllm certain",
    ],
    [
      "vLLM with a key",
      [answer("/metrics", 'vllm:num_requests_running{model_name="m"} 0')],
      "runtime vllm certain",
    ],
    [
      "TGI",
      [answer("/info", '{"model_id":"m","max_total_tokens":9,"max_best_of":2}')],
      "runtime tgi certain",
    ],
    [
      "mlx_lm",
      [
        answer("/v1/models", '{"object":"list","data":[{"id":"m","object":"model"}]}', {
          server: "BaseHTTP/0.6 Python/3.12.1",
        }),
      ],
      "runtime mlx-lm likely",
    ],
  ])("%s is known by its answer", (_what, answers, expected) => {
    expect(shown([], [listener(answers, { pid: null })])).toEqual([expected]);
  });

  test.each([
    ["nothing", []],
    ["no HTTP", [answer("/", "", { status: 0 })]],
    ["a page", [answer("/", "<html>Ollama is running</html>")]],
    [
      "LM Studio's error where Ollama lists",
      [answer("/api/tags", '{"error":"Unexpected endpoint or method. (GET /api/tags)"}')],
    ],
    ["a list of nobody's models", [answer("/v1/models", '{"object":"list","data":[]}')]],
    [
      "models without owners from elsewhere",
      [answer("/v1/models", '{"data":[{"id":"m"}]}', { server: "nginx" })],
    ],
  ])("at a runtime's port that answers %s is nothing", (_what, answers) => {
    for (const port of [11_434, 1234, 8080, 8000])
      expect(shown([], [listener(answers, { port, pid: null })])).toEqual([]);
  });

  test("and its process are one, with what it says of itself", () => {
    const answers = [
      OLLAMA,
      answer("/api/version", '{"version":"0.17.1"}'),
      answer("/api/tags", '{"models":[{"name":"a:1"},{"name":3}]}'),
    ];
    const found = programsIn({
      processes: [program({ name: "ollama" })],
      listeners: [listener(answers, { port: 11_434 })],
    });
    expect(found).toHaveLength(1);
    expect(found[0]?.facts).toMatchObject({
      version: "0.17.1",
      modelsReported: ["a:1"],
      listens: ["127.0.0.1:11434"],
    });
    expect(found[0]?.grounds.map(({ by }) => by)).toEqual(["answer", "name"]);
  });

  test.each([
    ["0.0.0.0", 1],
    ["::", 1],
    ["192.168.1.5", 1],
    ["127.0.0.1", 0],
    ["::1", 0],
  ])("on %s is said to be open to others: %s", (address, warnings) => {
    const found = programsIn({ processes: [], listeners: [listener([OLLAMA], { address, pid: null })] });
    expect(found[0]?.warnings).toHaveLength(warnings);
  });
});

describe("questions", () => {
  test("begin with /, end where no HTTP is spoken, and go on to what a known one says of itself", () => {
    expect(nextQuestion(1, [])).toBe("/");
    expect(nextQuestion(11_434, [answer("/", "", { status: 0 })])).toBeNull();
    expect(nextQuestion(11_434, [OLLAMA])).toBe("/api/version");
    expect(nextQuestion(1234, [answer("/", "x")])).toBe("/lmstudio-greeting");
  });

  test("end for whoever answers everything with the same", () => {
    const answers: Answer[] = [];
    for (let path = nextQuestion(1, answers); path !== null; path = nextQuestion(1, answers))
      answers.push(answer(path, "{}"));
    expect(new Set(answers.map(({ path }) => path)).size).toBe(answers.length);
    expect(answers.length).toBeLessThan(32);
    expect(recognisedBy(answers)).toBeNull();
  });
});

test("of a command line only words of the tables and paths of models are kept", () => {
  const args = [
    "/usr/bin/python3",
    "-m",
    "mlx_lm.server",
    "--api-key",
    "sk-secret",
    "--model=/m/a.gguf",
    "-p",
    'say "x.gguf"',
    "tell me a story",
  ];
  expect(spoken(args)).toEqual({ words: ["mlx_lm.server"], modelPaths: ["/m/a.gguf"] });
});

describe("accelerators", () => {
  test("are what nvidia-smi lists, with who uses them", () => {
    const nvidia = { cards: "0, GPU-1, NVIDIA H100, 81559\nno card\n", uses: "GPU-1, 7, 512\nGPU-2, 8, 1\n" };
    const [card, ...more] = acceleratorsIn({ nvidia, processes: [] });
    expect([card?.name, card?.facts, more]).toEqual([
      "NVIDIA H100",
      { uuid: "GPU-1", memoryMiB: 81_559, usedBy: ["pid 7 (512 MiB)"] },
      [],
    ]);
  });

  test("are otherwise known by who holds their devices", () => {
    const processes = [program({ devices: ["/dev/kfd"] }), program({ pid: 8, devices: ["/dev/kfd"] })];
    const [found] = acceleratorsIn({ nvidia: null, processes });
    expect([found?.what, found?.facts["usedBy"]]).toEqual(["amd", ["pid 7 (thing)", "pid 8 (thing)"]]);
  });
});
