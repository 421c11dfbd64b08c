import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { certifyHost, makeAuthority } from "#authority";
import { Fault } from "#base";
import { deviceBegun, devicePolled } from "./device.ts";
import { credentialInvalid, vaultUnavailable } from "./faults.ts";
import { openSecret, rewrap, sealSecret } from "./envelope.ts";
import { fill, part, variablesOf } from "./inject.ts";
import { type KeyRing, openRing } from "./keys/open.ts";
import { AUTHORITY_ID, REMEMBERED_MAX } from "./limits.ts";
import type {
  AnswerOf,
  AskName,
  AskOf,
  FetchAnswer,
  FetchRequest,
  Keeping,
  SealedCredential,
  Secret,
} from "./messages.ts";
import { exchanged, isFresh, renewed, revoked } from "./oauth.ts";
import { openReferences } from "./references/read.ts";
import { MAIN_PART, SETTINGS } from "./settings.ts";

/** What the vault's process has of the world: its parent's egress, and a place for refreshed tokens. */
export interface CustodyOutside {
  readonly fetch: (request: FetchRequest) => Promise<FetchAnswer>;
  /** Durable when it answers; false: the credential is another by now. */
  readonly keep: (keeping: Keeping) => Promise<boolean>;
}

type Handlers = { readonly [N in AskName]: (ask: AskOf<N>) => Promise<AnswerOf<N>> };

interface Remembered {
  readonly version: number;
  readonly revision: number;
  readonly secret: Secret;
}

/** The newest tokens of each credential: what was refreshed is known here before it is known anywhere else. */
interface Memory {
  readonly current: (credential: SealedCredential) => Remembered;
  readonly remember: (id: string, known: Remembered) => void;
}

function openMemory(ring: () => KeyRing): Memory {
  const newest = new Map<string, Remembered>();
  return {
    current: (credential) => {
      const known = newest.get(credential.id);
      const { version, revision } = credential;
      if (known !== undefined && known.version === version && known.revision >= revision) return known;
      return { version, revision, secret: openSecret(ring(), credential, credential) };
    },
    remember: (id, known) => {
      const [oldest] = newest.keys();
      if (newest.size >= REMEMBERED_MAX && oldest !== undefined) newest.delete(oldest);
      newest.set(id, known);
    },
  };
}

/** One refresh at a time for each credential: a second would spend a refresh token that is spent. */
function openLocks(): <T>(id: string, work: () => Promise<T>) => Promise<T> {
  const locks = new Map<string, Promise<unknown>>();
  return async (id, work) => {
    const own = (locks.get(id) ?? Promise.resolve()).then(work, work);
    const settled = own.catch(() => {});
    locks.set(id, settled);
    try {
      return await own;
    } finally {
      if (locks.get(id) === settled) locks.delete(id);
    }
  };
}

/** What the vault's process does, apart from its being a process: keys and secrets live in here and nowhere else. */
export function openCustody(outside: CustodyOutside): Handlers {
  let opened: KeyRing | null = null;
  const ring = (): KeyRing => {
    if (opened === null) throw vaultUnavailable("it has no key yet");
    return opened;
  };
  const memory = openMemory(ring);
  const alone = openLocks();
  const fresh = async (ask: AskOf<"inject">): Promise<Secret> =>
    alone(ask.credential.id, async () => freshNow({ outside, ring, memory }, ask));
  const references = openReferences(REMEMBERED_MAX);
  const secretFor = async (ask: AskOf<"inject">): Promise<Secret> => {
    const { credential, now } = ask;
    if (credential.reference !== null) {
      const key = part(memory.current(credential).secret, "key");
      const reaching = { reach: outside.fetch, now };
      // Under one lock: a credential that is used much is read once.
      const read = async () => references.read(credential, credential.reference ?? "", key, reaching);
      return { [MAIN_PART[credential.kind]]: await alone(credential.id, read) };
    }
    return credential.kind === "oauth" ? fresh(ask) : memory.current(credential).secret;
  };
  return {
    open: async ({ source, known }) => {
      opened = await openRing(source, known);
      return opened.state();
    },
    seal: async ({ kind, settings, secret, reference, ...subject }) => {
      if (reference === null) check(kind, settings, secret);
      return sealSecret(ring(), subject, secret);
    },
    inject: async (ask) => {
      const { credential, outgoing, now } = ask;
      const { kind, settings } = credential;
      const secret = await secretFor(ask);
      return fill({ kind, settings, secret, outgoing, now });
    },
    rotate: async ({ rows }) => {
      const state = await ring().turn();
      return { state, rows: rows.map((row) => rewrap(ring(), row)) };
    },
    settle: async ({ kek }) => ring().settle(kek),
    ...authorityOf(ring),
    ...journeysOf(ring, outside),
    revoke: async ({ credential }) =>
      revoked(SETTINGS.oauth.parse(credential.settings), memory.current(credential).secret, outside.fetch),
  };
}

/** The id under which the authority's key is sealed, by whichever key. */
const AUTHORITY = { id: AUTHORITY_ID, version: 1 };

function authorityOf(ring: () => KeyRing): Pick<Handlers, "makeAuthority" | "certify"> {
  return {
    makeAuthority: async ({ name, now }) => {
      const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const { certificate, key } = makeAuthority({ name, now, random: randomBytes, keys });
      return { certificate, ...sealSecret(ring(), AUTHORITY, { key }) };
    },
    certify: async ({ authority, host, publicKey, now }) => {
      const key = part(openSecret(ring(), AUTHORITY, authority), "key");
      const { certificate } = authority;
      return certifyHost({ authority: { certificate, key }, host, publicKey, now, random: randomBytes });
    },
  };
}

const VERIFIER_BYTES = 32;

function journeysOf(
  ring: () => KeyRing,
  outside: CustodyOutside,
): Pick<Handlers, "beginJourney" | "finishJourney" | "beginDevice" | "pollDevice"> {
  return {
    beginJourney: async ({ id, secret }) => {
      const verifier = randomBytes(VERIFIER_BYTES).toString("base64url");
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      return { challenge, sealed: sealSecret(ring(), { id, version: 1 }, { ...secret, verifier }) };
    },
    finishJourney: async ({ journey, settings, code, redirectUrl, credential, now }) => {
      const given = { reach: outside.fetch, now, code, redirectUrl };
      const opened = openSecret(ring(), journey, journey);
      const { secret, scopes } = await exchanged(SETTINGS.oauth.parse(settings), opened, given);
      return { ...sealSecret(ring(), credential, secret), scopes };
    },
    beginDevice: async ({ id, settings, deviceUrl, secret }) => {
      const given = { deviceUrl, reach: outside.fetch };
      const begun = await deviceBegun(SETTINGS.oauth.parse(settings), secret, given);
      const { secret: held, ...said } = begun;
      return { ...said, sealed: sealSecret(ring(), { id, version: 1 }, held) };
    },
    pollDevice: async ({ journey, settings, credential, now }) => {
      const opened = openSecret(ring(), journey, journey);
      const polled = await devicePolled(SETTINGS.oauth.parse(settings), opened, {
        reach: outside.fetch,
        now,
      });
      if (polled.kind === "pending") return polled;
      const { kind, scopes, secret } = polled;
      return { kind, scopes, sealed: sealSecret(ring(), credential, secret) };
    },
  };
}

interface Refreshing {
  readonly outside: CustodyOutside;
  readonly ring: () => KeyRing;
  readonly memory: Memory;
}

async function freshNow(
  { outside, ring, memory }: Refreshing,
  { credential, now }: AskOf<"inject">,
): Promise<Secret> {
  const known = memory.current(credential);
  if (isFresh(known.secret, now)) return known.secret;
  const settings = SETTINGS.oauth.parse(credential.settings);
  const secret = await renewed(settings, known.secret, { reach: outside.fetch, now });
  const revision = known.revision + 1;
  const { id, version } = credential;
  // A provider may have ended the old tokens: the new ones are remembered whatever becomes of their keeping.
  memory.remember(id, { version, revision, secret });
  await outside.keep({ id, version, revision, ...sealSecret(ring(), credential, secret) });
  return secret;
}

/** Tries what a first use would try, as far as it needs nobody else. Throws `credential_invalid`. */
function check(kind: AskOf<"seal">["kind"], settings: unknown, secret: Secret): void {
  if (kind === "oauth") return checkOAuth(settings, secret);
  if (kind === "template") {
    const { headers, query } = SETTINGS.template.parse(settings);
    const texts = [...Object.values(headers), ...Object.values(query)];
    for (const name of texts.flatMap(variablesOf)) part(secret, name);
    if (!texts.some((text) => variablesOf(text).length > 0))
      throw credentialInvalid("its template has no {{secret}}");
  }
  const destination = { scheme: "https", host: "a.example", port: 443, method: "GET", path: "/" } as const;
  const outgoing = { destination, query: null, headers: [], bodySha256: null };
  fill({ kind, settings, secret, outgoing, now: 0 });
}

function checkOAuth(settings: unknown, secret: Secret): void {
  const { grant, clientAuth } = SETTINGS.oauth.parse(settings);
  if (clientAuth !== "none") part(secret, "clientSecret");
  if (grant === "client_credentials") return;
  if (secret["refreshToken"] === undefined && secret["accessToken"] === undefined)
    throw credentialInvalid("it has neither a refresh token nor an access token");
}

/** What may be said of a failure outside: a Fault of ours as it is, of anything else nothing at all. */
export function sayable(error: unknown): Fault {
  if (error instanceof Fault) return error;
  return new Fault(
    "vault_failed",
    "the vault's process could not do what it was asked",
    "Report this, with what you did; what it was given is not in any log.",
  );
}
