import { z } from "zod";
import { Fault, type JsonObject } from "#base";
import { inputOf, itemsTold, type ToldItem } from "#llm";
import type { ActionId, Identity } from "#vocabulary";
import { orLater } from "../rows.ts";
import type { KeptResult } from "./kept.ts";
import type { Mine, TurnRows } from "./turn-rows.ts";

/** Items of kept turns by the ids that their clients were given: the upstream's own, or Doorward's. */
export interface ToldItems {
  /** Remembers the items by which a client was told of a turn that is kept, beside those it was told before. */
  readonly told: (actionId: ActionId, items: readonly ToldItem[]) => void;
  /**
   * The items that a client names, as input for a model: none of an item where it would mean nothing to one. What was
   * never told, or not to this session, is not in it. Throws `llm_value_invalid` for items of too many answers.
   */
  readonly itemsNamed: (
    identity: Identity,
    ids: readonly string[],
  ) => ReadonlyMap<string, readonly JsonObject[]>;
}

export interface ToldItemsOutside {
  readonly rows: TurnRows;
  readonly keptOf: (actionId: string) => KeptResult | null;
  readonly now: () => number;
  readonly mine: (identity: Identity) => Mine;
}

/** Each is unsealed and read. */
const ANSWERS_NAMED_MAX = 512;

export function createToldItems({ rows, keptOf, now, mine }: ToldItemsOutside): ToldItems {
  return {
    told: (actionId, items) => {
      const again = new Set(items.map(({ id }) => id));
      const before = toldIn(rows.told(actionId)).filter(({ id }) => !again.has(id));
      orLater(() => rows.tell(actionId, JSON.stringify([...before, ...items])));
    },
    itemsNamed: (identity, ids) => {
      const wanted = new Set(ids);
      const found = new Map<string, readonly JsonObject[]>();
      let answers = 0;
      for (const row of wanted.size === 0 ? [] : rows.allTold(mine(identity), now())) {
        const told = toldIn(row.items);
        if (!told.some(({ id }) => wanted.has(id))) continue;
        answers += 1;
        if (answers > ANSWERS_NAMED_MAX) throw tooManyNamed();
        const kept = keptOf(row.action_id);
        if (kept === null) continue;
        for (const [at, input] of inputOf(itemsTold(told, kept.turn)).entries()) {
          const id = told[at]?.id ?? "";
          // The newest of that name.
          if (wanted.delete(id)) found.set(id, input);
        }
        if (wanted.size === 0) break;
      }
      return found;
    },
  };
}

const toldItems = z.array(z.object({ id: z.string(), parts: z.array(z.number()), words: z.string() }));

function toldIn(column: string | null): readonly ToldItem[] {
  return column === null ? [] : toldItems.parse(JSON.parse(column));
}

function tooManyNamed(): Fault {
  return new Fault(
    "llm_value_invalid",
    `the request names items of more than ${ANSWERS_NAMED_MAX} answers`,
    "Send the items of the older ones themselves.",
  );
}
