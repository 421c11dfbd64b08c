import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PriorDiscovery } from "@modelcontextprotocol/client";
import { assert, type Digest, Fault } from "#base";
import { readPackageCommand } from "./command-line.ts";
import { pinCommand } from "./command-pin.ts";
import type {
  HttpConfiguration,
  Pin,
  Prepared,
  RemotePin,
  ServerConfiguration,
  StdioConfiguration,
} from "./configuration.ts";
import { openConnection, type UpstreamConnection } from "./connection.ts";
import { createHttpTransport } from "./http.ts";
import { type Inspection, inspectConnection } from "./inspect.ts";
import { CONNECTIONS_PER_SERVER_MAX } from "./limits.ts";
import { LAST_WORDS, type Link } from "./link.ts";
import type { DeclaredClient, ServerInfo } from "./negotiate.ts";
import type { SealedOAuth } from "./oauth.ts";
import { installPackage } from "./package-pin.ts";
import type { UpstreamHandlers } from "./peer.ts";
import { inert } from "./ring.ts";
import { createSandboxes, type Sandboxes, type SandboxState } from "./sandboxes.ts";
import { openSecrets, type Secrets } from "./secrets.ts";
import { oauthOf, targetOf } from "./server.ts";
import { createSupervision, type Supervision } from "./supervision.ts";
import type { ServerState, UpstreamsOptions } from "./upstreams.ts";
import { createPinVerifier, identityOf, type PinVerifier, unseenPin, type Verification } from "./verify.ts";

/** What is remembered of a server while Doorward runs. */
interface Server {
  readonly folder: string;
  readonly secrets: Secrets;
  readonly supervision: Supervision;
  readonly connections: Set<UpstreamConnection>;
  /** Connections being opened: they count towards the maximum. */
  opening: number;
  oauth: SealedOAuth | null;
  /** Era verdict, and the identity it was reached for. */
  prior: { readonly identity: Digest; readonly verdict: PriorDiscovery } | null;
}

interface Opening {
  readonly handlers: UpstreamHandlers;
  readonly declared: DeclaredClient;
  readonly onHandshake: (link: Link) => void;
}

const LOOKING: Omit<Opening, "onHandshake"> = {
  declared: { capabilities: {} },
  handlers: {
    onNotification: () => {},
    onRequest: () => Promise.reject(Object.assign(new Error("Doorward is only looking"), { code: -32601 })),
  },
};
const NAME = /^[a-z][a-z0-9-]{0,30}$/;
/** Faults that are the server's own failure to work, and so count towards its back-off. */
const FAILURES = new Set([
  "egress_body_too_large",
  "egress_certificate_expired",
  "egress_certificate_name",
  "egress_certificate_required",
  "egress_certificate_untrusted",
  "egress_handshake_refused",
  "egress_lost",
  "egress_unreachable",
  "sandbox_failed",
  "upstream_handshake_failed",
  "upstream_http_failed",
  "upstream_lost_answer",
  "upstream_no_protocol",
  "upstream_not_started",
]);

export class Fleet {
  readonly #options: UpstreamsOptions;
  readonly #servers = new Map<string, Server>();
  readonly #verifier: PinVerifier = createPinVerifier();
  readonly #sandboxes: Sandboxes;
  #isClosed = false;

  constructor(options: UpstreamsOptions) {
    this.#options = options;
    this.#sandboxes = createSandboxes(
      { stance: null, secret: [options.directory], ...options.sandbox },
      options,
    );
  }

  async find(name: string): Promise<Prepared> {
    const row = await this.#options.store.query
      .selectFrom("servers")
      .select(["configuration", "pin"])
      .where("name", "=", name)
      .where("status", "!=", "removed")
      .where("transport", "in", ["stdio", "http"])
      .executeTakeFirst();
    if (row === undefined) throw notThere(name);
    // Written by `servers.add` from what `prepare` took and gave.
    const configuration: ServerConfiguration = JSON.parse(row.configuration);
    const pin: Pin = JSON.parse(row.pin);
    return { name, configuration, pin };
  }

  async keepSecrets(name: string, secrets: Readonly<Record<string, string>>): Promise<void> {
    const server = this.#server(name);
    for (const [key, value] of Object.entries(secrets)) await server.secrets.set(key, value);
    server.oauth = null;
  }

  async prepare(name: string, configuration: ServerConfiguration): Promise<Pin> {
    const { folder } = this.#server(name);
    if (configuration.transport === "http")
      return { ...unseenPin(configuration.url), serverInfo: await this.#greet(name, configuration) };
    const command = readPackageCommand(configuration.command);
    if (command === null) return pinCommand(configuration.command);
    const { directory, ambient } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return installPackage(folder, command, join(directory, `.${ambient.id("staging")}`));
  }

  async verify({ name, configuration, pin }: Prepared): Promise<Verification> {
    if (pin.kind !== "remote") return this.#verifier.verify(this.#server(name).folder, pin);
    assert(configuration.transport === "http", "a remote pin belongs to an HTTP server");
    return remoteVerdict(pin, await this.#greet(name, configuration));
  }

  async inspect(prepared: Prepared): Promise<Inspection> {
    const connection = await this.connect(prepared, LOOKING.handlers, LOOKING.declared);
    try {
      return await inspectConnection(connection);
    } finally {
      await connection.close();
    }
  }

  async connect(
    prepared: Prepared,
    handlers: UpstreamHandlers,
    declared: DeclaredClient,
  ): Promise<UpstreamConnection> {
    const server = this.#server(prepared.name);
    this.#assertRoom(prepared.name, server);
    server.opening += 1;
    try {
      await sleep(server.supervision.admit());
      const verdict = await this.#verifier.verify(server.folder, prepared.pin);
      if (verdict !== "same") throw pinChanged(prepared.name, verdict.changed);
      const onHandshake = (link: Link): void => assertIdentity(prepared, link);
      const connection = await this.#open(prepared, { handlers, declared, onHandshake });
      void this.#watch(server, connection);
      return connection;
    } catch (cause) {
      if (cause instanceof Fault && FAILURES.has(cause.code))
        server.supervision.failed(cause.message, lastWordsOf(cause));
      throw cause;
    } finally {
      server.opening -= 1;
    }
  }

  async authorize({ name, configuration, pin }: Prepared, callback: URLSearchParams): Promise<void> {
    const server = this.#server(name);
    const oauth = await this.#oauth(name, configuration);
    if (!(await oauth.takeState(callback.get("state")))) throw wrongState(name);
    const target = await targetOf(
      { name, configuration, pin },
      { folder: server.folder, secrets: server.secrets, oauth, sandboxes: this.#sandboxes },
    );
    assert(target.kind === "http", "only HTTP servers are authorised");
    try {
      await createHttpTransport(target, this.#options.egress).finishAuth(callback);
    } catch (cause) {
      throw cause instanceof Fault ? cause : refused(name, cause);
    }
    server.supervision.reset();
  }

  async restart(name: string): Promise<void> {
    const server = this.#server(name);
    server.supervision.reset();
    server.prior = null;
    await closeAll(server);
  }

  async remove(name: string): Promise<void> {
    const server = this.#server(name);
    await closeAll(server);
    await server.secrets.dropAll();
    await rm(server.folder, { recursive: true, force: true });
    this.#servers.delete(name);
    this.#sandboxes.forget(name);
  }

  sandbox(name: string, configuration: StdioConfiguration): SandboxState {
    return this.#sandboxes.stateOf(name, configuration);
  }

  state(name: string): ServerState {
    const { connections, supervision, oauth } = this.#server(name);
    const authorizationUrl = oauth?.pendingUrl()?.href ?? null;
    return { connections: connections.size, authorizationUrl, ...supervision.state() };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#servers.values()].map(closeAll));
  }

  #server(name: string): Server {
    if (!NAME.test(name)) throw notThere(name);
    const { store, keys, ambient, directory } = this.#options;
    const known = this.#servers.get(name) ?? {
      folder: join(directory, name),
      secrets: openSecrets(name, store, keys, ambient.now),
      supervision: createSupervision(name, ambient),
      connections: new Set<UpstreamConnection>(),
      opening: 0,
      oauth: null,
      prior: null,
    };
    this.#servers.set(name, known);
    return known;
  }

  async #oauth(name: string, configuration: ServerConfiguration): Promise<SealedOAuth> {
    const server = this.#server(name);
    const { redirectUrl, clientMetadataUrl, ambient } = this.#options;
    const opened =
      server.oauth ??
      (await oauthOf(configuration, {
        server: name,
        secrets: server.secrets,
        redirectUrl,
        ambient,
        ...(clientMetadataUrl === undefined ? {} : { clientMetadataUrl }),
      }));
    // Two that open it at once must end with one: it holds the link that a person was given.
    server.oauth ??= opened;
    return server.oauth;
  }

  async #open(prepared: Prepared, { handlers, declared, onHandshake }: Opening): Promise<UpstreamConnection> {
    const server = this.#server(prepared.name);
    const oauth = await this.#oauth(prepared.name, prepared.configuration);
    const { folder, secrets } = server;
    const target = await targetOf(prepared, { folder, secrets, oauth, sandboxes: this.#sandboxes });
    const identity = identityOf(prepared.pin);
    const prior = server.prior?.identity === identity ? server.prior.verdict : undefined;
    return openConnection(target, {
      egress: this.#options.egress,
      declared,
      handlers,
      prior,
      onHandshake: (link) => {
        onHandshake(link);
        server.prior = { identity, verdict: link.negotiated.prior };
      },
    });
  }

  /** What the server says it is, whoever that is. */
  async #greet(name: string, configuration: HttpConfiguration): Promise<ServerInfo> {
    const prepared = { name, configuration, pin: unseenPin(configuration.url) };
    const connection = await this.#open(prepared, { ...LOOKING, onHandshake: () => {} });
    await connection.close();
    return connection.serverInfo;
  }

  async #watch(server: Server, connection: UpstreamConnection): Promise<void> {
    const { monotonic } = this.#options.ambient;
    const since = monotonic();
    server.connections.add(connection);
    server.supervision.worked();
    const { reason, expected, tail } = await connection.closed;
    server.connections.delete(connection);
    server.supervision.ended(monotonic() - since, expected ? null : { reason, tail });
  }

  #assertRoom(name: string, server: Server): void {
    if (this.#isClosed) throw new Fault("upstream_gone", "Doorward is stopping", "Start it again.");
    if (server.connections.size + server.opening >= CONNECTIONS_PER_SERVER_MAX) throw tooMany(name);
  }
}

async function closeAll(server: Server): Promise<void> {
  await Promise.all([...server.connections].map((connection) => connection.close()));
}

/** A failed handshake has the server's last words in its remedy already; they are what a crash loop must show. */
function lastWordsOf(fault: Fault): string {
  return fault.remedy.split(LAST_WORDS)[1] ?? "";
}

function assertIdentity({ name, pin }: Prepared, link: Link): void {
  if (pin.kind !== "remote") return;
  const verdict = remoteVerdict(pin, link.negotiated.serverInfo);
  if (verdict !== "same") throw pinChanged(name, verdict.changed);
}

function remoteVerdict({ serverInfo: pinned }: RemotePin, found: ServerInfo): Verification {
  if (pinned === null) return { changed: "it let nobody in when it was added, so nobody has reviewed it" };
  if (found.name === pinned.name && found.version === pinned.version) return "same";
  return {
    changed: `it was ${pinned.name} ${pinned.version} and now says it is ${found.name} ${found.version}`,
  };
}

function notThere(name: string): Fault {
  return new Fault("upstream_unknown", `there is no server ${name}`, "See `doorward servers list`.");
}

function tooMany(name: string): Fault {
  return new Fault(
    "upstream_too_many_connections",
    `the server ${name} already has ${CONNECTIONS_PER_SERVER_MAX} connections`,
    "End sessions that are no longer used with `doorward sessions end ID`.",
  );
}

function pinChanged(name: string, why: string): Fault {
  return new Fault(
    "upstream_pin_changed",
    `the server ${name} is not the one that was reviewed: ${why}`,
    `Find out why, then review it anew: \`doorward servers remove ${name}\` and \`doorward servers add ${name} …\`.`,
  );
}

function wrongState(name: string): Fault {
  return new Fault(
    "upstream_authorization_refused",
    `this answer belongs to no authorization of ${name} that Doorward started`,
    `Start again with \`doorward servers refresh ${name}\` and open the link it prints.`,
  );
}

function refused(name: string, cause: unknown): Fault {
  const why = cause instanceof Error ? inert(cause.message) : "no reason was given";
  return new Fault(
    "upstream_authorization_refused",
    `the authorization of ${name} was refused: ${why}`,
    `Start again with \`doorward servers refresh ${name}\`.`,
    cause,
  );
}
