import { describe, expect, test } from "vitest";
import { modelsIn } from "./models.ts";
import type { FileSeen, ManifestSeen } from "./observed.ts";

const GGUF = Uint8Array.from([0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0]);
const DIGEST = "a".repeat(64);

let inode = 0;
const seen = (path: string, more: Partial<FileSeen> = {}): FileSeen => {
  inode += 1;
  return {
    path,
    root: "/m",
    store: null,
    size: 8,
    allocated: 4096,
    identity: `1:${inode}`,
    head: GGUF,
    unread: null,
    target: null,
    ...more,
  };
};
const manifest = (path: string, content: unknown): ManifestSeen => ({
  path,
  root: "/o",
  store: "ollama",
  text: typeof content === "string" ? content : JSON.stringify(content),
});
const blob = (more: Partial<FileSeen> = {}): FileSeen =>
  seen(`/o/blobs/sha256-${DIGEST}`, { root: "/o", store: "ollama", ...more });
const layers = (size = 8) => ({
  layers: [
    { mediaType: "application/vnd.ollama.image.model", digest: `sha256:${DIGEST}`, size },
    { mediaType: "application/vnd.ollama.image.template", digest: `sha256:${"b".repeat(64)}`, size: 2 },
  ],
});
const names = (files: FileSeen[], manifests: ManifestSeen[] = []): string[] =>
  modelsIn({ files, manifests }).map(({ what, name, confidence }) => `${what} ${name} ${confidence}`);

describe("files", () => {
  test("are what their bytes say, and a wrong name is said", () => {
    const [found] = modelsIn({ files: [seen("/m/holiday.jpg")], manifests: [] });
    expect(found?.what).toBe("gguf");
    expect(found?.warnings).toEqual(["its name does not say that it is gguf"]);
  });

  test("that only claim by their name are none", () => {
    expect(names([seen("/m/x.gguf", { head: Uint8Array.from([1, 2, 3]) })])).toEqual([]);
  });

  test.each([
    ["may not be read", { head: null, unread: "it may not be read" }],
    ["are empty", { head: new Uint8Array(), size: 0 }],
  ])("that %s are possible", (_what, more) => {
    expect(names([seen("/m/x.gguf", more)])).toEqual(["unknown x.gguf possible"]);
    expect(names([seen("/m/photo.bin", more)])).toEqual([]);
  });

  test("that are shards are one model, and one file with two names is counted once", () => {
    const shards = [1, 2, 3].map((n) => seen(`/m/big-0000${n}-of-00003.gguf`, { size: 100 }));
    const [found, ...more] = modelsIn({ files: shards, manifests: [] });
    expect([found?.name, found?.facts["bytes"], found?.facts["files"], more.length]).toEqual([
      "big.gguf",
      300,
      3,
      0,
    ]);
  });

  test("that are sparse are called so", () => {
    const [found] = modelsIn({ files: [seen("/m/x.gguf", { size: 2 ** 39 })], manifests: [] });
    expect(found?.warnings).toEqual(["4096 of its 549755813888 bytes are on the disk"]);
  });

  test("of the hub are one model each repository", () => {
    const hub = { root: "/h", store: "huggingface" };
    const path = "/h/models--org--tiny";
    const files = [
      seen(`${path}/snapshots/c0/model.gguf`, { ...hub, identity: "9:9", target: `${path}/blobs/${DIGEST}` }),
      seen(`${path}/blobs/${DIGEST}`, { ...hub, identity: "9:9" }),
    ];
    const [found, ...more] = modelsIn({ files, manifests: [] });
    expect([found?.name, found?.facts["files"], more.length]).toEqual(["org/tiny", 1, 0]);
    expect(found?.facts["declaredDigest"]).toBe(`sha256:${DIGEST}`);
    expect(found?.warnings).toEqual([]);
  });

  test("that are links out of the place are said, and never more than possible", () => {
    const link = { head: null, target: "/etc/x", unread: "the link leads out of /m" };
    const [found] = modelsIn({ files: [seen("/m/x.gguf", link)], manifests: [] });
    expect(found).toBeUndefined();
    const [named] = modelsIn({ files: [seen("/m/x.gguf", { ...link, target: "/d/x.gguf" })], manifests: [] });
    expect([named?.confidence, named?.warnings]).toEqual([
      "possible",
      ["is a link to /d/x.gguf: the link leads out of /m"],
    ]);
  });
});

describe("Ollama's manifests", () => {
  test.each([
    ["/o/manifests/registry.ollama.ai/library/llama3/8b", "llama3:8b"],
    ["/o/manifests/registry.ollama.ai/ada/tiny/latest", "ada/tiny:latest"],
    ["/o/manifests/hf.co/org/repo/Q4_K_M", "hf.co/org/repo:Q4_K_M"],
  ])("%s is %s", (path, name) => {
    expect(names([blob()], [manifest(path, layers())])).toEqual([`gguf ${name} certain`]);
  });

  const path = "/o/manifests/registry.ollama.ai/library/llama3/8b";

  test("whose weights are not there, or of another size, say so", () => {
    const [gone] = modelsIn({ files: [], manifests: [manifest(path, layers())] });
    expect([gone?.confidence, gone?.warnings.length]).toEqual(["likely", 1]);
    const [other] = modelsIn({ files: [blob()], manifests: [manifest(path, layers(9))] });
    expect(other?.warnings).toEqual(["its weights are not of the size that its manifest says"]);
  });

  test.each([
    ["no JSON", "{"],
    ["a list", []],
    ["layers that are none", { layers: "x" }],
    [
      "digests that lead elsewhere",
      { layers: [{ mediaType: "m", digest: "sha256:../../etc/passwd", size: 1 }] },
    ],
    ["nothing in its layers", { layers: [null, 3, {}] }],
  ])("with %s are no model, and the blob stays one", (_what, content) => {
    expect(names([blob()], [manifest(path, content)])).toEqual([`gguf sha256-${DIGEST} certain`]);
  });

  test("of another store's folder do not take the blob", () => {
    const elsewhere = { ...manifest(path, layers()), root: "/p" };
    expect(names([blob()], [elsewhere])).toContain(`gguf sha256-${DIGEST} certain`);
  });
});
