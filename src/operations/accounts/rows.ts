import { z } from "zod";
import type { UserId } from "#vocabulary";

// Columns of the state database as the words of the house; a damaged row stops here, not in a decision.
const user = z.custom<UserId>((value) => typeof value === "string" && value.startsWith("usr_"));
const roles = z.array(z.enum(["admin", "approver", "auditor", "owner"]));
const texts = z.array(z.string());

export const userIdOf = (column: string): UserId => user.parse(column);
export const rolesOf = (column: string): z.output<typeof roles> => roles.parse(JSON.parse(column));
export const textsOf = (column: string): string[] => texts.parse(JSON.parse(column));
