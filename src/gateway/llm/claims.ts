import type { Ambient, JsonObject } from "#base";
import { commit, type Journal } from "#ledger";
import type { Identity } from "#vocabulary";
import { CLAIM_CHARS_MAX, CLAIMS_MAX, WORDS_CHARS_MAX } from "../flows/limits.ts";
import type { SessionFlow } from "../flows/session-flow.ts";
import type { Mandates } from "../mandates.ts";

/** Words of user-role text, where the owner of the agent declared its client (T7): claimed to be the user's. */
export interface Claims {
  /**
   * Puts them on record and lets them count. False: they are too long, or there were too many; then they are others' words.
   * Throws what the journal throws.
   */
  readonly claimed: (identity: Identity, session: SessionFlow, words: string) => Promise<boolean>;
}

const SALT_BYTES = 32;

export interface ClaimsOutside {
  readonly ambient: Ambient;
  readonly journal: Pick<Journal, "append">;
  readonly mandates: Mandates;
}

export function createClaims({ ambient, journal, mandates }: ClaimsOutside): Claims {
  return {
    claimed: async (identity, session, words) => {
      const before = mandates.rows(session.key).filter(({ standing }) => standing === "claimed");
      if (words.length > CLAIM_CHARS_MAX || before.length >= CLAIMS_MAX) return false;
      if (charactersSaid(session) + words.length > WORDS_CHARS_MAX) return false;
      const agent = identity.chain.agents.at(-1) ?? "";
      const [mandate, at] = [ambient.id("man"), ambient.now()];
      const bytes = Buffer.from(words, "utf8");
      const salt = ambient.random(SALT_BYTES);
      const commitment: JsonObject = { bytes: bytes.length, sha256: commit(bytes, salt), stored: true };
      const body = { by: agent, via: "llm-door", session: session.key, agent, standing: "claimed" };
      const person = identity.chain.user ?? identity.chain.agents.at(-1) ?? identity.ownerId;
      const kept = await journal.append({
        entries: [
          {
            kind: "mandate.given",
            subject: mandate,
            at,
            body: { ...body, words: commitment },
            payloads: [{ name: "words", person, salt, bytes }],
          },
        ],
        writes: [
          {
            sql: `INSERT INTO mandates (id, session_id, standing, channel, given_by, at) VALUES (?, ?, 'claimed', 'llm', ?, ?)`,
            parameters: [mandate, session.key, agent, at],
            changes: 1,
          },
        ],
      });
      // From here on it is one of the session's mandates, like any that was given otherwise.
      return kept.kind === "kept";
    },
  };
}

function charactersSaid({ flow }: SessionFlow): number {
  return flow.view().mandates.reduce((sum, { text }) => sum + text.length, 0);
}
