// What is relied on of npm's `chat` and its adapters, in the versions that the lock files pin. Shapes: their own
// declarations (chat/dist/types-*.d.ts: Adapter, ChatConfig, Message, ActionEvent, StateAdapter), MIT, github.com/vercel/chat.

export interface SdkAdapter {
  readonly name: string;
  readonly postMessage: (thread: string, message: unknown) => Promise<{ id?: string; threadId?: string }>;
  readonly editMessage: (thread: string, id: string, message: unknown) => Promise<unknown>;
  readonly openDM?: (user: string) => Promise<string>;
  readonly isDM?: (thread: string) => boolean;
  readonly disconnect?: () => Promise<void>;
}

export interface SdkMessage {
  readonly id: string;
  readonly threadId: string;
  readonly text: string;
  readonly author: { readonly userId: string; readonly userName: string; readonly fullName: string };
  readonly metadata: { readonly dateSent: Date };
  readonly raw: unknown;
}

export interface SdkAction {
  readonly actionId: string;
  readonly messageId: string;
  readonly threadId: string;
  readonly user: { readonly userId: string; readonly userName: string; readonly fullName: string };
  readonly raw: unknown;
}

export interface SdkCommand {
  readonly command: string;
  readonly text: string;
  readonly user: { readonly userId: string; readonly userName: string; readonly fullName: string };
  readonly raw: unknown;
}

export interface WebhookOptions {
  readonly waitUntil: (task: Promise<unknown>) => void;
  readonly deduplicate: boolean;
  readonly propagateHandlerErrors: boolean;
}

export interface SdkChat {
  readonly initialize: () => Promise<void>;
  readonly webhooks: Readonly<
    Record<string, (request: Request, options: WebhookOptions) => Promise<Response>>
  >;
  readonly onAction: (handle: (event: SdkAction) => Promise<void>) => void;
  readonly onDirectMessage: (handle: (thread: unknown, message: SdkMessage) => Promise<void>) => void;
  readonly onNewMention: (handle: (thread: unknown, message: SdkMessage) => Promise<void>) => void;
  readonly onNewMessage: (
    pattern: RegExp,
    handle: (thread: unknown, message: SdkMessage) => Promise<void>,
  ) => void;
  readonly onSlashCommand: (handle: (event: SdkCommand) => Promise<void>) => void;
}

/** A member of what third-party code gave us, or undefined. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if ((typeof found !== "object" && typeof found !== "function") || found === null) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = at(value, ...path);
  if (typeof found === "number" && Number.isSafeInteger(found)) return String(found);
  return typeof found === "string" && found !== "" ? found : null;
}

/** Calls a method of what third-party code gave us, on it. Throws what it throws. */
export async function ask(owner: unknown, name: string, ...args: readonly unknown[]): Promise<unknown> {
  const method = at(owner, name);
  if (typeof method !== "function") throw new TypeError(`the adapter has no ${name}`);
  const answer: unknown = await Reflect.apply(method, owner, args);
  return answer;
}

/** Makes an instance of a class that a package exports. */
export function construct(packages: unknown, name: string, ...args: readonly unknown[]): unknown {
  const made = at(packages, name);
  if (typeof made !== "function") throw new TypeError(`the package has no ${name}`);
  const instance: unknown = Reflect.construct(made, args);
  return instance;
}

/** What was made, as an adapter. */
export function adapterOf(made: unknown): SdkAdapter {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package is pinned by its integrity; what of it is relied on stands above
  return made as SdkAdapter;
}

/** For adapters that demand a logger: nothing they say is for anybody. */
export const SILENT: object = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => SILENT,
};

export function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
