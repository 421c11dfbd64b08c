import { z } from "zod";
import { canonicalJson, Fault, type Json } from "#base";
import { agentCertificate, clientIdUrl, publicKey, trustBundle } from "#identity";
import { findLiveAgent } from "./agent-rows.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { agentReference, id, time } from "./fields.ts";
import { read, write } from "./operation.ts";
import { commitEnding } from "./request-ends.ts";

const CREDENTIALS_MAX = 20;
const FILE_CHARS_MAX = 100_000;

const shape = z.object({
  id: z.string(),
  agent: z.string(),
  kind: z
    .string()
    .describe(
      "jwk: a public key for private_key_jwt; spiffe: a SPIFFE id for JWT-SVIDs; metadata: the address of a document with its keys; certificate: a TLS client certificate",
    ),
  name: z
    .string()
    .describe(
      "The key's thumbprint (RFC 7638), the SPIFFE id, the address, or the certificate's thumbprint (x5t#S256)",
    ),
  createdAt: time,
});

const credentialId = id("crd", "Credential");
const json = z.json();

export const agentsCredentials = read({
  name: "agents.credentials",
  summary: "List the keys and names by which an agent proves at /oauth/token who it is",
  permission: "agents.read",
  input: z.strictObject({ agent: agentReference }),
  output: z.object({ items: z.array(shape) }),
  positional: ["agent"],
  columns: ["id", "kind", "name", "createdAt"],
  async run(context, { agent }) {
    const row = await findLiveAgent(context, agent, "agents.read");
    const rows = await liveOf(context, row.id);
    const items = rows.map(({ id: credential, kind, name, created_at }) => ({
      id: credential,
      agent: row.name,
      kind,
      name,
      createdAt: isoTime(created_at),
    }));
    return { items };
  },
});

export const agentsAddCredential = write({
  name: "agents.add-credential",
  summary: "Let an agent prove by a key or certificate of its own, or by SPIFFE, at /oauth/token who it is",
  permission: "agents.write",
  presence: true,
  input: z.strictObject({
    agent: agentReference,
    key: z
      .string()
      .max(FILE_CHARS_MAX)
      .optional()
      .meta({ "x-file": true })
      .describe("The agent's public key as a JWK: EC P-256 or P-384, Ed25519, or RSA"),
    spiffe: z.string().max(2_000).optional().describe("Its SPIFFE id, spiffe://TRUST-DOMAIN/PATH"),
    clientId: z
      .string()
      .max(1_000)
      .optional()
      .describe("Its client id where that is an https address of metadata of its own, with its keys"),
    bundle: z
      .string()
      .max(FILE_CHARS_MAX)
      .optional()
      .meta({ "x-file": true })
      .describe("With spiffe: the trust domain's keys as a JWK set"),
    certificate: z
      .string()
      .max(FILE_CHARS_MAX)
      .optional()
      .meta({ "x-file": true })
      .describe(
        "The one TLS client certificate that it shows, in PEM and without its key; taken where tls.clientCertificates is on",
      ),
  }),
  output: shape,
  positional: ["agent"],
  examples: [
    "agents add-credential mailbot --key mailbot.jwk",
    "agents add-credential mailbot --certificate mailbot.pem",
  ],
  async plan(context, { agent, ...given }) {
    const row = await findLiveAgent(context, agent, "agents.write");
    const proof = await proofOf(given, context.ambient.now());
    await refuseTaken(context, row.id, proof.name);
    return {
      would: `let agent ${row.name} prove who it is by ${proof.kind} ${proof.name}`,
      async commit(committing) {
        const { ambient, store } = committing;
        const at = ambient.now();
        const kept = { ...proof, id: ambient.id("crd"), agent_id: row.id, created_at: at, revoked_at: null };
        const { kind, name } = proof;
        const insert = store.query.insertInto("agent_credentials").values(kept);
        await commitBatch(committing, {
          writes: [
            stateWrite(
              insert.onConflict((conflict) => conflict.column("name").doNothing()),
              1,
            ),
          ],
          entries: [
            entry(committing, "agent.changed", row.id, {
              change: "credential_added",
              credential: kept.id,
              kind,
              name,
            }),
          ],
        });
        return { id: kept.id, agent: row.name, kind, name, createdAt: isoTime(at) };
      },
    };
  },
});

export const agentsRemoveCredential = write({
  name: "agents.remove-credential",
  summary: "Take a key or SPIFFE id back: its tokens die and work under them is cut",
  permission: "agents.write",
  effect: "destructive",
  input: z.strictObject({ agent: agentReference, credential: credentialId }),
  output: shape,
  positional: ["agent", "credential"],
  async plan(context, { agent, credential }) {
    const row = await findLiveAgent(context, agent, "agents.write");
    const found = (await liveOf(context, row.id)).find((one) => one.id === credential);
    if (found === undefined)
      throw new Fault(
        "credential_unknown",
        `agent ${row.name} has no credential ${credential}`,
        `List them: \`doorward agents credentials ${row.name}\`.`,
      );
    return {
      would: `take the credential ${credential} of agent ${row.name} back`,
      async commit(committing) {
        const remove = committing.store.query
          .updateTable("agent_credentials")
          .set({ revoked_at: committing.ambient.now(), name: `${found.name} (${credential})` })
          .where("id", "=", credential)
          .where("revoked_at", "is", null);
        await commitEnding(
          committing,
          { credential },
          {
            why: "credential_removed",
            cut: () => committing.live.revoked("key", credential),
            writes: [stateWrite(remove, 1)],
            entries: [
              entry(committing, "agent.changed", row.id, { change: "credential_removed", credential }),
            ],
          },
        );
        const { kind, name, created_at } = found;
        return { id: credential, agent: row.name, kind, name, createdAt: isoTime(created_at) };
      },
    };
  },
});

interface Given {
  readonly key?: string | undefined;
  readonly spiffe?: string | undefined;
  readonly clientId?: string | undefined;
  readonly bundle?: string | undefined;
  readonly certificate?: string | undefined;
}

async function proofOf(given: Given, now: number): Promise<{ kind: string; name: string; value: string }> {
  const { key, spiffe, clientId, bundle, certificate } = given;
  const ways = [key, spiffe, clientId, certificate].filter((one) => one !== undefined);
  if (ways.length !== 1 || (spiffe === undefined) !== (bundle === undefined)) throw oneOf();
  if (clientId !== undefined) return { kind: "metadata", name: clientIdUrl(clientId), value: "{}" };
  if (key !== undefined) {
    const { thumbprint, jwk } = await publicKey(key);
    return { kind: "jwk", name: thumbprint, value: text(jwk) };
  }
  if (certificate !== undefined) {
    const { thumbprint, from, until } = agentCertificate(certificate, now);
    return { kind: "certificate", name: thumbprint, value: text({ from, until }) };
  }
  const trusted = await trustBundle(spiffe ?? "", bundle ?? "");
  return { kind: "spiffe", name: trusted.id, value: text(trusted) };
}

function oneOf(): Fault {
  return new Fault(
    "input_invalid",
    "it takes a key, a certificate, a SPIFFE id with its trust bundle, or a client id, and one of them",
    "Give --key FILE, --certificate FILE, --spiffe ID and --bundle FILE, or --client-id https://….",
  );
}

/** The libraries' types allow what JSON has not; what was parsed from JSON is JSON. */
function text(value: object): string {
  const plain: Json = json.parse(JSON.parse(JSON.stringify(value)));
  return canonicalJson(plain);
}

function liveOf({ store }: ReadContext, agent: string) {
  return store.query
    .selectFrom("agent_credentials")
    .selectAll()
    .where("agent_id", "=", agent)
    .where("revoked_at", "is", null)
    .orderBy("id")
    .execute();
}

/** INVARIANT: one key, certificate or SPIFFE id is one agent's, or who asks could be two. */
async function refuseTaken(context: ReadContext, agent: string, name: string): Promise<void> {
  const taken = await context.store.query
    .selectFrom("agent_credentials")
    .select("id")
    .where("name", "=", name)
    .executeTakeFirst();
  if (taken !== undefined)
    throw new Fault(
      "credential_exists",
      "this is an agent's credential already",
      "Make a key or certificate for each agent.",
    );
  if ((await liveOf(context, agent)).length < CREDENTIALS_MAX) return;
  throw new Fault(
    "credentials_full",
    `an agent has at most ${CREDENTIALS_MAX} of them`,
    "Remove one first: `doorward agents remove-credential AGENT ID`.",
  );
}
