import {
  copyOfLicence,
  dutiesIn,
  type Licence,
  notice,
  onDerivation,
  onDistribution,
  use,
} from "./licence.ts";

/** Read in meta-llama/llama-models a9c89c471f79, models/<version>/LICENSE and USE_POLICY.md. */
const REPOSITORY = "https://github.com/meta-llama/llama-models/blob/main/models";

const users = (release: string) =>
  use(
    "user-limit",
    `Ask Meta for a licence where your products and your affiliates' had more than 700 million monthly active users in the month before ${release}.`,
    { of: "monthly-active-users", over: 700_000_000 },
  );
const policy = (url: string) =>
  use("use-restrictions", `Keep to Meta's acceptable use policy (${url}) and to the law.`);
const noImproving = (excepted: string) =>
  use(
    "output-training",
    `Improve no other large language model with it or its output; ${excepted} and what is made of it are excepted.`,
  );

interface Since31 {
  readonly id: string;
  readonly version: string;
  readonly folder: string;
  readonly release: string;
  readonly policyUrl: string;
  readonly isClosedToEu: boolean;
}

const SINCE_31: readonly Since31[] = [
  {
    id: "llama3.1",
    version: "Llama 3.1",
    folder: "llama3_1",
    release: "2024-07-23",
    policyUrl: "llama.meta.com/llama3_1/use-policy",
    isClosedToEu: false,
  },
  {
    id: "llama3.2",
    version: "Llama 3.2",
    folder: "llama3_2",
    release: "2024-09-25",
    policyUrl: "www.llama.com/llama3_2/use-policy",
    isClosedToEu: true,
  },
  {
    id: "llama3.3",
    version: "Llama 3.3",
    folder: "llama3_3",
    release: "2024-12-06",
    policyUrl: "www.llama.com/llama3_3/use-policy",
    isClosedToEu: false,
  },
  {
    id: "llama4",
    version: "Llama 4",
    folder: "llama4",
    release: "2025-04-05",
    policyUrl: "www.llama.com/llama4/use-policy",
    isClosedToEu: true,
  },
];

function since31({ id, version, folder, release, policyUrl, isClosedToEu }: Since31): Licence {
  const url = `${REPOSITORY}/${folder}/LICENSE`;
  const territory = dutiesIn(`${REPOSITORY}/${folder}/USE_POLICY.md`, "text", {
    "last paragraph but contacts": [
      use(
        "territory",
        `No rights in its multimodal models for whoever lives in the European Union or for companies whose principal place of business is there${id === "llama4" ? " (all Llama 4 models are multimodal)" : " (11B and 90B Vision)"}; end users of a product that has it inside are excepted.`,
      ),
    ],
  });
  return {
    id,
    name: `${version} Community License Agreement`,
    isSpdx: false,
    standing: "conditional",
    tags: [
      `llama-${id.slice("llama".length)}`,
      `${version.toLowerCase()} community license`,
      `${id}-community`,
    ],
    marks: [`${version.toLowerCase()} community license agreement`],
    duties: [
      ...dutiesIn(url, "text", {
        "1.b.i": [
          copyOfLicence,
          onDistribution(
            "display",
            "Show this on a website, interface, blog post, about page or in the documentation.",
            "Built with Llama",
          ),
          onDerivation(
            "naming",
            "Begin the name of a model that was made with it or with its output with this, where that model is passed on.",
            "Llama",
          ),
        ],
        "1.b.iii": [
          notice(
            `${version} is licensed under the ${version} Community License, Copyright © Meta Platforms, Inc. All Rights Reserved.`,
          ),
        ],
        "1.b.iv": [policy(policyUrl)],
        "2": [users(release)],
      }),
      ...(isClosedToEu ? territory : []),
    ],
  };
}

const LLAMA_2: Licence = {
  id: "llama2",
  name: "Llama 2 Community License Agreement",
  isSpdx: false,
  standing: "conditional",
  tags: ["llama-2", "llama 2 community license", "llama2-community"],
  marks: ["llama 2 community license agreement"],
  duties: dutiesIn(`${REPOSITORY}/llama2/LICENSE`, "text", {
    "1.b.i": [copyOfLicence],
    "1.b.iii": [
      notice(
        "Llama 2 is licensed under the LLAMA 2 Community License, Copyright (c) Meta Platforms, Inc. All Rights Reserved.",
      ),
    ],
    "1.b.iv": [policy("ai.meta.com/llama/use-policy")],
    "1.b.v": [noImproving("Llama 2")],
    "2": [users("2023-07-18")],
  }),
};

const LLAMA_3: Licence = {
  id: "llama3",
  name: "Meta Llama 3 Community License Agreement",
  isSpdx: false,
  standing: "conditional",
  tags: ["llama-3", "llama 3 community license", "llama3-community"],
  marks: ["meta llama 3 community license agreement"],
  duties: dutiesIn(`${REPOSITORY}/llama3/LICENSE`, "text", {
    "1.b.i": [
      copyOfLicence,
      onDistribution(
        "display",
        "Show this on a website, interface, blog post, about page or in the documentation.",
        "Built with Meta Llama 3",
      ),
      onDerivation(
        "naming",
        "Begin the name of a model that was made with it with this, where that model is passed on.",
        "Llama 3",
      ),
    ],
    "1.b.iii": [
      notice(
        "Meta Llama 3 is licensed under the Meta Llama 3 Community License, Copyright © Meta Platforms, Inc. All Rights Reserved.",
      ),
    ],
    "1.b.iv": [policy("llama.meta.com/llama3/use-policy")],
    "1.b.v": [noImproving("Meta Llama 3")],
    "2": [users("2024-04-18")],
  }),
};

export const LLAMA_LICENCES: readonly Licence[] = [LLAMA_2, LLAMA_3, ...SINCE_31.map(since31)];
