/** Rows of sensors and of what they told. Keep in step with `migrations.table.ts`. */
export interface FleetTables {
  readonly sensors: {
    /** Of the machine, as people call it. */
    name: string;
    /** SHA-256 of its key. */
    hash: string;
    /** Whose machine it is. */
    owner_id: string;
    added_by: string;
    added_at: number;
    removed_at: number | null;
    heard_at: number | null;
    /** Which memory the sensor counts in, and the last report of it that was taken. */
    run: string | null;
    sequence: number;
    /** Digest of that report's bytes: the same again is the same report told again. */
    report: string | null;
    /** 1 where everything that it knows has been told. */
    complete: number;
    lost: number;
    /** Canonical JSON of what it says of its machine; null before the first report. */
    machine: string | null;
  };
  readonly fleet_items: {
    sensor: string;
    key: string;
    kind: string;
    what: string;
    name: string;
    /** JSON, as the sensor told it. */
    found: string;
    appeared_at: number;
    changed_at: number;
    gone_at: number | null;
    /** 1 while a sensor that began anew has not told of it again. */
    unsure: number;
  };
}
