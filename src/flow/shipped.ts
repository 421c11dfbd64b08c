import { z } from "zod";
import type { Digest } from "#base";
import type { ManifestBody } from "./manifest-schema.ts";
import { PACKAGE_SHAPES, type Pinned, REMOTE_SHAPES, TOOL_SHAPES } from "./shapes.table.ts";
import { SHIPPED_REMOTES } from "./shipped-github.table.ts";
import { SHIPPED_PACKAGES } from "./shipped-servers.table.ts";
import { SHIPPED_TOOLS } from "./shipped.table.ts";

/** What is known of who runs a tool. */
export type ToolOrigin =
  /** An agent runs it itself: its client declared it, and a person accepted it. */
  | { readonly kind: "agent" }
  /** A package of the npm registry, which Doorward installed and pinned. */
  | { readonly kind: "package"; readonly name: string; readonly version: string }
  /** A server that is asked at an address. */
  | { readonly kind: "remote"; readonly url: string }
  /** Anything else that answers: it is only known by what it says of itself. */
  | { readonly kind: "other" };

export interface ShippedManifest {
  /** The client, `npm:` and the package, or the address, that it was written for. */
  readonly of: string;
  readonly manifest: ManifestBody;
}

/**
 * The manifest that Doorward ships for a tool of this name and shape. For a server it counts only where the server is the
 * package, or answers at the address: names and shapes are public, and whoever copies them must not be trusted for it (docs/decisions/0009-manifests.md).
 */
export function shippedFor(origin: ToolOrigin, name: string, shape: Digest | null): ShippedManifest | null {
  if (shape === null || origin.kind === "other") return null;
  if (origin.kind === "agent") return ofAgents.get(keyOf(name, shape)) ?? null;
  if (origin.kind === "remote")
    return ofRemotes.get(keyOf(`${origin.url.replace(/\/$/u, "")}\n${name}`, shape)) ?? null;
  if (!Object.hasOwn(PACKAGE_SHAPES, origin.name)) return null;
  const isReviewed = PACKAGE_SHAPES[origin.name]?.versions.includes(origin.version) === true;
  return isReviewed ? (ofPackages.get(keyOf(`${origin.name}\n${name}`, shape)) ?? null) : null;
}

const knownPin = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("package"), package: z.string(), version: z.string() }),
  z.object({ kind: z.literal("remote"), url: z.string() }),
]);

/** Who runs the tools of a server, by its transport and the pin (JSON) that is kept of it. */
export function originOf(transport: string, pin: string): ToolOrigin {
  if (transport === "agent") return { kind: "agent" };
  const read = knownPin.safeParse(JSON.parse(pin));
  if (!read.success) return { kind: "other" };
  return read.data.kind === "remote"
    ? { kind: "remote", url: read.data.url }
    : { kind: "package", name: read.data.package, version: read.data.version };
}

/** One that fits by name and shape alone, whoever the server is: for a person to look at, never in force by itself. */
export function shippedLike(name: string, shape: Digest | null): ShippedManifest | null {
  if (shape === null) return null;
  return ofAgents.get(keyOf(name, shape)) ?? likeServers.get(keyOf(name, shape)) ?? null;
}

const ofAgents = new Map<string, ShippedManifest>();
const ofPackages = new Map<string, ShippedManifest>();
const ofRemotes = new Map<string, ShippedManifest>();
const likeServers = new Map<string, ShippedManifest>();

for (const [client, { tools }] of Object.entries(TOOL_SHAPES))
  for (const { key, manifest } of pinned(tools, SHIPPED_TOOLS[client] ?? {}))
    ofAgents.set(key, { of: client, manifest });

for (const [name, { tools }] of Object.entries(PACKAGE_SHAPES))
  for (const { key, manifest } of pinned(tools, SHIPPED_PACKAGES[name] ?? {})) {
    const shipped = { of: `npm:${name}`, manifest };
    ofPackages.set(`${name}\n${key}`, shipped);
    likeServers.set(key, shipped);
  }

for (const [url, { tools }] of Object.entries(REMOTE_SHAPES))
  for (const { key, manifest } of pinned(tools, SHIPPED_REMOTES[url] ?? {})) {
    const shipped = { of: url, manifest };
    ofRemotes.set(`${url}\n${key}`, shipped);
    likeServers.set(key, shipped);
  }

function pinned(tools: Pinned["tools"], manifests: Readonly<Record<string, ManifestBody>>) {
  return Object.entries(tools).flatMap(([tool, shapes]) => {
    const manifest = manifests[tool];
    return manifest === undefined ? [] : shapes.map((shape) => ({ key: keyOf(tool, shape), manifest }));
  });
}

function keyOf(name: string, shape: Digest): string {
  return `${name}\n${shape}`;
}
