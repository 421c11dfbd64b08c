/**
 * Under which licence well-known models were published, by their names at Hugging Face: the first that fits counts. From models.md
 * section 5 (of shared/design/sources, 2026-11) and the model cards that it read. A name is a claim: whoever names a base names its licence.
 */
export interface KnownBase {
  /** On a name in lower case, spaces and underscores as hyphens; with or without its organisation. */
  readonly name: RegExp;
  readonly licence: string;
}

export const KNOWN_BASES: readonly KnownBase[] = [
  { name: /deepseek-r1-distill-llama-8b/, licence: "llama3.1" },
  { name: /deepseek-r1-distill-llama-70b/, licence: "llama3.3" },
  { name: /deepseek-r1-distill-qwen/, licence: "Apache-2.0" },
  { name: /deepseek-(?:r1|v3-0324|v3\.[12]|v4)/, licence: "MIT" },
  { name: /deepseek-(?:llm|v2|v3|coder|moe|math|vl)/, licence: "deepseek" },
  { name: /(?:^|\/|[^a-z])(?:meta-)?llama-?4-/, licence: "llama4" },
  { name: /(?:^|\/|[^a-z])(?:meta-)?llama-?3\.3/, licence: "llama3.3" },
  { name: /(?:^|\/|[^a-z])(?:meta-)?llama-?3\.2/, licence: "llama3.2" },
  { name: /(?:^|\/|[^a-z])(?:meta-)?llama-?3\.1/, licence: "llama3.1" },
  { name: /(?:^|\/|[^a-z])(?:meta-)?llama-?3(?![.\db])/, licence: "llama3" },
  { name: /(?:^|\/|[^a-z])(?:code)?llama-?2(?![.\db])|codellama/, licence: "llama2" },
  { name: /(?:huggyllama|decapoda-research)\/llama|(?:^|\/)llama-(?:7|13|30|65)b/, licence: "llama1" },
  { name: /gemma-?4/, licence: "Apache-2.0" },
  { name: /(?:pali|code|med|shield|recurrent|data|embedding)?gemma/, licence: "gemma" },
  { name: /mistral-large-(?:instruct-)?(?:24)|pixtral-large|ministral-8b-instruct-2410/, licence: "mrl-0.1" },
  { name: /codestral-22b/, licence: "mnpl-0.1" },
  {
    name: /(?:mistral-7b|mixtral|mistral-nemo|mistral-small|mistral-large-3|ministral-3|devstral-small|magistral-small|pixtral-12b)/,
    licence: "Apache-2.0",
  },
  { name: /qwen2\.5-(?:vl-)?3b|qwen2\.5-coder-3b/, licence: "qwen-research" },
  { name: /qwen2(?:\.5)?-(?:vl-|math-)?72b/, licence: "qwen" },
  { name: /(?:^|\/)qwen-1[._]8b/, licence: "tongyi-qianwen-research" },
  { name: /(?:^|\/)qwen-(?:7|14|72)b|qwen1\.5/, licence: "tongyi-qianwen" },
  { name: /qwen-?(?:2|3|2\.5|3\.5)(?:[^\d]|$)/, licence: "Apache-2.0" },
  { name: /falcon-180b/, licence: "falcon-180b" },
  { name: /falcon-?(?:2|3|mamba)/, licence: "falcon-2" },
  { name: /falcon-(?:7|40)b/, licence: "Apache-2.0" },
  { name: /stable-diffusion-(?:v1|1[.-]|v-1)/, licence: "creativeml-openrail-m" },
  { name: /stable-diffusion-(?:2|xl-base-1)/, licence: "openrail++" },
  { name: /stable-diffusion-3/, licence: "stabilityai-community" },
  { name: /(?:^|\/)bloomz?(?:-|$)/, licence: "bigscience-bloom-rail-1.0" },
  { name: /starcoder|santacoder/, licence: "bigcode-openrail-m" },
  { name: /(?:^|\/|c4ai-)(?:command-r|aya)/, licence: "CC-BY-NC-4.0" },
  { name: /(?:^|\/)opt-(?:66|175)b/, licence: "opt-175b" },
  { name: /gpt-oss/, licence: "Apache-2.0" },
  { name: /(?:^|\/)phi-(?:2|3|3\.5|4)/, licence: "MIT" },
  { name: /orca-2/, licence: "microsoft-research" },
  { name: /kimi-k2/, licence: "kimi-k2-modified-mit" },
  { name: /grok-2/, licence: "grok2-community" },
];
