import { z } from "zod";
import { Fault } from "#base";
import { REPORT_PATH } from "#fleet";
import { mintSecret } from "#identity";
import { commitBatch, entry, sameName, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { userReference } from "./fields.ts";
import { findSensor, machineName, onlyOf, type SensorRow, sensorShape, sensorView } from "./fleet-rows.ts";
import { read, write } from "./operation.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { findUser } from "./users.ts";

const SENSORS_MAX = 10_000;

const counted = sensorShape.extend({
  models: z.int().describe("Models on it now"),
  runtimes: z.int().describe("Runtimes on it now"),
  agents: z.int().describe("Agents on it now"),
  servers: z.int().describe("MCP servers on it now"),
});

export const fleetMachines = read({
  name: "fleet.machines",
  summary: "List the machines that sensors watch, with what is on each",
  permission: "fleet.read",
  input: z.strictObject({ ...pageInput }),
  output: pageOf(counted),
  columns: ["name", "state", "heardAt", "models", "runtimes", "agents", "servers"],
  async run(context, { after, limit }) {
    const whose = onlyOf(context);
    let query = context.store.query
      .selectFrom("sensors")
      .selectAll()
      .where("name", ">", keyOfCursor(after))
      .where("removed_at", "is", null)
      .orderBy("name")
      .limit(limit + 1);
    if (whose !== null) query = query.where("owner_id", "=", whose);
    const rows = await query.execute();
    const counts = await countsOf(
      context,
      rows.map(({ name }) => name),
    );
    const now = context.ambient.now();
    const item = (row: SensorRow) => ({ ...sensorView(row, now), ...counts(row.name) });
    return page(rows, limit, { item, keyOf: ({ name }) => name });
  },
});

async function countsOf({ store }: ReadContext, names: readonly string[]) {
  const rows =
    names.length === 0
      ? []
      : await store.query
          .selectFrom("fleet_items")
          .select(({ fn }) => ["sensor", "kind", fn.countAll<number>().as("count")])
          .where("sensor", "in", names)
          .where("gone_at", "is", null)
          .groupBy(["sensor", "kind"])
          .execute();
  return (name: string) => {
    const of = (kind: string): number =>
      rows.find((row) => row.sensor === name && row.kind === kind)?.count ?? 0;
    return { models: of("model"), runtimes: of("runtime"), agents: of("agent"), servers: of("server") };
  };
}

export const fleetAddSensor = write({
  name: "fleet.add-sensor",
  summary: "Let the sensor of a machine tell what is on it; its key is shown once",
  permission: "fleet.write",
  presence: true,
  input: z.strictObject({
    name: machineName,
    owner: userReference.optional().describe("Who answers for the machine (default: you)"),
  }),
  output: sensorShape.extend({
    key: z.string().describe("What `doorward sensor join` asks for on the machine"),
    address: z.string().describe("Where reports go"),
  }),
  positional: ["name"],
  examples: ["fleet add-sensor ana-laptop --owner ana"],
  async plan(context, { name, owner }) {
    const owning = owner === undefined ? context.caller.user : (await findUser(context, owner)).id;
    const before = await demandRoom(context, name);
    return {
      would: `let the sensor of ${name} tell what is on it`,
      async commit(committing) {
        const { query } = committing.store;
        const secret = mintSecret("sensor-key", committing.ambient);
        const now = committing.ambient.now();
        const row: SensorRow = {
          name,
          hash: secret.hash,
          owner_id: owning,
          added_by: committing.caller.user,
          added_at: now,
          removed_at: null,
          heard_at: null,
          run: null,
          sequence: 0,
          report: null,
          complete: 0,
          lost: 0,
          machine: null,
        };
        const again = query
          .updateTable("sensors")
          .set(row)
          .where("name", "=", name)
          .where("removed_at", "is not", null);
        const fresh = query.insertInto("sensors").values(row).onConflict(sameName);
        await commitBatch(committing, {
          // What the machine of that name before told was its owner's to see, not the next one's.
          writes: [
            stateWrite(query.deleteFrom("fleet_items").where("sensor", "=", name)),
            stateWrite(before === null ? fresh : again, 1),
          ],
          entries: [entry(committing, "sensor.changed", name, { change: "added", owner: owning })],
        });
        const address = `${committing.addresses.door}${REPORT_PATH}`;
        return { ...sensorView(row, now), key: secret.text, address };
      },
    };
  },
});

/** The row of a removed sensor of that name, which may come again. */
async function demandRoom({ store }: ReadContext, name: string): Promise<SensorRow | null> {
  const row = await store.query.selectFrom("sensors").selectAll().where("name", "=", name).executeTakeFirst();
  if (row !== undefined && row.removed_at === null)
    throw new Fault(
      "sensor_exists",
      `there is already a machine named ${name}`,
      "Choose another name, or remove that one: `doorward fleet remove-sensor NAME`.",
    );
  const { count } = await store.query
    .selectFrom("sensors")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  if (count >= SENSORS_MAX)
    throw new Fault(
      "sensors_full",
      `there are ${SENSORS_MAX} machines already`,
      "Take a Doorward of its own for the next ones.",
    );
  return row ?? null;
}

export const fleetRemoveSensor = write({
  name: "fleet.remove-sensor",
  summary: "Take no more reports of a machine; what it told stays on record and counts as gone",
  permission: "fleet.write",
  presence: true,
  effect: "destructive",
  input: z.strictObject({ name: machineName }),
  output: sensorShape,
  positional: ["name"],
  async plan(context, { name }) {
    const row = await findSensor(context, name);
    if (row.removed_at !== null)
      throw new Fault("sensor_removed", `${name} is removed already`, "Nothing is left to do.");
    return {
      would: `take no more reports of ${name}`,
      async commit(committing) {
        const now = committing.ambient.now();
        const { query } = committing.store;
        const remove = query
          .updateTable("sensors")
          .set({ removed_at: now })
          .where("name", "=", name)
          .where("hash", "=", row.hash)
          .where("removed_at", "is", null);
        const gone = query
          .updateTable("fleet_items")
          .set({ gone_at: now, changed_at: now })
          .where("sensor", "=", name)
          .where("gone_at", "is", null);
        await commitBatch(committing, {
          writes: [stateWrite(remove, 1), stateWrite(gone)],
          entries: [entry(committing, "sensor.changed", name, { change: "removed" })],
        });
        return sensorView({ ...row, removed_at: now }, now);
      },
    };
  },
});
