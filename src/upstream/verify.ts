import { stat } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, type Json } from "#base";
import type { Pin, RemotePin } from "./configuration.ts";
import { digestFile, digestTree, signTree, type TreeSignature } from "./tree.ts";

/** Whether a pinned server is still what was reviewed. */
export type Verification = "same" | { readonly changed: string };

export interface PinVerifier {
  /**
   * INVARIANT: `same` means every pinned byte was hashed by this process, and that since then nothing was written,
   * replaced or touched (inode and ctime, which no program can set back, are as they were).
   */
  readonly verify: (folder: string, pin: Pin) => Promise<Verification>;
}

export function createPinVerifier(): PinVerifier {
  const hashed = new Map<string, string>();
  const isKnown = (key: string, signature: string): boolean => hashed.get(key) === signature;
  const verifyTree = async (root: string, tree: string): Promise<Verification> => {
    const before = await signTree(root).catch(() => null);
    if (before === null) return { changed: "its installed files are gone or unreadable" };
    const key = `${root}\0${tree}`;
    if (isKnown(key, before.text)) return "same";
    const digest = await digestTree(root, before);
    const after: TreeSignature = await signTree(root);
    if (digest !== tree || after.text !== before.text)
      return { changed: "its installed files are not those that were reviewed" };
    hashed.set(key, after.text);
    return "same";
  };
  const verifyFile = async (path: string, digest: string): Promise<Verification> => {
    const before = await fileSignature(path);
    if (before === null) return { changed: `${path} is gone` };
    const key = `${path}\0${digest}`;
    if (isKnown(key, before)) return "same";
    const found = await digestFile(path);
    if (found !== digest || (await fileSignature(path)) !== before)
      return { changed: `${path} is not what was reviewed` };
    hashed.set(key, before);
    return "same";
  };
  const verify = async (folder: string, pin: Pin): Promise<Verification> => {
    if (pin.kind === "remote") return "same";
    if (pin.kind === "package") return verifyTree(join(folder, "code"), pin.tree);
    for (const { path, digest } of pin.files) {
      const found = await verifyFile(path, digest);
      if (found !== "same") return found;
    }
    return "same";
  };
  return { verify };
}

async function fileSignature(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found === null
    ? null
    : `${found.size}\0${found.ino}\0${found.dev}\0${found.mtimeNs}\0${found.ctimeNs}`;
}

/** Digest by which ledger and approvals name the server. */
export function identityOf(pin: Pin): ReturnType<typeof digestOf> {
  const plain: Json = JSON.parse(JSON.stringify(pin));
  return digestOf(plain);
}

/** What stands for the pin of an HTTP server that lets nobody in yet. Nothing that answers fits it. */
export function unseenPin(url: string): RemotePin {
  return { kind: "remote", url: new URL(url).href, serverInfo: null };
}
