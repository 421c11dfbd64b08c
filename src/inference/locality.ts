import type { UpstreamKind } from "./candidate.ts";
import type { SaidModel } from "./listing.ts";

// Ollama passes some models on to ollama.com, or to another Ollama. Source: ollama/ollama
// fb30760996871fa9460115c753afd2c60d4ab0f7, internal/modelref/modelref.go (`parseSourceSuffix`: `:cloud`, `:TAG-cloud`,
// `:local`), api/types.go (`ListModelResponse`: `remote_model`, `remote_host`), types/model/name.go (names are equal in any
// case, with the default registry, namespace and tag filled in).

const CLOUD = /:\s*(?:cloud|[^/:]*-cloud)\s*$/i;
const LOCAL = /:\s*local\s*$/i;
const DEFAULT_PLACE = /^(?:registry\.ollama\.ai\/)?(?:library\/)?/;

export interface Place {
  readonly kind: UpstreamKind;
  /** Its address is one of the house. */
  readonly isPrivate: boolean;
  /** What it said it has; null: it has not said. */
  readonly models: readonly SaidModel[] | null;
}

/**
 * Whether what is sent to this model stays in the house. A cloud name counts at every kind, for an Ollama may have been
 * added as something else. An Ollama's model that it did not list is not known to run there: any name can be given to one
 * that does not.
 */
export function runsHere(model: string, { kind, isPrivate, models }: Place): boolean {
  if (!isPrivate || CLOUD.test(model)) return false;
  if (kind !== "ollama") return true;
  const said = models?.find(({ name }) => wholeName(name) === wholeName(model));
  return said?.isRemote === false;
}

/**
 * By which a model of an upstream is known: an Ollama takes names that are equal to it for one, and a llama.cpp serves its one
 * model under any.
 */
export function modelKey(kind: UpstreamKind, model: string): string {
  if (kind === "llama.cpp") return "*";
  return kind === "ollama" ? wholeName(model) : model;
}

/** A name as Ollama compares it. */
export function wholeName(name: string): string {
  const bare = name.trim().toLowerCase().replace(LOCAL, "").replace(DEFAULT_PLACE, "");
  return bare.lastIndexOf(":") > bare.lastIndexOf("/") ? bare : `${bare}:latest`;
}
