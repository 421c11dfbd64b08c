/** One line of `Approval.groups`: `count` members of `group` must say yes, and who may not be among them. */
export interface Requirement {
  readonly group: string;
  /** How many different people. */
  readonly count: number;
  /** Neither an owner of the chain's agents nor the user it is done for. */
  readonly notOwner: boolean;
  /** Not the user it is done for; where it is done for nobody, not the agent's owner. */
  readonly notRequester: boolean;
}

export const COUNT_MAX = 10;

const GROUP = /^[\p{L}\p{N}][\p{L}\p{N} ._@/-]{0,62}$/u;
const NOT_OWNER = "not-owner";
const NOT_REQUESTER = "not-requester";

export function isGroupName(text: string): boolean {
  return GROUP.test(text);
}

/**
 * Reads `GROUP`, or `GROUP, 2, not-owner, not-requester` with the options in any order, as `@hold` of a policy writes it.
 * Null for anything else. `textOf` gives its one canonical spelling, by which equal lines are known.
 */
export function readRequirement(text: string): Requirement | null {
  const [group = "", ...options] = partsOf(text);
  if (!isGroupName(group) || new Set(options).size < options.length) return null;
  const counts = options.filter((option) => /^[0-9]+$/.test(option));
  const isKnown = options.every((option) => isFlag(option) || counts.includes(option));
  const [count = "1", ...more] = counts;
  if (!isKnown || more.length > 0 || !/^(?:[1-9]|10)$/.test(count)) return null;
  return { group, count: Number(count), ...flagsOf(options) };
}

/** Of a line that was stored. What it cannot read asks for more, never less: then only the group is believed. */
export function parseRequirement(text: string): Requirement {
  const read = readRequirement(text);
  if (read !== null) return read;
  const [group = ""] = partsOf(text);
  return { group, count: 1, notOwner: true, notRequester: true };
}

export function requirementText({ group, count, notOwner, notRequester }: Requirement): string {
  const options = [
    ...(count > 1 ? [String(count)] : []),
    ...(notOwner ? [NOT_OWNER] : []),
    ...(notRequester ? [NOT_REQUESTER] : []),
  ];
  return [group, ...options].join(", ");
}

function partsOf(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}

function isFlag(option: string): boolean {
  return option === NOT_OWNER || option === NOT_REQUESTER;
}

function flagsOf(options: readonly string[]): Pick<Requirement, "notOwner" | "notRequester"> {
  return { notOwner: options.includes(NOT_OWNER), notRequester: options.includes(NOT_REQUESTER) };
}
