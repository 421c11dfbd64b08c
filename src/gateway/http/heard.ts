import type { Json } from "#base";
import type { FlowCall } from "#flow";
import { parseStrictJson } from "#wire";
import type { Flows } from "../flows/flows.ts";
import type { SessionFlow } from "../flows/session-flow.ts";
import type { Attempt } from "../outside.ts";
import { callOf } from "../flows/call.ts";
import type { ManifestOf } from "../manifest-rows.ts";
import type { HttpLimits } from "./limits.ts";
import type { Headers } from "./upstream.ts";

/** One answer as its session takes it in, before the agent gets it. */
export interface Heard {
  /**
   * What may be passed on by now. Of an answer that is taken in as a whole, nothing before its end; of one that streams,
   * all of it: from its first byte on the session counts as having read what others wrote.
   */
  readonly push: (bytes: Uint8Array) => Uint8Array | null;
  readonly end: () => Uint8Array | null;
}

export interface HeardOf {
  readonly flows: Flows;
  readonly manifestOf: ManifestOf;
  readonly limits: HttpLimits;
}

export interface Answering {
  readonly attempt: Attempt;
  /** The organisation's own words, as its admin says. */
  readonly isTrusted: boolean;
  readonly status: number;
  readonly headers: Headers;
  /** Whether its bytes can be read as text: not where their encoding stays on. */
  readonly isReadable: boolean;
}

export function heardOf(desk: HeardOf, answering: Answering): Heard {
  const { attempt, isTrusted } = answering;
  const call = callOf(attempt, desk.manifestOf);
  const session = desk.flows.of(attempt.identity);
  const isMapped = attempt.action.verb === "tools/call";
  const own: Own = { ...desk, ...answering, session, call: call === null ? null : labelled(call, isTrusted) };
  const isWhole = (isMapped || isTrusted) && isText(own) && !isStream(own);
  return isWhole ? wholeOf(own) : streamed(own);
}

interface Own extends HeardOf, Answering {
  readonly session: SessionFlow;
  readonly call: FlowCall | null;
}

function labelled(call: FlowCall, isTrusted: boolean): FlowCall {
  if (!isTrusted) return call;
  return { ...call, manifest: { ...call.manifest, output: { integrity: "trusted" } } };
}

/** Taken in as structure where it has one; what is larger than a session reads is passed on, and counts as overflowed. */
function wholeOf(own: Own): Heard {
  const decoder = decoderOf(own.headers);
  const kept: Uint8Array[] = [];
  let text = "";
  let isOver = false;
  return {
    push: (bytes) => {
      if (isOver) return bytes;
      kept.push(bytes);
      text += decoder.decode(bytes, { stream: true });
      if (text.length <= own.limits.heardCharsInAllMax) return null;
      isOver = true;
      own.session.overflow();
      own.flows.behind(own.session);
      return Buffer.concat(kept);
    },
    end: () => {
      if (isOver) return null;
      observe(own, structureOf(text, own.headers));
      return Buffer.concat(kept);
    },
  };
}

function streamed(own: Own): Heard {
  begin(own);
  const decoder = own.isReadable && isText(own) ? decoderOf(own.headers) : null;
  let pending = "";
  let heard = 0;
  const take = (): void => {
    if (pending !== "") observe(own, plainOf(pending, own.headers));
    heard += pending.length;
    pending = "";
  };
  return {
    push: (bytes) => {
      if (decoder === null || heard > own.limits.heardCharsInAllMax) return bytes;
      pending += decoder.decode(bytes, { stream: true });
      // An event is somebody's to act on when it comes.
      if (pending.length >= own.limits.heardCharsMax || isStream(own)) take();
      if (heard > own.limits.heardCharsInAllMax) own.session.overflow();
      return bytes;
    },
    end: () => {
      take();
      return null;
    },
  };
}

/** Its headers are read first, and they are others' words as much as its body: a redirect's address above all. */
function begin(own: Own): void {
  const { session, status, headers, isTrusted } = own;
  if (own.call === null) return;
  const words = [`HTTP ${status}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (isTrusted) return;
  const isNew = session.hear({ from: own.call.manifest.tool, texts: words, isTainting: true });
  if (isNew) own.flows.behind(session);
}

function observe({ session, flows, call, status }: Own, result: Json): void {
  if (call === null) return;
  session.observe({ ...call, result, isError: status >= 400 });
  flows.behind(session);
}

function mediaOf(headers: Headers): string {
  return (headers.find(([name]) => name === "content-type")?.[1] ?? "").toLowerCase();
}

const TEXT =
  /^(?:text\/|application\/(?:json|xml|xhtml|javascript|x-javascript|ld\+json|x-ndjson|x-www-form-urlencoded|graphql|yaml|toml|sql|rtf)|[\w.-]+\/[\w.+-]+\+(?:json|xml))/;

function isText({ headers }: Pick<Own, "headers">): boolean {
  const media = mediaOf(headers);
  return media === "" || TEXT.test(media);
}

function isStream({ headers }: Pick<Own, "headers">): boolean {
  const media = mediaOf(headers);
  return media.startsWith("text/event-stream") || media.startsWith("application/x-ndjson");
}

function decoderOf(headers: Headers): InstanceType<typeof TextDecoder> {
  const charset = /charset="?([\w-]+)/.exec(mediaOf(headers))?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder("latin1");
  }
}

function structureOf(text: string, headers: Headers): Json {
  if (!mediaOf(headers).includes("json")) return plainOf(text, headers);
  try {
    return parseStrictJson(Buffer.from(text, "utf8"));
  } catch {
    return text;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#x27": "'",
  nbsp: " ",
};

/** Addresses in a page are written with entities, and used without. */
function plainOf(text: string, headers: Headers): string {
  if (!mediaOf(headers).includes("html") && !mediaOf(headers).includes("xml")) return text;
  return text.replaceAll(
    /&(amp|lt|gt|quot|#39|#x27|nbsp);/g,
    (whole, name: string) => ENTITIES[name] ?? whole,
  );
}
