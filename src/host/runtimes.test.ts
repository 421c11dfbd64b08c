import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { RUNTIMES } from "#discovery";
import { createEgress } from "#egress";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { findRuntimes, RUNTIME_EGRESS } from "./runtimes.ts";

const egress = createEgress({ ownAddresses: () => [] });
const ask = egress.fetch(RUNTIME_EGRESS);
const open: { close: () => unknown }[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});
afterAll(() => egress.close());

async function listening(server: Server | ReturnType<typeof createSocketServer>): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A listener with these answers and no others; `Server` as given. */
function speaker(answers: Record<string, unknown>, server?: string, otherwise = 404): RequestListener {
  return (request, response) => {
    const body = answers[request.url ?? ""];
    if (server !== undefined) response.setHeader("server", server);
    response.statusCode = body === undefined ? otherwise : 200;
    response.end(typeof body === "string" ? body : JSON.stringify(body ?? { error: "not found" }));
  };
}

/** Ollama: server/routes.go (`GET /` says "Ollama is running"; `/api/version`, `/api/tags` per docs/api.md). */
const OLLAMA = {
  "/": "Ollama is running",
  "/api/version": { version: "0.17.4" },
  "/api/tags": { models: [{ name: "qwen3:8b", model: "qwen3:8b", size: 1, digest: "abc" }] },
  "/v1/models": { object: "list", data: [{ id: "qwen3:8b", object: "model", owned_by: "library" }] },
};

/** LM Studio: lmstudio.ai/docs REST reference, "GET /api/v0/models"; the greeting from its client SDK. */
const LM_STUDIO = {
  "/lmstudio-greeting": { lmstudio: true },
  "/api/tags": { error: "Unexpected endpoint or method. (GET /api/tags)" },
  "/api/v0/models": {
    object: "list",
    data: [
      {
        id: "qwen2-vl-7b-instruct",
        object: "model",
        type: "vlm",
        publisher: "mlx-community",
        arch: "qwen2_vl",
        compatibility_type: "mlx",
        quantization: "4bit",
        state: "not-loaded",
        max_context_length: 32_768,
      },
    ],
  },
};

/** llama.cpp: tools/server/README.md, "GET /props" and "GET /v1/models". */
const LLAMA = {
  "/health": { status: "ok" },
  "/props": {
    default_generation_settings: { n_ctx: 1024 },
    total_slots: 1,
    model_path: "../models/Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
    chat_template: "...",
    build_info: "b8681-Debian",
  },
  "/v1/models": { object: "list", data: [{ id: "llama-3.1-8b", object: "model", owned_by: "llamacpp" }] },
};

/** vLLM: vllm/entrypoints/openai (`/version`; ModelCard.owned_by defaults to "vllm"); metrics per docs "Metrics". */
const VLLM = {
  "/version": { version: "0.17.1" },
  "/v1/models": { object: "list", data: [{ id: "Qwen/Qwen3-8B", object: "model", owned_by: "vllm" }] },
};
const VLLM_METRICS =
  '# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{model_name="m"} 0.0\n';

/** NIM: docs.nvidia.com/nim 1.10.1 "GET /v1/metadata" (fields of its response); inference is vLLM's (2.0.1, "API Reference"). */
const NIM = {
  "/v1/metadata": {
    version: "2.0.1",
    assetInfo: ["quay.io/nvidia/asset"],
    licenseInfo: { name: "NVIDIA AI Product Agreement", path: "/opt/nim/LICENSE", sha: "abc", size: 1 },
    modelInfo: [
      { modelUrl: "ngc://nim/meta/llama-3.1-8b-instruct:hf", shortName: "llama-3.1-8b-instruct:hf" },
    ],
    repository_override: "",
    selectedModelProfileId: "profile",
  },
  "/v1/models": {
    object: "list",
    data: [{ id: "meta/llama-3.1-8b-instruct", object: "model", owned_by: "vllm" }],
  },
};

/** TGI: router/src/lib.rs `Info` and `ModelsInfo` at db931fcf42da018a3657580c64bf2720f167f9ab (its own schema examples). */
const TGI = {
  "/info": {
    model_id: "bigscience/bloom-560m",
    model_sha: "e985a63cdc139290c5f700ff1929f0b5942cced2",
    model_pipeline_tag: "text-generation",
    max_concurrent_requests: 128,
    max_best_of: 2,
    max_stop_sequences: 4,
    max_input_tokens: 1024,
    max_total_tokens: 2048,
    validation_workers: 2,
    max_client_batch_size: 32,
    router: "text-generation-router",
    version: "3.3.7",
    sha: null,
    docker_label: null,
  },
  "/v1/models": {
    object: "list",
    data: [{ id: "bigscience/bloom-560m", object: "model", created: 0, owned_by: "bigscience/bloom-560m" }],
  },
};

describe("each runtime, on a port that is not its own", () => {
  test.each([
    ["ollama", speaker(OLLAMA), { version: "0.17.4", models: ["qwen3:8b"], ground: "/" }],
    ["lm-studio", speaker(LM_STUDIO, undefined, 200), { version: null, models: ["qwen2-vl-7b-instruct"] }],
    ["llama.cpp", speaker(LLAMA), { version: "b8681-Debian", models: ["llama-3.1-8b"], ground: "/props" }],
    ["vllm", speaker(VLLM), { version: "0.17.1", models: ["Qwen/Qwen3-8B"], ground: "/v1/models" }],
    [
      "nim",
      speaker(NIM),
      { version: "2.0.1", models: ["meta/llama-3.1-8b-instruct"], ground: "/v1/metadata" },
    ],
    ["tgi", speaker(TGI), { version: "3.3.7", models: ["bigscience/bloom-560m"], ground: "/info" }],
    ["llama.cpp", speaker({}, "llama.cpp", 401), { version: null, models: [] }],
    [
      "vllm",
      speaker({ "/version": VLLM["/version"], "/metrics": VLLM_METRICS }, "uvicorn", 401),
      { models: [] },
    ],
  ])("%s", async (kind, listener, expected) => {
    const port = await listening(createServer(listener));
    const url = `http://127.0.0.1:${port}`;
    expect(await findRuntimes(ask, [port])).toMatchObject([{ kind, url, ...expected }]);
  });

  test("several at once, in the order of the ports", async () => {
    const vllm = await listening(createServer(speaker(VLLM)));
    const ollama = await listening(createServer(speaker(OLLAMA)));
    const kinds = (await findRuntimes(ask, [vllm, ollama])).map(({ kind }) => kind);
    expect(kinds).toEqual(["vllm", "ollama"]);
  });
});

describe("what is not one", () => {
  test.each<[string, RequestListener]>([
    ["a web page on the port", speaker({ "/": "<h1>It works</h1>" })],
    ["a page that speaks of Ollama", speaker({ "/": "<p>Ollama is running late</p>" })],
    ["a server that says 200 to everything", speaker({}, "nginx", 200)],
    // mlx_lm.server: /v1/models without owned_by, /health like llama.cpp's (design/sources/models.md 4.3).
    [
      "mlx_lm",
      speaker({ "/health": { status: "ok" }, "/v1/models": { data: [{ id: "m", object: "model" }] } }),
    ],
    // Text Embeddings Inference: its README, "GET /info".
    [
      "an embeddings server of the same makers",
      speaker({
        "/info": { model_id: "m", max_input_length: 512, max_client_batch_size: 32, version: "1.8" },
      }),
    ],
    ["metadata of something else", speaker({ "/v1/metadata": { version: "1", modelInfo: "none" } })],
    ["a /version alone", speaker({ "/version": { version: "1.0" } })],
    [
      "JSON that is no object",
      speaker({ "/props": [], "/lmstudio-greeting": "true", "/v1/models": { data: 7 } }),
    ],
    ["a body without end", (_, response) => endless(response)],
    ["headers and then silence", (_, response) => void response.writeHead(200).write("Ollama is")],
    ["silence", () => {}],
    [
      "a redirect elsewhere",
      (_, response) => void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
    ],
  ])("%s", async (_, listener) => {
    const port = await listening(createServer(listener));
    expect(await findRuntimes(ask, [port])).toEqual([]);
  });

  test("a listener that is not HTTP, and a port where nobody listens", async () => {
    const port = await listening(createSocketServer((socket) => socket.end("SSH-2.0-OpenSSH_10.0\r\n")));
    const gone = createServer();
    const deserted = await listening(gone);
    gone.close();
    expect(await findRuntimes(ask, [port, deserted])).toEqual([]);
  });
});

function endless(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, "x");
  const pump = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once("drain", pump);
  };
  pump();
}

test("names fit to be shown are shown, others are not", async () => {
  const names = ["good:8b", "bad\u001b[2J", "bidi\u202Egnp", "x".repeat(201), "", 7, "深度:1b"];
  const models = names.map((name) => ({ name }));
  const hostile = { ...OLLAMA, "/api/version": { version: "1\n2" }, "/api/tags": { models } };
  const port = await listening(createServer(speaker(hostile)));
  expect(await findRuntimes(ask, [port])).toMatchObject([{ version: null, models: ["good:8b", "深度:1b"] }]);
});

test("a port is asked once, however many runtimes commonly have it", async () => {
  const port = await listening(createServer(speaker(VLLM)));
  expect(await findRuntimes(ask, [port, port])).toHaveLength(1);
});

test("a list without end is cut", async () => {
  const models = Array.from({ length: 1000 }, (_, at) => ({ name: `model-${at}` }));
  const port = await listening(createServer(speaker({ ...OLLAMA, "/api/tags": { models } })));
  expect((await findRuntimes(ask, [port]))[0]?.models).toHaveLength(256);
});

test("only what the table names is asked, each path once, by GET", async () => {
  const asked: string[] = [];
  const port = await listening(
    createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(404).end();
    }),
  );
  await findRuntimes(ask, [port]);
  const paths = new Set(["/", ...RUNTIMES.flatMap(({ marks }) => marks.map(({ path }) => path))]);
  expect(asked.toSorted()).toEqual([...paths].map((path) => `GET ${path}`).toSorted());
});
