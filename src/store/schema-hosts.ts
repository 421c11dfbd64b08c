/** Rows of what agents may reach through the http door. Keep in step with `migrations.table.ts`. */
export interface HostTables {
  readonly agent_hosts: {
    id: string;
    agent_id: string;
    /** `api.github.com`, `api.github.com:8443`, `*.github.com`, `*`; an IPv6 address in brackets. */
    host: string;
    /** `read` or `write`; who may write may read. */
    access: string;
    /** JSON array of `HostOption`, sorted. */
    options: string;
    granted_by: string;
    granted_at: number;
    revoked_by: string | null;
    revoked_at: number | null;
  };
}
