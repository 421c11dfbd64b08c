/** Rows of calls that are answered later than their request, and of who is told of them. */
export interface LaterSchema {
  /** Calls that are answered later than their request: asked for as a task, or released while their agent is away. */
  readonly tasks: {
    id: string;
    /** `task`: its client has the id; `callback`: its agent's owner asked for release while it is away. */
    way: string;
    agent_id: string;
    session_id: string;
    credential: string;
    /** Whose key seals `call` and `result`. */
    person: string;
    action_id: string;
    approval_id: string | null;
    /** `working`, `completed` or `cancelled`. */
    status: string;
    message: string;
    call: Uint8Array;
    result: Uint8Array | null;
    created_at: number;
    updated_at: number;
    ends_at: number;
    fetched_at: number | null;
  };
  /** Where an agent's owner hears what became of its held calls. */
  readonly agent_callbacks: {
    agent_id: string;
    url: string;
    /** Sealed under the master key. */
    secret: Uint8Array;
    /** 1: what is approved is released although the agent is away. */
    releases: number;
    /** 1: an admin allowed addresses of private networks. */
    is_private: number;
    set_by: string;
    changed_at: number;
  };
  /** What is to be sent to a callback, or was. */
  readonly callback_posts: {
    id: string;
    agent_id: string;
    approval_id: string;
    event: string;
    body: string;
    attempts: number;
    /** Null: delivered, or given up. */
    next_at: number | null;
    last_error: string | null;
    created_at: number;
    done_at: number | null;
  };
}
