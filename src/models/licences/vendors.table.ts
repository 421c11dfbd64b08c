import {
  copyOfLicence,
  keepNotices,
  type Licence,
  notice,
  onDistribution,
  stateChanges,
  use,
} from "./licence.ts";
import { type LicenceRow, modelLicence, research } from "./licence-row.ts";

const ROWS: readonly LicenceRow[] = [
  // Falcon: names and dates as printed by ollama.com/library/falcon and open.windriver.com (search of 2026-11-22); sections unverified.
  {
    id: "falcon-180b",
    name: "Falcon 180B TII License 1.0",
    standing: "conditional",
    tags: ["falcon-180b-license", "falcon-180b-tii-license", "tii-falcon-180b"],
    marks: ["falcon 180b tii license version 1.0"],
    url: "https://huggingface.co/spaces/tiiuae/falcon-180b-license/blob/main/LICENSE.txt",
    read: "secondary",
    asks: {
      "5": [
        use("use-restrictions", "Keep to its acceptable use policy (falconllm.tii.ae), which may change."),
      ],
      "9": [use("registration", "Hosting it as a service for others needs a licence of its own from TII.")],
      "4 and 8": [
        copyOfLicence,
        stateChanges,
        onDistribution("notice", "Attribute it to TII as the licence says."),
      ],
    },
  },
  {
    id: "falcon-2",
    name: "Falcon 2 11B TII License 1.0",
    standing: "conditional",
    tags: [
      "falcon-llm-license",
      "tii-falcon-license-2.0",
      "falcon-2-11b-tii-license",
      "falcon-mamba-license",
    ],
    marks: [
      "falcon 2 11b tii license version 1.0",
      "tii falcon license 2.0",
      "tii falcon llm license version 2.0",
    ],
    url: "https://falconllm.tii.ae/falcon-2-terms-and-conditions.html",
    read: "secondary",
    asks: {
      "5": [
        use("use-restrictions", "Keep to its acceptable use policy (falconllm.tii.ae), which may change."),
      ],
      "4 and 8": [
        copyOfLicence,
        stateChanges,
        onDistribution("notice", "Attribute it to TII as the licence says."),
      ],
    },
  },
  // Yi: 01-ai/Yi f73194cc16e8 has Apache-2.0 by now; this is the licence before.
  {
    id: "yi",
    name: "Yi Series Models Community License Agreement",
    standing: "conditional",
    tags: ["yi-license", "yi-series-models-community-license"],
    marks: ["yi series models community license agreement", "yi series models license agreement"],
    url: "https://github.com/01-ai/Yi",
    read: "unverified",
    asks: {
      "commercial use": [use("registration", "Ask 01.AI for a commercial licence before commercial use.")],
      use: [use("use-restrictions", "Keep to its restrictions of use: no military use, nothing unlawful.")],
      distribution: [
        copyOfLicence,
        onDistribution("pass-on", "Bind those who receive it to the same terms."),
      ],
    },
  },
  // Read in Stability-AI/stable-fast-3d ff21fc491b4d, LICENSE.md (5 July 2024).
  {
    id: "stabilityai-community",
    name: "Stability AI Community License Agreement",
    standing: "conditional",
    tags: [
      "stabilityai-ai-community",
      "stability-ai-community",
      "stabilityai-community-license",
      "sai-community",
    ],
    marks: ["stability ai community license agreement"],
    url: "https://stability.ai/community-license-agreement",
    read: "text",
    asks: {
      III: [
        use(
          "revenue-limit",
          "The licence ends where you and your affiliates have more than 1 million US dollars of revenue a year, from whatever: ask Stability AI for another.",
          { of: "revenue-usd-per-year", over: 1_000_000 },
        ),
        use(
          "registration",
          "Register with Stability AI for commercial use (stability.ai/community-license).",
        ),
      ],
      "IV(a)": [
        copyOfLicence,
        stateChanges,
        notice(
          "This Stability AI Model is licensed under the Stability AI Community License, Copyright © Stability AI Ltd. All Rights Reserved",
        ),
        onDistribution(
          "display",
          "Show this on a website, interface, blog post, about page or in the documentation.",
          "Powered by Stability AI",
        ),
      ],
      "IV(b)": [
        use(
          "use-restrictions",
          "Keep to Stability AI's acceptable use policy (stability.ai/use-policy) and to the law.",
        ),
        use(
          "output-training",
          "Create or improve no foundational generative model with it or its output; its own derivatives are excepted.",
        ),
      ],
    },
  },
  {
    id: "stabilityai-nc-research",
    name: "Stability AI Non-Commercial Research Community License",
    standing: "research",
    tags: [
      "stabilityai-nc-research-community",
      "sai-nc-community",
      "stabilityai-non-commercial-research-community",
    ],
    marks: ["stability ai non commercial research community license agreement"],
    url: "https://stability.ai/license",
    read: "unverified",
    asks: {
      license: [research("Use it for research and what is not commercial alone.")],
      distribution: [
        copyOfLicence,
        notice(
          "This Stability AI Model is licensed under the Stability AI Non-Commercial Research Community License, Copyright (c) Stability AI Ltd. All Rights Reserved.",
        ),
      ],
    },
  },
  // NVIDIA: sections as quoted by copies of the text of 2025 (search of 2026-11-22).
  {
    id: "nvidia-open-model",
    name: "NVIDIA Open Model License Agreement",
    standing: "conditional",
    tags: ["nvidia-open-model-license", "nvidia-open-model-agreement", "nvidia open model license"],
    marks: ["nvidia open model license agreement"],
    url: "https://www.nvidia.com/en-us/agreements/enterprise-software/nvidia-open-model-license/",
    read: "secondary",
    asks: {
      "2.1": [
        use(
          "use-restrictions",
          "Do not bypass or weaken its guardrails without putting others like them in their place: the licence ends by itself.",
        ),
        use(
          "licensor-may-restrict",
          "NVIDIA may change the agreement for legal reasons: follow it, or stop.",
        ),
      ],
      "3.1": [copyOfLicence, notice("Licensed by NVIDIA Corporation under the NVIDIA Open Model License")],
    },
  },
  {
    id: "nvidia-non-commercial",
    name: "NVIDIA Non-Commercial License",
    standing: "research",
    tags: ["nvidia-noncommercial", "nsclv1", "nvidia-source-code-license-nc", "nvidia-license"],
    marks: ["nvidia license 1 definitions licensor means", "nvidia source code license"],
    url: "https://developer.nvidia.com/",
    read: "unverified",
    asks: {
      "3.3": [research("Use it for research or evaluation alone, not commercially.")],
      "3.1": [copyOfLicence, keepNotices],
    },
  },
  // Read in apple/ml-fastvlm 592b4add3c1c, LICENSE_MODEL; its paragraphs have no numbers.
  {
    id: "apple-amlr",
    name: "Apple Machine Learning Research Model License Agreement",
    standing: "research",
    tags: ["apple-ml-research", "apple-machine-learning-research-model-license"],
    marks: ["apple machine learning research model is specifically developed and released by apple"],
    url: "https://github.com/apple/ml-fastvlm/blob/main/LICENSE_MODEL",
    read: "text",
    asks: {
      "License Scope": [
        research(
          "Use it, and what is made of it, for scientific research that is not commercial alone; no product development.",
        ),
      ],
      Distribution: [
        copyOfLicence,
        stateChanges,
        notice(
          "Apple Machine Learning Research Model is licensed under the Apple Machine Learning Research Model License Agreement.",
        ),
      ],
    },
  },
  {
    id: "apple-ascl",
    name: "Apple Sample Code License",
    standing: "conditional",
    tags: ["apple-sample-code-license", "aml"],
    marks: ["apple sample code license"],
    url: "https://developer.apple.com/support/downloads/terms/apple-sample-code/",
    read: "unverified",
    asks: { notice: [keepNotices, copyOfLicence] },
  },
  {
    id: "microsoft-research",
    name: "Microsoft Research License",
    standing: "research",
    tags: ["ms-research", "msr-la", "msr-research-license", "microsoft-research-license", "msrla"],
    marks: [
      "microsoft research license terms",
      "microsoft research license agreement",
      "microsoft research project",
    ],
    url: "https://huggingface.co/microsoft/Orca-2-13b/blob/main/LICENSE",
    read: "unverified",
    asks: { scope: [research("Use it for research that is not commercial alone."), keepNotices] },
  },
  {
    id: "fair-noncommercial-research-license",
    name: "FAIR Noncommercial Research License",
    standing: "research",
    tags: ["fair-nc", "fair-noncommercial-research"],
    marks: ["fair noncommercial research license"],
    url: "https://huggingface.co/facebook/fair-noncommercial-research-license/raw/main/LICENSE",
    read: "unverified",
    asks: {
      "1": [
        research("Use it for research that is not commercial alone."),
        copyOfLicence,
        use("use-restrictions", "Keep to its acceptable use policy."),
      ],
    },
  },
  {
    id: "llama1",
    name: "LLaMA 1 non-commercial research licence",
    standing: "research",
    tags: ["llama-license", "llama license agreement"],
    marks: ["llama license agreement this license agreement as may be amended"],
    url: "https://docs.google.com/forms/d/e/1FAIpQLSfqNECQnMkycAp2jP4Z9TFX0cGR4uf7b_fBxjY_OjhJILlKGA/viewform",
    read: "unverified",
    asks: {
      "2": [research("Use it for research that is not commercial alone; passing it on is not allowed.")],
    },
  },
  {
    id: "opt-175b",
    name: "OPT-175B License Agreement",
    standing: "research",
    tags: ["opt-175b-license", "opt-license"],
    marks: ["opt 175b license agreement"],
    url: "https://github.com/facebookresearch/metaseq/blob/main/projects/OPT/MODEL_LICENSE.md",
    read: "unverified",
    asks: { "2": [research("Use it for research that is not commercial alone.")] },
  },
  {
    id: "intel-research",
    name: "Intel Research Use License Agreement",
    standing: "research",
    tags: [],
    marks: ["intel research use license agreement"],
    url: "https://huggingface.co/docs/hub/repositories-licenses",
    read: "unverified",
    asks: { use: [research("Use it for research alone.")] },
  },
  {
    id: "h-research",
    name: "h-research license",
    standing: "research",
    tags: [],
    marks: [],
    url: "https://huggingface.co/docs/hub/repositories-licenses",
    read: "unverified",
    asks: { use: [research("Use it for research alone.")] },
  },
  {
    id: "grok2-community",
    name: "Grok 2 Community License Agreement",
    standing: "conditional",
    tags: ["grok-2-community"],
    marks: ["grok 2 community license agreement", "xai grok 2 community license agreement"],
    url: "https://huggingface.co/xai-org/grok-2/blob/main/LICENSE",
    read: "unverified",
    asks: {
      use: [
        use(
          "revenue-limit",
          "Commercial use ends where you and your affiliates have more than 1 million US dollars of revenue a year.",
          { of: "revenue-usd-per-year", over: 1_000_000 },
        ),
        use("output-training", "Train no other foundation model with it or its output."),
        use("use-restrictions", "Keep to xAI's acceptable use policy."),
      ],
      distribution: [
        copyOfLicence,
        onDistribution("display", "Show this where it is passed on.", "Powered by xAI"),
      ],
    },
  },
  {
    id: "kimi-k2-modified-mit",
    name: "Modified MIT License (Kimi K2)",
    standing: "conditional",
    tags: ["modified-mit", "modified-mit-license"],
    marks: [
      "our only modification part is that if the software or any derivative works thereof is used for any of your commercial products",
    ],
    url: "https://huggingface.co/moonshotai/Kimi-K2-Instruct/blob/main/LICENSE",
    read: "secondary",
    asks: {
      "last paragraph": [
        use(
          "display",
          'Show "Kimi K2" in the interface of a commercial product with more than 100 million monthly active users or 20 million US dollars of revenue a month.',
          { of: "monthly-active-users", over: 100_000_000 },
        ),
        use("display", "The same from the revenue on.", { of: "revenue-usd-per-month", over: 20_000_000 }),
      ],
      conditions: [keepNotices],
    },
  },
  {
    id: "cogvlm",
    name: "The CogVLM and GLM model licences",
    standing: "conditional",
    tags: ["glm-4", "glm-4-9b", "chatglm", "chatglm3", "cogvlm2", "glm-4-license"],
    marks: ["the glm 4 9b license", "the chatglm"],
    url: "https://huggingface.co/THUDM/glm-4-9b/blob/main/LICENSE",
    read: "unverified",
    asks: {
      "3": [
        use("registration", "Register with the licensor for commercial use."),
        use("use-restrictions", "No military or unlawful use."),
      ],
      "2": [copyOfLicence, keepNotices],
    },
  },
];

export const VENDOR_LICENCES: readonly Licence[] = ROWS.map(modelLicence);
