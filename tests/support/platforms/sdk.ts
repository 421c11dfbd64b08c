// What the channels on adapters of the Chat SDK have in common in tests: one process and one local server per platform, for
// all cases; the adapters are installed once, into a folder that their lock files name.
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { Fault } from "#base";
import { type Channel, type Platform, PLATFORMS, type WebhookRequest } from "#chat";
import { channelConformance } from "../../conformance/channel.ts";
import type { Circumstances, Deed, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";
import { type LocalPlatform, openLocal } from "./local.ts";
import { openOutside } from "./outside.ts";

export interface SdkPlatform {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly rig: Omit<Rig, "channel" | "close" | "secrets">;
  /** Everything said and done there is forgotten. */
  readonly reset: () => void;
  readonly close: () => Promise<void>;
}

const CACHE = join(import.meta.dirname, "../../../node_modules/.cache/doorward-channels");

/** Puts a platform's adapter, once `isInstalled`, where a Doorward looks for it. */
export function putAdapter(name: string, folder: string): void {
  for (const entry of readdirSync(CACHE).filter((one) => one.startsWith(`${name}-`)))
    cpSync(join(CACHE, entry), join(folder, entry), { recursive: true });
}

export function rowOf(name: string): Platform {
  const row = PLATFORMS.find((one) => one.name === name);
  if (row === undefined) throw new Error(`no platform ${name}`);
  return row;
}

export async function openSdkRig(
  row: Platform,
  platform: SdkPlatform,
): Promise<{ channel: Channel; close: () => Promise<void> }> {
  mkdirSync(CACHE, { recursive: true });
  const outside = openOutside();
  const channel = await row.open({
    settings: row.settings.parse(platform.settings),
    secrets: platform.secrets,
    webhook: "https://doorward.example/hooks/x",
    outside: { ...outside, directory: CACHE },
  });
  return {
    channel,
    close: async () => {
      await channel.close();
      await outside.close();
    },
  };
}

/** Whether the adapter is there or could be installed now. */
export async function isInstalled(row: Platform, platform: SdkPlatform): Promise<boolean> {
  try {
    const { close } = await openSdkRig(row, platform);
    await close();
    return true;
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "channel_install_failed" && UNREACHED.test(cause.message))
      return false;
    throw cause;
  }
}

const UNREACHED =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|E5\d\d|E403|EHOSTUNREACH|ENETUNREACH/;

/** The conformance suite over one process; a case that closes its channel has the next one begin anew. */
export async function sdkConformance(
  name: string,
  row: Platform,
  traits: Traits,
  openPlatform: () => Promise<SdkPlatform>,
): Promise<boolean> {
  const platform = await openPlatform();
  // oxlint-disable-next-line vitest/no-conditional-tests -- without a registry there is nothing to run them on
  if (!(await isInstalled(row, platform))) {
    await platform.close();
    // oxlint-disable-next-line vitest/expect-expect -- it says by its name why there is nothing to see
    test(`channel ${name}: skipped: no npm registry`, () => {});
    return false;
  }
  let open: { channel: Channel; close: () => Promise<void> } | null = null;
  channelConformance(name, traits, async () => {
    // Its process has begun, and asked what it asks then, before the platform is made to fail.
    if (open === null) {
      open = await openSdkRig(row, platform);
      await open.channel.probe();
    }
    const { channel, close } = open;
    const written = platform.rig.platform.writes();
    return {
      ...platform.rig,
      platform: { ...platform.rig.platform, writes: () => platform.rig.platform.writes() - written },
      secrets: Object.values(platform.secrets),
      channel: {
        ...channel,
        close: async () => {
          open = null;
          await close();
        },
      },
      close: async () => platform.reset(),
    };
  });
  afterAll(async () => {
    await open?.close();
    await platform.close();
  });
  return true;
}

/** What stands on a platform that is spoken to over HTTP and calls a webhook. */
export interface Board {
  shown: Shown[];
  readonly next: () => number;
}

export interface HttpPlatform {
  readonly local: LocalPlatform;
  readonly settings: (origin: string) => Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly place: Rig["place"];
  readonly user: string;
  readonly request: (deed: Deed, how: Circumstances, count: number) => WebhookRequest;
}

export async function openHttp(make: (board: Board) => HttpPlatform): Promise<SdkPlatform> {
  let count = 1_000;
  let last: WebhookRequest | null = null;
  const next = (): number => {
    count += 1;
    return count;
  };
  const board: Board = { shown: [], next };
  const { local, settings, secrets, place, user, request } = make(board);
  const server = await openLocal(local);
  return {
    settings: settings(server.origin),
    secrets,
    reset: () => {
      board.shown = [];
    },
    close: server.close,
    rig: {
      place,
      user,
      platform: {
        shown: async () => board.shown,
        writes: server.writes,
        failNext: server.failNext,
        does: async (deed, how = {}) => {
          last = request(deed, how, next());
          return last;
        },
        again: async () => last,
        answered: () => {},
        forget: ({ id }) => {
          board.shown = board.shown.filter(({ ref }) => ref.id !== id);
        },
      },
    },
  };
}
