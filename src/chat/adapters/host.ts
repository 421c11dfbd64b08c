import type { Inbound, MessageRef, Place, WebhookAnswer } from "../port.ts";
import { type Driver, type Heard, type HostGiven, setting, type Whisper } from "./driver.ts";
import { failureOf, isMisread, noting } from "./failing.ts";
import type { Call, FromAdapter, Result, SentRequest, Start, ToAdapter } from "./lines.ts";
import { ask, at, construct, type SdkAction, type SdkAdapter, type SdkChat, type SdkMessage } from "./sdk.ts";
import { memoryState } from "./state.ts";

/** Longest that a call waits for the adapter to have begun. */
const BEGIN_MS_MAX = 5_000;
/** Longest that a webhook's answer waits for what came in to be taken: platforms count three seconds and more. */
const TAKE_MS_MAX = 2_500;
const TAKES_MAX = 256;
const EXIT_AFTER_MS = 200;

export interface Packages {
  readonly chat: unknown;
  readonly adapter: unknown;
  /** Another package of the same lock file. */
  readonly load: (name: string) => unknown;
}

/** The adapter of one channel at work: calls in, results and events out. */
export class Host {
  readonly #driver: Driver;
  readonly #given: HostGiven;
  readonly #adapter: SdkAdapter;
  readonly #chat: SdkChat;
  readonly #tell: (message: FromAdapter) => void;
  readonly #begun: Promise<void>;
  readonly #takes = new Map<
    number,
    { resolve: (say: string | null) => void; reject: (cause: Error) => void }
  >();
  #takeCount = 0;

  constructor(driver: Driver, start: Start, packages: Packages, tell: (message: FromAdapter) => void) {
    this.#driver = driver;
    this.#given = start;
    this.#tell = tell;
    this.#adapter = driver.open(packages.adapter, start, packages.load);
    this.#chat = this.#open(packages.chat);
    this.#begun = this.#begin(start.listens);
  }

  hear(message: ToAdapter): void {
    if (message.kind === "call") void this.#answer(message.id, message.call);
    if (message.kind !== "taken") return;
    const waiting = this.#takes.get(message.id);
    this.#takes.delete(message.id);
    if (message.isTaken) waiting?.resolve(message.say);
    else waiting?.reject(new Error("Doorward could not take it"));
  }

  async close(): Promise<void> {
    await this.#adapter.disconnect?.();
  }

  #open(packages: unknown): SdkChat {
    const made = construct(packages, "Chat", {
      userName: setting(this.#given, "userName") ?? "doorward",
      adapters: { [this.#adapter.name]: this.#adapter },
      state: memoryState(),
      logger: "silent",
      concurrency: "concurrent",
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package is pinned by its integrity; what of it is relied on stands in sdk.ts
    const chat = made as SdkChat;
    const words = (_: unknown, message: SdkMessage): Promise<void> => this.#words(message);
    chat.onAction((event) => this.#tap(event));
    chat.onDirectMessage(words);
    chat.onNewMention(words);
    chat.onNewMessage(/[^]*/, words);
    chat.onSlashCommand(async (event) => {
      const raw = at(event.raw, "message") ?? event.raw;
      const parsed = await ask(this.#adapter, "parseMessage", raw);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the pinned adapter's own form of a message, as in sdk.ts
      await this.#words(parsed as SdkMessage);
    });
    return chat;
  }

  async #begin(listens: boolean): Promise<void> {
    const tell = (state: "up" | "down", why: string | null): void =>
      this.#tell({ kind: "state", state, why });
    try {
      await this.#chat.initialize();
      if (!listens) return;
      this.#driver.attend?.(this.#adapter, tell);
      if (this.#driver.connect === undefined) tell("up", null);
      else void this.#driver.connect(this.#adapter, this.#given, tell).then(() => process.exit(1));
    } catch (cause) {
      // Who asked is told, and the next one finds a process that begins anew.
      setTimeout(() => process.exit(1), EXIT_AFTER_MS).unref();
      if (!listens) throw cause;
      tell("down", failureOf(cause).why);
    }
  }

  async #answer(id: number, call: Call): Promise<void> {
    try {
      const result = await noting(() =>
        this.#run(call).catch((cause: unknown) => Promise.reject(this.#failed(cause))),
      );
      this.#tell({ kind: "result", id, result });
    } catch (cause) {
      const failure = cause instanceof Failed ? cause.failure : failureOf(cause);
      this.#tell({ kind: "failure", id, failure });
    }
  }

  #failed(cause: unknown): Failed {
    return new Failed(this.#driver.failure?.(cause) ?? failureOf(cause));
  }

  async #run(call: Call): Promise<Result> {
    const late = new Promise((resolve) => setTimeout(resolve, BEGIN_MS_MAX).unref());
    await Promise.race([this.#given.listens ? undefined : this.#begun, late]);
    switch (call.method) {
      case "probe":
        return { account: await this.#driver.probe(this.#adapter, this.#given) };
      case "post":
        return { message: await this.#post(call.to, this.#driver.render(call.card), call.key) };
      case "edit":
        await this.#edit(call.message, this.#driver.render(call.card));
        return { done: true };
      case "say":
        await this.#say(call.to, call.text, call.replyTo);
        return { done: true };
      case "receive":
        return { answer: await this.#receive(call.request) };
      default:
        return call satisfies never;
    }
  }

  async #post(to: Place, message: unknown, key: string): Promise<MessageRef> {
    const thread = await this.#threadOf(to);
    const sent = await this.#send(thread, message, key);
    return { place: to, id: this.#refOf(sent.thread, sent.id) };
  }

  async #send(
    thread: string,
    message: unknown,
    key: string | null = null,
  ): Promise<{ thread: string; id: string }> {
    const { post } = this.#driver;
    const sent =
      post === undefined
        ? await this.#adapter.postMessage(thread, message)
        : { id: await post(this.#adapter, thread, message, key), threadId: thread };
    if (typeof sent.id !== "string" || sent.id === "") throw new Error("the platform named no message");
    return { thread: sent.threadId ?? thread, id: sent.id };
  }

  async #edit(message: MessageRef, shown: unknown): Promise<void> {
    const [thread, id] = this.#namedBy(message);
    if (this.#driver.edit === undefined) await this.#adapter.editMessage(thread, id, shown);
    else await this.#driver.edit(this.#adapter, thread, id, shown);
  }

  async #say(to: Place, text: string, replyTo: MessageRef | null): Promise<void> {
    const [thread, id] = replyTo === null ? [await this.#threadOf(to), ""] : this.#namedBy(replyTo);
    const answers = id === "" ? thread : (this.#driver.thread?.(thread, id) ?? thread);
    await this.#send(answers, this.#driver.plain(text));
  }

  /** INVARIANT: answered 2xx only once what came in was taken; else the platform is told to send it again. */
  async #receive(request: SentRequest): Promise<WebhookAnswer> {
    const refused = this.#driver.screen?.(request, Date.now()) ?? null;
    if (refused !== null) return { status: refused, headers: {}, body: "refused" };
    const tasks: Promise<unknown>[] = [];
    const handle = this.#chat.webhooks[this.#adapter.name];
    if (handle === undefined) return { status: 404, headers: {}, body: "no webhook" };
    const answer = await handle(asRequest(request), {
      waitUntil: (task) => void tasks.push(task),
      deduplicate: false,
      propagateHandlerErrors: true,
    }).catch((cause: unknown) => new Response("", { status: refusalOf(cause) }));
    const body = await answer.text();
    const late = new Promise((resolve) => setTimeout(resolve, TAKE_MS_MAX).unref());
    const isTaken = await Promise.race([Promise.all(tasks).then(() => true), late.then(() => false)]).catch(
      () => false,
    );
    if (!isTaken) return { status: 503, headers: {}, body: "come again" };
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body };
  }

  async #threadOf(place: Place): Promise<string> {
    if (place.kind === "room") return this.#driver.room(place.id, this.#given);
    const thread = await this.#adapter.openDM?.(place.id);
    if (thread === undefined) throw new Error("nobody can be written to alone here");
    return thread;
  }

  /** A message's name: its conversation and its id, in one string. */
  #refOf(thread: string, id: string): string {
    return `${this.#driver.conversation?.(thread) ?? thread} ${id}`;
  }

  #namedBy({ id }: MessageRef): [thread: string, id: string] {
    const gap = id.indexOf(" ");
    if (gap < 0) throw new Error("no message of this channel is named so");
    return [id.slice(0, gap), id.slice(gap + 1)];
  }

  async #tap(event: SdkAction): Promise<void> {
    const heard = this.#driver.tap(event);
    const where = { place: this.#placeOf(event.threadId, heard), thread: event.threadId, raw: event.raw };
    const { event: name, user, at: when } = heard;
    const message = this.#messageOf(where, heard.messageId === undefined ? event.messageId : heard.messageId);
    await this.#take({ kind: "tap", event: name, user, token: event.actionId, message, at: when }, where);
  }

  async #words(said: SdkMessage): Promise<void> {
    const heard = this.#driver.words(said);
    const where = { place: this.#placeOf(said.threadId, heard), thread: said.threadId, raw: said.raw };
    const { event, user, at: when } = heard;
    const message = this.#messageOf(where, heard.messageId === undefined ? said.id : heard.messageId);
    const text = heard.text ?? said.text;
    await this.#take({ kind: "words", event, user, text, place: where.place, message, at: when }, where);
  }

  #messageOf({ place, thread }: Where, id: string | null): MessageRef | null {
    return id === null || id === "" ? null : { place, id: this.#refOf(thread, id) };
  }

  #placeOf(thread: string, heard: Heard): Place {
    if (heard.place !== undefined) return heard.place;
    const isAlone = this.#adapter.isDM?.(thread) === true;
    return isAlone
      ? { kind: "person", id: heard.user.id }
      : { kind: "room", id: this.#driver.roomOf(thread) };
  }

  async #take(inbound: Inbound, { thread, raw }: Where): Promise<void> {
    if (this.#takes.size >= TAKES_MAX) throw new Error("too much comes in at once");
    const { staleAfterMs } = this.#driver;
    const isStale = staleAfterMs !== undefined && Math.abs(Date.now() - inbound.at) > staleAfterMs;
    if (isStale && !this.#given.listens) return;
    this.#takeCount += 1;
    const id = this.#takeCount;
    const { promise, resolve, reject } = Promise.withResolvers<string | null>();
    this.#takes.set(id, { resolve, reject });
    this.#tell({ kind: "inbound", id, inbound });
    const say = await promise;
    if (say !== null) void this.#reply({ thread, user: inbound.user.id, raw }, say).catch(() => {});
  }

  async #reply(to: Whisper, text: string): Promise<void> {
    const message = this.#driver.plain(text);
    const isAlone = this.#adapter.isDM?.(to.thread) === true;
    if (this.#driver.whisper === undefined || isAlone) await this.#send(to.thread, message);
    else await this.#driver.whisper(this.#adapter, to, message);
  }
}

/** Where something was done. */
interface Where {
  readonly place: Place;
  readonly thread: string;
  readonly raw: unknown;
}

/** What is nonsense is so the next time; what could not be looked up may come again. */
function refusalOf(cause: unknown): number {
  return !isMisread(cause) && failureOf(cause).kind === "unreachable" ? 503 : 400;
}

class Failed extends Error {
  readonly failure: ReturnType<typeof failureOf>;

  constructor(failure: ReturnType<typeof failureOf>) {
    super(failure.why);
    this.failure = failure;
  }
}

/** As the SDK takes it; its host means nothing, and how the body travelled is done with. */
function asRequest({ method, url, headers, body }: SentRequest): Request {
  const kept = Object.entries(headers).filter(([name]) => !HOP.has(name.toLowerCase()));
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(new URL(url, "https://doorward.invalid"), {
    method,
    headers: kept,
    ...(hasBody ? { body: Buffer.from(body, "base64") } : {}),
  });
}

/** `x-slack-socket-token` and `x-discord-gateway-token` are doors of the SDK for events forwarded by its own listeners. */
const HOP: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "transfer-encoding",
  "host",
  "x-slack-socket-token",
  "x-discord-gateway-token",
  // Nobody signs it, and Linear's client would believe it before the time in the body, which is signed.
  "linear-timestamp",
]);
