import { aws } from "./aws.ts";
import { azure } from "./azure.ts";
import { gcp } from "./gcp.ts";
import { hashicorp } from "./hashicorp.ts";
import { onepassword } from "./onepassword.ts";

/** Secret managers that a credential may refer to, by the word that a reference begins with. */
export const MANAGERS = { hashicorp, aws, gcp, azure, "1password": onepassword } as const;
