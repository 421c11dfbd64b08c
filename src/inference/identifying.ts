import { type Ambient, type Digest, Fault } from "#base";
import type { ModelIdentity } from "#vocabulary";
import type { UpstreamKind } from "./candidate.ts";
import { IDENTITIES_KEPT_MAX, IDENTITY_FRESH_MS } from "./limits.ts";
import type { Weighing } from "./port.ts";
import { loadedIn, taggedIn, type WeightFile, weightsIn } from "./told.ts";

/** Asks the upstream at a path of its own; `body` makes it a POST. Answers parsed JSON. Throws Faults. */
export type AskJson = (path: string, body?: string) => Promise<unknown>;

export interface IdentifyingOptions {
  readonly kind: UpstreamKind;
  readonly url: string;
  readonly ask: AskJson;
  readonly ambient: Pick<Ambient, "monotonic">;
  /** Absent: no file is hashed here. */
  readonly weighing?: Weighing;
}

/** Says what a model at one upstream is. Never rejects: what cannot be found out is `unproven`, with why. */
export interface Identifying {
  readonly of: (model: string) => ModelIdentity | Promise<ModelIdentity>;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** `why` is for people: what would have to be so that more is known. */
export function unproven(why: string, isTelling: boolean): ModelIdentity {
  return { digest: null, manifest: null, proof: "unproven", isTelling, why };
}

export function createIdentifying(options: IdentifyingOptions): Identifying {
  const { kind, url } = options;
  const isHere = LOOPBACK.test(new URL(url).hostname);
  const around = { ...options, isHere, fresh: createFresh(options) };
  if (kind === "ollama") {
    const shown = new Map<string, WeightFile>();
    return { of: (model) => guarded(() => ofOllama({ ...around, shown }, model)) };
  }
  if (kind === "llama.cpp") return { of: () => guarded(() => ofLlamaCpp(around)) };
  const named = unproven("runtimes of this kind tell a name and no digest", false);
  return { of: () => named };
}

interface Around extends IdentifyingOptions {
  readonly isHere: boolean;
  readonly fresh: AskJson;
}

async function guarded(find: () => Promise<ModelIdentity>): Promise<ModelIdentity> {
  try {
    return await find();
  } catch (cause) {
    return unproven(cause instanceof Fault ? cause.message : "its runtime did not answer", true);
  }
}

/**
 * Everybody who asks within a moment gets one answer: what was swapped is noticed that much later at most, and a runtime is
 * asked a few times a second, however many requests there are. A failure is not kept.
 */
function createFresh({ ask, ambient }: IdentifyingOptions): AskJson {
  const kept = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  return (path) => {
    const known = kept.get(path);
    const now = ambient.monotonic();
    if (known !== undefined && now - known.at < IDENTITY_FRESH_MS) return known.answer;
    const answer = ask(path);
    kept.set(path, { at: now, answer });
    answer.catch(() => {
      if (kept.get(path)?.answer === answer) kept.delete(path);
    });
    return answer;
  };
}

interface AtOllama extends Around {
  /** By name and manifest: what a manifest names does not change. */
  readonly shown: Map<string, WeightFile>;
}

async function ofOllama(at: AtOllama, model: string): Promise<ModelIdentity> {
  const tagged = taggedIn(await at.fresh("/api/tags"), model);
  if (tagged === null) return unproven("its runtime lists no such model, or several", true);
  const { manifest } = tagged;
  if (manifest === null) return unproven("its runtime passes it on to another place", true);
  const file = await shownAt(at, model, manifest);
  if (file === null) return { ...unproven("its runtime names no file of its weights", true), manifest };
  return weighed(at, { ...file, manifest });
}

/** INVARIANT: kept only where the name meant the same manifest before and after. */
async function shownAt(at: AtOllama, model: string, manifest: Digest): Promise<WeightFile | null> {
  const key = `${model}\0${manifest}`;
  const known = at.shown.get(key);
  if (known !== undefined) return known;
  const file = weightsIn(await at.ask("/api/show", JSON.stringify({ model })));
  const after = taggedIn(await at.ask("/api/tags"), model);
  if (after?.manifest !== manifest) return null;
  if (file === null) return null;
  if (at.shown.size >= IDENTITIES_KEPT_MAX) at.shown.clear();
  at.shown.set(key, file);
  return file;
}

interface Named {
  readonly path: string;
  /** As its name says; null: it says nothing. */
  readonly digest: Digest | null;
  readonly manifest: Digest | null;
}

/** A file of this machine is hashed here; of another, its name or nothing is the runtime's word. */
async function weighed(at: Around, { path, digest, manifest }: Named): Promise<ModelIdentity> {
  const own = at.isHere ? await at.weighing?.weigh({ url: at.url, path }) : null;
  if (own === "pending")
    // Its name says what was put there once: by that, what is revoked would serve until its hash is known.
    return {
      ...unproven("its file changed or is new here, and is being hashed", true),
      manifest,
      isPending: true,
    };
  if (own != null) {
    const { digest: real, isMapped } = own;
    const why = isMapped ? null : "no process of its runtime was seen to map the file";
    return { digest: real, manifest, proof: isMapped ? "proven" : "reported", isTelling: true, why };
  }
  if (digest === null)
    return {
      ...unproven("its file is not hashed here: it is on another machine, or cannot be read", true),
      manifest,
    };
  const why = "it is the runtime's word: the file is on another machine, or cannot be read";
  return { digest, manifest, proof: "reported", isTelling: true, why };
}

async function ofLlamaCpp(at: Around): Promise<ModelIdentity> {
  const [props, lora] = await Promise.all([at.fresh("/props"), at.fresh("/lora-adapters").catch(() => null)]);
  const loaded = loadedIn(props, lora);
  if (loaded === null) return unproven("its runtime names no file", true);
  return weighed(at, { ...loaded, digest: null });
}
