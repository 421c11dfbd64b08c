/** What `Schema` holds of channels to people, and of the cards that stand there. */
export interface ChannelTables {
  readonly channels: {
    name: string;
    platform: string;
    /** JSON object; the secrets are in `upstream_secrets` under `channel:<name>`. */
    settings: string;
    /** JSON array: workspaces, guilds, tenants whose people may answer; empty: the platform has none. */
    tenants: string;
    /** How much of a request may leave for there. */
    privacy: string;
    /** JSON: which agents may read or post there, as an admin declared it (T3). */
    reach: string;
    /** JSON: who we are there, as the platform said when it was asked last. */
    account: string;
    /** The unguessable part of its webhook's path. */
    hook: string;
    added_by: string;
    created_at: number;
    version: number;
  };
  /** Where cards for a group or a user go, best first. `audience`: `group:<name>` or `user:<id>`. */
  readonly channel_places: {
    audience: string;
    channel: string;
    /** `room` or `person`. */
    kind: string;
    place: string;
    preference: number;
    changed_by: string;
    changed_at: number;
  };
  /** A platform's user tied to one of ours by a verified step. `tenant` is empty where the platform has none. */
  readonly channel_links: {
    channel: string;
    tenant: string;
    platform_user: string;
    /** For people to read; nothing is decided by it. */
    platform_name: string;
    user_id: string;
    /** `code`. */
    verified_by: string;
    verified_at: number;
  };
  readonly link_codes: {
    digest: string;
    channel: string;
    user_id: string;
    created_at: number;
    expires_at: number;
    used_at: number | null;
  };
  /** Wrong codes of one platform user within a window. */
  readonly code_tries: { who: string; tries: number; since: number };
  /** One card at one place: what is wanted there beside what is shown. */
  readonly posts: {
    id: string;
    channel: string;
    place_kind: string;
    place: string;
    audience: string;
    /** Which of the audience's places it is, from 0. */
    step: number;
    /** What the card should say, as a key of the requests' state; `shown` is the one that it says. */
    wanted: string;
    shown: string | null;
    attempts: number;
    /** An attempt was begun and its end is not known. */
    sending_at: number | null;
    /** Null: nothing to do. */
    next_at: number | null;
    last_error: string | null;
    /** JSON: MessageRef. */
    message: string | null;
    /** Sealed: what the tokens of its buttons are made from. */
    seed: Uint8Array;
    /** Of what was shown, without its tokens; the card itself is a payload of its `approval.shown` entry. */
    card_digest: string | null;
    created_at: number;
    first_shown_at: number | null;
    failed_at: number | null;
  };
  /** The requests on a post. `whole`: 1 where every decisive argument was shown whole (T19). */
  readonly post_items: {
    post_id: string;
    approval_id: string;
    whole: number;
    /** Digest of its one-time link; null where it has none: posts that are older than the column. */
    link: string | null;
    /** When it was opened, by which user of ours, and in which sign-in (`Caller.credential`); null: not yet. */
    link_used_at: number | null;
    link_used_by: string | null;
    link_used_with: string | null;
  };
  /** SHA-256 of what comes back with a tap or a typed code, and what it says. */
  readonly post_tokens: { digest: string; post_id: string; approval_id: string; answer: string };
  readonly inbound_events: { channel: string; event: string; forget_at: number };
  readonly channel_cursors: { channel: string; cursor: string; at: number };
  /** When the courier looks at an open request again. */
  readonly courier_due: { approval_id: string; at: number };
}
