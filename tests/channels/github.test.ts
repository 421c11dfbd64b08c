import { openGithub, githubTraits } from "../support/platforms/github.ts";
import { rowOf, sdkConformance } from "../support/platforms/sdk.ts";

await sdkConformance("github", rowOf("github"), githubTraits, openGithub);
