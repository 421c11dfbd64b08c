import { type Protocol, PROTOCOL_PATHS, PROTOCOLS } from "#llm";

/** What a request under the llm door is about. */
export type Errand =
  | { readonly kind: "call"; readonly protocol: Protocol }
  | { readonly kind: "models"; readonly id: string | null }
  | { readonly kind: "tags" }
  | { readonly kind: "version" }
  | { readonly kind: "response"; readonly id: string }
  /** A path of a runtime or provider that is never passed on (T9). */
  | { readonly kind: "closed" };

export interface LlmPath {
  readonly errand: Errand;
  readonly secret: string | null;
  /** Whose words an error is put into. */
  readonly family: "openai" | "anthropic" | "ollama";
}

const PREFIX = /^\/door(?:\/k\/(?<secret>[A-Za-z0-9_-]{16,128}))?\/llm(?=\/)/;
const MODEL = /^\/v1\/models\/(?<id>[^?#]{1,300})$/;
const RESPONSE = /^\/v1\/responses\/(?<id>[A-Za-z0-9_-]{1,128})$/;
/** Queries that official clients send and that change nothing here: Anthropic's beta flag, and pages of a list. */
const QUERIES: Readonly<Record<string, RegExp>> = {
  "/v1/messages": /^beta=true$/,
  "/v1/models": /^(?:(?:limit=\d{1,4}|before_id=[\w.:-]{1,200}|after_id=[\w.:-]{1,200})(?:&|$)){1,3}$/,
};
const BY_PATH: ReadonlyMap<string, Protocol> = new Map(
  PROTOCOLS.map((protocol) => [PROTOCOL_PATHS[protocol], protocol]),
);

/**
 * Reads a path of the llm door, at the root (`/v1/…`, and Ollama's `/api/…`, where no operation lives) or under
 * `/door/[k/<secret>/]llm`; null for any other. A query that is not known makes the path one that is closed.
 */
export function llmPathOf(url: string | undefined): LlmPath | null {
  const prefix = PREFIX.exec(url ?? "");
  const { path, query } = splitQuery((url ?? "").slice(prefix?.[0].length ?? 0));
  const family = familyOf(path);
  if (family === null) return null;
  const isPlain = query === null || QUERIES[path]?.test(query) === true;
  const errand: Errand = isPlain ? errandOf(path) : { kind: "closed" };
  return { errand, secret: prefix?.groups?.["secret"] ?? null, family };
}

function splitQuery(target: string): { readonly path: string; readonly query: string | null } {
  const mark = target.indexOf("?");
  return mark < 0
    ? { path: target, query: null }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** `/api/v1/…` is where operations live. */
function familyOf(path: string): LlmPath["family"] | null {
  if (path.startsWith("/v1/messages")) return "anthropic";
  if (path.startsWith("/v1/")) return "openai";
  return path.startsWith("/api/") && !/^\/api\/v\d+(?:\/|$)/.test(path) ? "ollama" : null;
}

function errandOf(path: string): Errand {
  const protocol = BY_PATH.get(path);
  if (protocol !== undefined) return { kind: "call", protocol };
  if (path === "/v1/models") return { kind: "models", id: null };
  if (path === "/api/tags") return { kind: "tags" };
  if (path === "/api/version") return { kind: "version" };
  const response = RESPONSE.exec(path)?.groups?.["id"];
  if (response !== undefined) return { kind: "response", id: response };
  const model = decoded(MODEL.exec(path)?.groups?.["id"]);
  return model === null ? { kind: "closed" } : { kind: "models", id: model };
}

function decoded(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
