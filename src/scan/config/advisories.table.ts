/** A weakness of a runtime that a file makes use of, by what is in it. */
export interface Advisory {
  /** The CVE's id where there is one; else the GHSA's. */
  readonly id: string;
  readonly also: readonly string[];
  readonly product: string;
  /** As the advisory has it; null where the sources give none. */
  readonly affected: string | null;
  /** The key or the part of a file that bites. */
  readonly bites: string;
  readonly source: string;
}

/**
 * What older runtimes do with a key, although nobody told them to run code. Of ../shared/design/sources/models.md (sections 0, 1.4 and 7),
 * and of the pages named in `source`, read on 2026-11-22.
 */
export const ADVISORIES = {
  attention: {
    id: "CVE-2026-4372",
    also: ["GHSA-29pf-2h5f-8g72"],
    product: "transformers",
    affected: ">= 4.56.0, < 5.3.0, with the package kernels",
    bites:
      "_attn_implementation_internal names a repository, whose code is run although trust_remote_code is false",
    source: "models.md 0.7; local-inference-lab/b12x#151; linkloot.io on NVD's entry",
  },
  lightglue: {
    id: "CVE-2026-5241",
    also: ["GHSA-fgcw-684q-jj6r"],
    product: "transformers",
    affected: ">= 5.2.0, < 5.5.0",
    bites: "trust_remote_code in LightGlue's configuration counts more than the caller's",
    source: "models.md 0.7; github/advisory-database#8812; pydantic/pydantic-ai#6482",
  },
  autoMap: {
    id: "CVE-2026-22807",
    also: ["GHSA-2pc9-4j83-qjmr"],
    product: "vLLM",
    affected: ">= 0.10.1, < 0.14.0",
    bites: "auto_map is followed although trust_remote_code is false",
    source: "models.md 0.7; raxe.ai RAXE-2026-023; vllm-project/vllm#41157",
  },
  hydra: {
    id: "CVE-2025-23304",
    also: [],
    product: "NVIDIA NeMo",
    affected: null,
    bites: "_target_ of a .nemo file's configuration names what is called",
    source: "models.md 1.4; Palo Alto Networks Unit 42, RCE vulnerabilities in AI Python libraries",
  },
  template: {
    id: "CVE-2024-34359",
    also: [],
    product: "llama-cpp-python",
    affected: "< 0.2.72",
    bites: "a chat template is rendered without a sandbox",
    source: "models.md 7",
  },
} as const satisfies Readonly<Record<string, Advisory>>;
