import {
  copyOfLicence,
  type Duty,
  dutiesIn,
  keepNotices,
  type Licence,
  onDerivation,
  onDistribution,
  stateChanges,
  use,
} from "./licence.ts";

/**
 * Licences of the SPDX list that models, their code and their data come under. Ids, names and texts: SPDX license list as packed in
 * spdx-license-list 6.12.0 (CC0-1.0); what they ask was read in those texts. A licence of that list which is not here is unknown.
 */
type Asks = (url: string) => readonly Duty[];

const nothing: Asks = () => [];
const notices: Asks = (url) =>
  dutiesIn(url, "text", { "conditions of redistribution": [keepNotices, copyOfLicence] });
const apache: Asks = (url) =>
  dutiesIn(url, "text", {
    "section 4": [
      copyOfLicence,
      stateChanges,
      keepNotices,
      onDistribution("notice", "Keep the attributions of its NOTICE file, where it has one."),
    ],
  });
const attribution: Asks = (url) =>
  dutiesIn(url, "text", {
    "attribution (section 3(a) in version 4.0)": [
      onDistribution("notice", "Name the creator, the licence and whether it was changed."),
    ],
  });
const shared = onDistribution("share-alike", "Pass on what is made of it under the same licence alone.");
const attributionSharing: Asks = (url) => [
  ...attribution(url),
  ...dutiesIn(url, "text", { "share alike (section 3(b) in version 4.0)": [shared] }),
];
const nonCommercial = use("non-commercial", "Do not use it for commercial advantage or payment.");
const attributionNonCommercial: Asks = (url) => [
  ...attribution(url),
  ...dutiesIn(url, "text", { "licence grant (section 2(a)(1) in version 4.0)": [nonCommercial] }),
];
const noDerivatives: Asks = (url) => [
  ...attribution(url),
  ...dutiesIn(url, "text", {
    "licence grant (section 2(a)(1) in version 4.0)": [
      onDerivation("no-derivatives", "Do not pass on what is made of it: no fine-tune, no merge."),
    ],
  }),
];
const copyleft: Asks = (url) =>
  dutiesIn(url, "text", {
    "conditions of conveying": [
      shared,
      onDistribution("source", "Offer the source along with the work, as the licence says."),
      copyOfLicence,
      keepNotices,
    ],
  });
const network: Asks = (url) => [
  ...copyleft(url),
  ...dutiesIn(url, "text", {
    "section 13": [use("source", "Offer the source to those who use a changed version over a network.")],
  }),
];
const sharing: Asks = (url) => dutiesIn(url, "text", { "share alike": [shared, keepNotices] });

type Row = readonly [
  id: string,
  name: string,
  standing: Licence["standing"],
  asks: Asks,
  tags?: readonly string[],
];

const ROWS: readonly Row[] = [
  ["MIT", "MIT License", "open", notices, ["mit-license", "expat"]],
  [
    "Apache-2.0",
    "Apache License 2.0",
    "open",
    apache,
    ["apache2", "apache-2", "apache 2.0", "apache license 2.0", "apache"],
  ],
  ["BSD-2-Clause", "BSD 2-Clause License", "open", notices],
  ["BSD-3-Clause", "BSD 3-Clause License", "open", notices],
  ["BSD-3-Clause-Clear", "BSD 3-Clause Clear License", "open", notices],
  ["ISC", "ISC License", "open", notices],
  ["Zlib", "zlib License", "open", notices],
  ["NCSA", "University of Illinois/NCSA Open Source License", "open", notices],
  ["PostgreSQL", "PostgreSQL License", "open", notices],
  ["BSL-1.0", "Boost Software License 1.0", "open", notices],
  ["MS-PL", "Microsoft Public License", "open", notices],
  ["AFL-3.0", "Academic Free License v3.0", "open", notices],
  ["ECL-2.0", "Educational Community License v2.0", "open", apache],
  ["Artistic-2.0", "Artistic License 2.0", "open", notices],
  ["Unlicense", "The Unlicense", "open", nothing],
  ["WTFPL", "Do What The F*ck You Want To Public License", "open", nothing],
  ["CC0-1.0", "Creative Commons Zero v1.0 Universal", "open", nothing, ["cc0"]],
  ["PDDL-1.0", "Open Data Commons Public Domain Dedication & License 1.0", "open", nothing, ["pddl"]],
  ["CDLA-Permissive-1.0", "Community Data License Agreement Permissive 1.0", "open", notices],
  ["CDLA-Permissive-2.0", "Community Data License Agreement Permissive 2.0", "open", notices],
  ["CDLA-Sharing-1.0", "Community Data License Agreement Sharing 1.0", "copyleft", sharing],
  [
    "C-UDA-1.0",
    "Computational Use of Data Agreement v1.0",
    "conditional",
    (url) =>
      dutiesIn(url, "text", {
        "section 2": [use("use-restrictions", "Use the data for computation alone."), keepNotices],
      }),
    ["c-uda"],
  ],
  ["ODC-By-1.0", "Open Data Commons Attribution License v1.0", "open", attribution, ["odc-by"]],
  ["ODbL-1.0", "Open Data Commons Open Database License v1.0", "copyleft", attributionSharing, ["odbl"]],
  ["OpenMDW-1.0", "OpenMDW License Agreement 1.0", "open", notices],
  ["OFL-1.1", "SIL Open Font License 1.1", "copyleft", sharing],
  ["etalab-2.0", "Etalab Open License 2.0", "open", attribution],
  ["CC-BY-3.0", "Creative Commons Attribution 3.0", "open", attribution],
  ["CC-BY-4.0", "Creative Commons Attribution 4.0", "open", attribution],
  ["CC-BY-SA-3.0", "Creative Commons Attribution Share Alike 3.0", "copyleft", attributionSharing],
  ["CC-BY-SA-4.0", "Creative Commons Attribution Share Alike 4.0", "copyleft", attributionSharing],
  ["CC-BY-ND-4.0", "Creative Commons Attribution No Derivatives 4.0", "conditional", noDerivatives],
  [
    "CC-BY-NC-3.0",
    "Creative Commons Attribution Non Commercial 3.0",
    "non-commercial",
    attributionNonCommercial,
  ],
  [
    "CC-BY-NC-4.0",
    "Creative Commons Attribution Non Commercial 4.0",
    "non-commercial",
    attributionNonCommercial,
  ],
  [
    "CC-BY-NC-SA-3.0",
    "Creative Commons Attribution Non Commercial Share Alike 3.0",
    "non-commercial",
    (url) => [...attributionNonCommercial(url), ...sharing(url)],
  ],
  [
    "CC-BY-NC-SA-4.0",
    "Creative Commons Attribution Non Commercial Share Alike 4.0",
    "non-commercial",
    (url) => [...attributionNonCommercial(url), ...sharing(url)],
  ],
  [
    "CC-BY-NC-ND-3.0",
    "Creative Commons Attribution Non Commercial No Derivatives 3.0",
    "non-commercial",
    (url) => [...attributionNonCommercial(url), ...noDerivatives(url)],
  ],
  [
    "CC-BY-NC-ND-4.0",
    "Creative Commons Attribution Non Commercial No Derivatives 4.0",
    "non-commercial",
    (url) => [...attributionNonCommercial(url), ...noDerivatives(url)],
  ],
  ["MPL-2.0", "Mozilla Public License 2.0", "copyleft", copyleft],
  ["EPL-2.0", "Eclipse Public License 2.0", "copyleft", copyleft],
  ["EUPL-1.2", "European Union Public License 1.2", "copyleft", copyleft],
  ["OSL-3.0", "Open Software License 3.0", "copyleft", copyleft],
  [
    "LGPL-2.1-only",
    "GNU Lesser General Public License v2.1 only",
    "copyleft",
    copyleft,
    ["lgpl-2.1", "lgpl-2.1-or-later"],
  ],
  [
    "LGPL-3.0-only",
    "GNU Lesser General Public License v3.0 only",
    "copyleft",
    copyleft,
    ["lgpl-3.0", "lgpl-3.0-or-later"],
  ],
  [
    "GPL-2.0-only",
    "GNU General Public License v2.0 only",
    "copyleft",
    copyleft,
    ["gpl-2.0", "gpl-2.0-or-later"],
  ],
  [
    "GPL-3.0-only",
    "GNU General Public License v3.0 only",
    "copyleft",
    copyleft,
    ["gpl-3.0", "gpl-3.0-or-later"],
  ],
  [
    "AGPL-3.0-only",
    "GNU Affero General Public License v3.0",
    "copyleft",
    network,
    ["agpl-3.0", "agpl-3.0-or-later"],
  ],
];

export const SPDX_LICENCES: readonly Licence[] = ROWS.map(([id, name, standing, asks, tags]) => ({
  id,
  name,
  isSpdx: true,
  standing,
  tags: tags ?? [],
  marks: [],
  duties: asks(`https://spdx.org/licenses/${id}.html`),
}));
