import { need, Refusal } from "./bytes.ts";
import { type Checkpoint, type NoteKey, openCheckpoint, parseVkey } from "./note.ts";

type Rule = (witnesses: readonly string[]) => boolean;

/** Whom to believe: logs, witnesses, and which of them must have cosigned (C2SP tlog-policy). */
export interface Trust {
  readonly keys: readonly NoteKey[];
  readonly isQuorum: Rule;
}

/** One log, no witness demanded. */
export const trustLog = (vkey: string): Trust => ({ keys: [parseVkey(vkey, 1)], isQuorum: () => true });

/** Opens a checkpoint and holds it to the quorum. */
export function openTrusted(note: string, trust: Trust): Checkpoint {
  const checkpoint = openCheckpoint(note, trust.keys);
  need(trust.isQuorum(checkpoint.witnesses), "the checkpoint lacks the policy's witness quorum");
  return checkpoint;
}

export function parsePolicy(text: string): Trust {
  const keys: NoteKey[] = [];
  const rules = new Map<string, Rule>([["none", () => true]]);
  const used = new Set<string>(["none"]);
  const quorums: Rule[] = [];
  const define = (name: string, rule: Rule) => {
    need(!rules.has(name), `the policy defines ${name} twice`);
    rules.set(name, rule);
  };
  const known = (name: string): Rule => {
    const rule = rules.get(name);
    need(rule !== undefined, `the policy names ${name}, which no line before it defines`);
    return rule;
  };
  const member = (name: string): Rule => {
    need(!used.has(name), `the policy uses ${name} twice, or as a member`);
    used.add(name);
    return known(name);
  };
  for (const line of text.split("\n")) {
    const [word = "", first = "", second = "", ...rest] = line.split(/[ \t]+/).filter((each) => each !== "");
    if (word === "" || word.startsWith("#")) continue;
    if (word === "log") keys.push(parseVkey(first, 1));
    else if (word === "quorum") quorums.push(known(first));
    else if (word === "group") define(first, atLeast(second, rest.map(member)));
    else if (word === "witness") {
      const key = parseVkey(second, 4);
      keys.push(key);
      define(first, (names) => names.includes(key.name));
    } else throw new Refusal(`the policy has a line that means nothing: ${line}`);
  }
  const [isQuorum, ...others] = quorums;
  need(isQuorum !== undefined && others.length === 0, "the policy must have exactly one quorum line");
  const distinct = new Set(keys.map(({ key }) => key.export({ format: "jwk" }).x));
  need(distinct.size === keys.length, "the policy lists a key twice");
  return { keys, isQuorum };
}

function atLeast(count: string, members: readonly Rule[]): Rule {
  const needed = count === "any" ? 1 : count === "all" ? members.length : Number(count);
  const isRight = /^(any|all|[1-9][0-9]{0,4})$/.test(count) && members.length >= Math.max(needed, 1);
  need(isRight, `the policy has a group that needs ${count} of ${members.length} members`);
  return (names) => members.filter((isWitnessed) => isWitnessed(names)).length >= needed;
}
