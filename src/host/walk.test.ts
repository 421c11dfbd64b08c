import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { discover, planOf, type WalkPlace } from "#discovery";
import { observe } from "./observe.ts";
import { walk } from "./walk.ts";

const GGUF = Buffer.from("GGUF\x03\0\0\0and more");
const SAFETENSORS = Buffer.from(
  '\x2e\0\0\0\0\0\0\0{"w":{"dtype":"U8","data_offsets":[0,0]},"a":0}',
  "latin1",
);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "discovery-"));
});
afterEach(() => {
  execFileSync("chmod", ["-R", "u+rwx", folder]);
  rmSync(folder, { recursive: true, force: true });
});

function put(path: string, content: Buffer | string = GGUF): string {
  const whole = join(folder, path);
  mkdirSync(join(whole, ".."), { recursive: true });
  writeFileSync(whole, content);
  return whole;
}

const given = (path = folder): WalkPlace => ({ path, store: null, layout: "any" });
async function walked(place = given(), entriesMax = 1_000_000) {
  const count = { entries: 0, looked: 0, skipped: 0 };
  const found = await walk(place, { count, progress: () => {}, entriesMax });
  return { ...found, count, names: found.files.map(({ path }) => path.slice(folder.length + 1)).toSorted() };
}

describe("a walk", () => {
  test("reads the beginnings of what is named as a model, or large, and of nothing else", async () => {
    put("a/x.gguf");
    put("letter.txt", "Dear Ada");
    truncateSync(put("a/b/large"), 5_000_000);
    const { names, files, count } = await walked();
    expect(names).toEqual(["a/b/large", "a/x.gguf"]);
    expect(new Set(files.map(({ head }) => head?.length))).toEqual(new Set([4096, GGUF.length]));
    expect(count).toEqual({ entries: 5, looked: 2, skipped: 0 });
  });

  test("of one file is that file", async () => {
    const path = put("one.gguf");
    expect((await walked(given(path))).files.map((file) => file.path)).toEqual([path]);
  });

  test("of nothing says so for a path that somebody gave, and not for a store", async () => {
    const nowhere = join(folder, "nowhere");
    expect((await walked(given(nowhere))).troubles).toEqual([{ path: nowhere, why: "it is not there" }]);
    expect((await walked({ path: nowhere, store: "jan", layout: "any" })).troubles).toEqual([]);
  });

  test("goes round no circle, and follows links to files within the place alone", async () => {
    put("a/x.gguf");
    symlinkSync("..", join(folder, "a", "up"));
    symlinkSync("loop.gguf", join(folder, "loop.gguf"));
    symlinkSync("a/x.gguf", join(folder, "inside.gguf"));
    symlinkSync("/etc/hostname", join(folder, "outside.gguf"));
    symlinkSync("/etc/hostname", join(folder, "outside.txt"));
    const { files, names } = await walked();
    expect(names).toEqual(["a/x.gguf", "inside.gguf", "loop.gguf", "outside.gguf"]);
    const heads = files.filter(({ head }) => head !== null).map(({ identity }) => identity);
    expect(heads).toHaveLength(2);
    expect(new Set(heads).size).toBe(1);
    expect(files.find(({ path }) => path.endsWith("outside.gguf"))?.unread).toBe(
      `the link leads out of ${folder}`,
    );
  });

  test("never waits for a pipe, whatever it is called", async () => {
    execFileSync("mkfifo", [join(folder, "pipe.gguf")]);
    symlinkSync("pipe.gguf", join(folder, "link.gguf"));
    const { names, count } = await walked();
    expect([names, count.skipped]).toEqual([[], 1]);
  });

  // Root may read everything.
  test.skipIf(process.getuid?.() === 0)("says what may not be read", async () => {
    chmodSync(put("shut/x.gguf"), 0o000);
    put("closed/x.gguf");
    chmodSync(join(folder, "closed"), 0o000);
    const { files, troubles } = await walked();
    expect(files.map(({ unread }) => unread)).toEqual(["it may not be read"]);
    expect(troubles.map(({ why }) => why)).toEqual(["it may not be read"]);
  });

  test("keeps names of any bytes, and opens the files behind them", async () => {
    const names = [
      Buffer.from("a\nb.gguf"),
      Buffer.from("\u001b[31mred.gguf"),
      Buffer.from("\xff\xfe.gguf", "latin1"),
    ];
    for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), GGUF);
    const found = await walked();
    expect(found.names).toEqual(["\u001b[31mred.gguf", "\\xff\\xfe.gguf", "a\nb.gguf"].toSorted());
    expect(found.files.every(({ head }) => head?.length === GGUF.length)).toBe(true);
  });

  test("ends after as many entries as were allowed, and says that there is more", async () => {
    for (let n = 0; n < 5000; n += 1) writeFileSync(join(folder, `${n}`), "");
    const { count, troubles } = await walked(given(), 3000);
    expect(count.entries).toBe(3000);
    expect(troubles.at(-1)?.why).toContain("3000 entries");
  });

  test("of a folder that is deeper than it goes says so", async () => {
    put(`${"d/".repeat(80)}x.gguf`);
    const { files, troubles } = await walked();
    expect([files.length, troubles.length]).toEqual([0, 1]);
  });
});

test("every store's layout in a home is found where its runtime keeps it", async () => {
  const digest = "c".repeat(64);
  const hub = ".cache/huggingface/hub/models--org--tiny";
  put(`${hub}/blobs/${digest}`, SAFETENSORS);
  mkdirSync(join(folder, hub, "snapshots/c0"), { recursive: true });
  symlinkSync(`../../blobs/${digest}`, join(folder, hub, "snapshots/c0/model.safetensors"));
  put(".cache/huggingface/hub/datasets--org--chats/blobs/x.gguf");
  const layer = {
    mediaType: "application/vnd.ollama.image.model",
    digest: `sha256:${digest}`,
    size: 1_048_576,
  };
  put(".ollama/models/manifests/registry.ollama.ai/library/tiny/latest", JSON.stringify({ layers: [layer] }));
  truncateSync(put(`.ollama/models/blobs/sha256-${digest}`), 1_048_576);
  put(".ollama/history", "what I asked it");
  put(".lmstudio/models/org/repo/a.gguf");
  put(".cache/llama.cpp/org_repo_b.gguf");
  put(".local/share/Jan/data/llamacpp/models/org/repo/model.gguf");
  put(".local/share/Jan/data/threads/t/messages.gguf");
  put(".local/share/nomic.ai/GPT4All/d.gguf");
  truncateSync(put(".local/share/nomic.ai/GPT4All/gpt4all-1.chat"), 2_000_000);
  put(".cache/torch/hub/checkpoints/e.pt", Buffer.from("\x80\x02}q\0.", "latin1"));
  put("ComfyUI/models/checkpoints/f.safetensors", SAFETENSORS);
  put(".docker/models/blobs/sha256/x.gguf");
  put("elsewhere/g.gguf");
  const plan = planOf({
    platform: "linux",
    home: folder,
    environment: { LOCALAI_MODELS_PATH: `${folder}/local` },
  });
  put("local/h.gguf");
  const { observed, troubles } = await observe(plan);
  const found = discover(observed).filter(({ where }) => where.startsWith(folder));
  expect(
    found.map(({ what, name, facts }) => `${String(facts["store"])}: ${what} ${name}`).toSorted(),
  ).toEqual([
    "comfyui: safetensors f.safetensors",
    "docker-model-runner: gguf x.gguf",
    "gpt4all: gguf d.gguf",
    "huggingface: safetensors org/tiny",
    "jan: gguf model.gguf",
    "llama.cpp: gguf org_repo_b.gguf",
    "lm-studio: gguf a.gguf",
    "localai: gguf h.gguf",
    "ollama: gguf tiny:latest",
    "torch-hub: pickle e.pt",
  ]);
  expect(observed.files.filter(({ path }) => /history|chat|threads|datasets|elsewhere/.test(path))).toEqual(
    [],
  );
  expect(troubles).toEqual([]);
});
