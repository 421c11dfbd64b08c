import {
  copyOfLicence,
  keepNotices,
  type Licence,
  notice,
  onDerivation,
  onDistribution,
  stateChanges,
  use,
} from "./licence.ts";
import { type LicenceRow, modelLicence, research } from "./licence-row.ts";

const mau = (over: number, says: string) => use("user-limit", says, { of: "monthly-active-users", over });

/** The clauses of the RAIL family, whose sections agree: 4 is distribution, 5 use, 7 updates, attachment A the restrictions. */
const railAsks = (attachment: string): LicenceRow["asks"] => ({
  "4": [copyOfLicence, stateChanges, keepNotices],
  "4.a": [
    onDistribution(
      "pass-on",
      "Bind those who receive it, or what is made of it, to the same restrictions of use, and tell them.",
    ),
  ],
  [`5 and ${attachment}`]: [
    use(
      "use-restrictions",
      "Use it for none of the listed purposes: harm, discrimination, disinformation and others.",
    ),
  ],
  "7": [use("licensor-may-restrict", "The licensor may restrict use that goes against the licence.")],
});

const ROWS: readonly LicenceRow[] = [
  // Mistral. Text of both as quoted by copies of the model cards (models.md section 5; search of 2026-11-22).
  {
    id: "mrl-0.1",
    name: "Mistral AI Research License 0.1",
    standing: "research",
    tags: ["mrl", "mistral-ai-research-license", "mistral research license", "mistral-research"],
    marks: ["mistral ai research license if you want to use a mistral model a derivative or an output"],
    url: "https://mistral.ai/licenses/MRL-0.1.md",
    read: "secondary",
    asks: {
      "2.2 and 2.3": [
        copyOfLicence,
        onDistribution("notice", "Keep the attribution to Mistral AI, and say what was changed."),
      ],
      "3.1 and 3.2": [
        research(
          "Use the model, what is made of it and its output for research alone, wherever you got it from; use inside a company for its business is none.",
        ),
      ],
    },
  },
  {
    id: "mnpl-0.1",
    name: "Mistral AI Non-Production License 0.1",
    standing: "research",
    tags: ["mnpl", "mistral-ai-non-production-license", "mistral non-production license"],
    marks: ["mistral ai non production license"],
    url: "https://mistral.ai/licenses/MNPL-0.1.md",
    read: "secondary",
    asks: {
      "3.2": [
        use(
          "non-production",
          "Use it for testing, research, personal use or evaluation in environments that are not production; supply it to nobody in the course of business, paid or free.",
        ),
      ],
      "2.2": [copyOfLicence],
    },
  },
  // Gemma 1 to 3. Text of 2026-04-01 as copied by stabilityai/stable-audio-3-optimized, LICENSE_GEMMA.md; Gemma 4 is under Apache-2.0.
  {
    id: "gemma",
    name: "Gemma Terms of Use",
    standing: "conditional",
    tags: ["gemma-terms-of-use", "gemma terms of use", "gemma-license"],
    marks: [
      "gemma terms of use",
      "by using reproducing modifying distributing performing or displaying any portion or element of gemma",
    ],
    url: "https://ai.google.dev/gemma/terms",
    read: "secondary",
    asks: {
      "3.1": [
        copyOfLicence,
        stateChanges,
        notice(
          "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms",
        ),
        onDistribution(
          "pass-on",
          "Bind those who receive it to the restrictions of section 3.2 by an enforceable agreement.",
        ),
      ],
      "3.2": [
        use(
          "use-restrictions",
          "Keep to the Gemma Prohibited Use Policy (ai.google.dev/gemma/prohibited_use_policy) and to the law.",
        ),
        use(
          "licensor-may-restrict",
          "Google may restrict use that it believes to go against the terms, from afar too.",
        ),
      ],
      "1.1(e)": [
        onDerivation(
          "share-alike",
          "A model trained on its output to behave like it is a derivative under these terms too.",
        ),
      ],
    },
  },
  // Qwen: texts in QwenLM/Qwen 2df8e8ac450f for the first two.
  {
    id: "tongyi-qianwen",
    name: "Tongyi Qianwen License Agreement",
    standing: "conditional",
    tags: ["tongyi-qianwen-license", "tongyi qianwen", "qwen-license", "tongyi-qianwen-license-agreement"],
    marks: ["tongyi qianwen license agreement"],
    url: "https://github.com/QwenLM/Qwen/blob/main/Tongyi%20Qianwen%20LICENSE%20AGREEMENT",
    read: "text",
    asks: {
      "3": [
        copyOfLicence,
        stateChanges,
        notice(
          "Tongyi Qianwen is licensed under the Tongyi Qianwen LICENSE AGREEMENT, Copyright (c) Alibaba Cloud. All Rights Reserved.",
        ),
      ],
      "4": [
        mau(
          100_000_000,
          "Ask Alibaba Cloud for a licence where a commercial product has more than 100 million monthly active users.",
        ),
      ],
      "5.b": [use("output-training", "Improve no other large language model with it or its output.")],
    },
  },
  {
    id: "tongyi-qianwen-research",
    name: "Tongyi Qianwen Research License Agreement",
    standing: "research",
    tags: ["tongyi-qianwen-research-license"],
    marks: ["tongyi qianwen research license agreement"],
    url: "https://github.com/QwenLM/Qwen/blob/main/Tongyi%20Qianwen%20RESEARCH%20LICENSE%20AGREEMENT",
    read: "text",
    asks: {
      "2": [
        research(
          "Use it for research or evaluation alone; ask Alibaba Cloud for a licence for any commercial use.",
        ),
      ],
      "3": [
        copyOfLicence,
        stateChanges,
        notice(
          "Tongyi Qianwen is licensed under the Tongyi Qianwen RESEARCH LICENSE AGREEMENT, Copyright (c) Alibaba Cloud. All Rights Reserved.",
        ),
      ],
      "4.b": [use("output-training", "Improve no other large language model with it or its output.")],
    },
  },
  {
    id: "qwen",
    name: "Qwen License Agreement",
    standing: "conditional",
    tags: ["qwen-license-agreement", "qwen license agreement"],
    marks: ["qwen license agreement"],
    url: "https://huggingface.co/Qwen/Qwen2.5-72B-Instruct/blob/main/LICENSE",
    read: "secondary",
    asks: {
      "3": [
        copyOfLicence,
        stateChanges,
        onDistribution("notice", "Keep the attribution of its Notice file."),
      ],
      "4": [
        mau(
          100_000_000,
          "Ask Alibaba Cloud for a licence where a commercial product has more than 100 million monthly active users.",
        ),
        onDerivation(
          "display",
          "Show one of these in the documentation of a model that was made with it or its output and is passed on.",
          "Built with Qwen, or Improved using Qwen",
        ),
      ],
    },
  },
  {
    id: "qwen-research",
    name: "Qwen Research License Agreement",
    standing: "research",
    tags: ["qwen-research-license", "qwen research license"],
    marks: ["qwen research license agreement"],
    url: "https://huggingface.co/Qwen/Qwen2.5-3B/blob/main/LICENSE",
    read: "secondary",
    asks: {
      "2": [
        research(
          "Use it for research or evaluation alone; ask Alibaba Cloud for a licence for any commercial use.",
        ),
      ],
      "3": [copyOfLicence, stateChanges],
      "4": [
        onDerivation(
          "display",
          "Show one of these in the documentation of a model that was made with it or its output and is passed on.",
          "Built with Qwen, or Improved using Qwen",
        ),
      ],
    },
  },
  // Read in deepseek-ai/DeepSeek-V3 9b4e9788e4a3, LICENSE-MODEL.
  {
    id: "deepseek",
    name: "DeepSeek License Agreement 1.0",
    standing: "conditional",
    tags: ["deepseek-license", "deepseek-license-agreement", "deepseek-model-license"],
    marks: ["deepseek license agreement"],
    url: "https://github.com/deepseek-ai/DeepSeek-V3/blob/main/LICENSE-MODEL",
    read: "text",
    asks: railAsks("attachment A (no military use among them)"),
  },
  // OpenRAIL: the texts of the first two in CompVis/stable-diffusion 21f890f9da3c and Stability-AI/stablediffusion cf1d67a6fd5e.
  {
    id: "creativeml-openrail-m",
    name: "CreativeML Open RAIL-M",
    standing: "conditional",
    tags: ["creativeml-openrail", "stable-diffusion-license"],
    marks: ["creativeml open rail m"],
    url: "https://github.com/CompVis/stable-diffusion/blob/main/LICENSE",
    read: "text",
    asks: railAsks("attachment A"),
  },
  {
    id: "openrail++",
    name: "CreativeML Open RAIL++-M License",
    standing: "conditional",
    tags: ["openrail-plus-plus", "creativeml-openrail++-m", "openrail++-m"],
    marks: ["creativeml open rail ++ m license"],
    url: "https://github.com/Stability-AI/stablediffusion/blob/main/LICENSE-MODEL",
    read: "text",
    asks: railAsks("attachment A"),
  },
  {
    id: "bigscience-openrail-m",
    name: "BigScience Open RAIL-M License",
    standing: "conditional",
    tags: [],
    marks: ["bigscience open rail m license"],
    url: "https://huggingface.co/spaces/bigscience/license",
    read: "unverified",
    asks: railAsks("attachment A"),
  },
  {
    id: "bigscience-bloom-rail-1.0",
    name: "BigScience RAIL License v1.0",
    standing: "conditional",
    tags: ["bigscience-rail-1.0", "bloom-rail-1.0"],
    marks: ["bigscience rail license v1.0"],
    url: "https://huggingface.co/spaces/bigscience/license/raw/main/BLOOMLICENSE.txt",
    read: "unverified",
    asks: railAsks("attachment A"),
  },
  {
    id: "bigcode-openrail-m",
    name: "BigCode OpenRAIL-M v1 License Agreement",
    standing: "conditional",
    tags: ["bigcode-open-rail-m"],
    marks: ["bigcode open rail m v1 license agreement", "bigcode openrail m"],
    url: "https://huggingface.co/spaces/bigcode/bigcode-model-license-agreement",
    read: "unverified",
    asks: railAsks("attachment A"),
  },
  {
    id: "openrail",
    name: "An Open RAIL licence, which one it does not say",
    standing: "conditional",
    tags: ["open-rail", "openrail-m"],
    marks: [],
    url: "https://www.licenses.ai/",
    read: "unverified",
    asks: railAsks("attachment A"),
  },
  {
    id: "deepfloyd-if-license",
    name: "DeepFloyd IF License Agreement",
    standing: "research",
    tags: ["deepfloyd-if"],
    marks: ["deepfloyd if license agreement"],
    url: "https://github.com/deep-floyd/IF/blob/develop/LICENSE-MODEL",
    read: "unverified",
    asks: {
      II: [
        research("Use it for research alone."),
        use("use-restrictions", "Keep to its list of restricted uses."),
      ],
    },
  },
];

export const MODEL_LICENCES: readonly Licence[] = ROWS.map(modelLicence);
