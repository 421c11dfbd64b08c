import { describe, expect, it } from "vitest";
import { bytesIn } from "../bytes.ts";
import { claimsIn, mayClaim } from "./claims.ts";
import { decideLicence, type Situation } from "./decide.ts";
import { licenceReport, type NamedBase } from "./lineage.ts";

const file = (name: string, text: string) => claimsIn(bytesIn(Buffer.from(text)), name);
const card = (head: string) => file("README.md", `---\n${head}\n---\n# A model\n`);
const base = (name: string, relation: NamedBase["relation"] = "fine-tune"): NamedBase => {
  return { name, relation, grounds: "inferred" };
};
const rules = (report: ReturnType<typeof licenceReport>) => report.concerns.map(({ rule }) => rule);

const named = (name: string) =>
  rules(licenceReport(name, [card("license: llama3.1")], [base("meta-llama/Llama-3.1-8B")]));

describe("the duties over a lineage", () => {
  it("are those of the strictest licence too, whatever the last one says", () => {
    const report = licenceReport("acme/Llama-fine", [
      card("license: apache-2.0\nbase_model: meta-llama/Llama-3.1-8B"),
    ]);
    expect(report.standing).toBe("conditional");
    expect(report.licences.map(({ licence }) => licence)).toEqual(["Apache-2.0", "llama3.1"]);
    expect(rules(report)).toEqual(["licence-relabelled"]);
    const limit = report.duties.find(({ kind }) => kind === "user-limit");
    expect(limit).toMatchObject({
      licence: "llama3.1",
      limit: { over: 700_000_000 },
      source: { section: "2" },
    });
  });

  it("finds a research licence under an Apache label (as a quantised Pixtral Large once had)", () => {
    const report = licenceReport("acme/Pixtral-Large-Instruct-2411-w4a16", [
      card("license: apache-2.0\nbase_model: mistralai/Pixtral-Large-Instruct-2411"),
    ]);
    expect([report.standing, rules(report)]).toEqual([
      "research",
      ["licence-relabelled", "licence-relabelled"],
    ]);
  });

  it("finds a relabelled copy that names no base, by its own name", () => {
    const report = licenceReport("acme/Llama-3.2-11B-Vision", [card("license: mit")]);
    expect([report.standing, rules(report)]).toEqual(["conditional", ["licence-relabelled"]]);
  });

  it("finds the base that others know of, which the model conceals", () => {
    const report = licenceReport("acme/wise-7b", [card("license: mit")], [base("google/gemma-2-9b")]);
    expect([report.standing, rules(report)]).toEqual(["conditional", ["licence-relabelled"]]);
    expect(report.concerns[0]?.says).toContain("inferred");
  });

  it("finds a text and a label that disagree, and lets both bind", () => {
    const report = licenceReport("acme/wise-7b", [
      card("license: mit"),
      file("LICENSE.txt", "Mistral AI Non-Production License\n\n1. Scope and acceptance"),
    ]);
    expect([report.standing, rules(report)]).toEqual(["research", ["licence-mismatch"]]);
  });

  it("is content where label, text and base agree", () => {
    const report = licenceReport("acme/wise-7b", [
      card("license: apache-2.0\nbase_model: mistralai/Mistral-7B-v0.1"),
    ]);
    expect([report.standing, rules(report)]).toEqual(["open", []]);
  });

  it.each([
    ["nothing is said", []],
    ["the label is other", [card("license: other")]],
    ["the text is nobody's", [file("LICENSE", "Do as you like, mostly.")]],
    ["a base is not known", [card("license: mit\nbase_model: acme/secret")]],
    ["part of an expression is not known", [card("license: MIT AND LicenseRef-acme")]],
  ])("is unknown where %s, which is never fine", (_, files) => {
    const report = licenceReport("acme/wise-7b", files);
    expect(report.standing).toBe("unknown");
    expect(rules(report)).toContain("licence-unknown");
    expect(decideLicence(report, { ...FINE, purpose: "research" }).decision).toBe("deny");
  });

  it("finds licences that cannot be kept together", () => {
    const shared = licenceReport(
      "acme/mix",
      [card("license: cc-by-sa-4.0")],
      [base("google/gemma-2-9b", "merge")],
    );
    expect(rules(shared)).toContain("licence-conflict");
    const merged = licenceReport(
      "acme/Llama-2-mix",
      [card("license: llama2")],
      [base("meta-llama/Llama-2-7b", "merge"), base("google/gemma-2-9b", "merge")],
    );
    expect(rules(merged)).toContain("output-training");
    const open = licenceReport(
      "acme/mix",
      [card("license: apache-2.0")],
      [base("mistralai/Mistral-7B-v0.1", "merge")],
    );
    expect(rules(open)).toEqual([]);
  });

  it("asks for the name that a licence prescribes", () => {
    expect(named("acme/wise-8b")).toContain("licence-naming");
    expect(named("acme/Llama-wise-8b")).not.toContain("licence-naming");
  });
});

const FINE: Situation = {
  monthlyActiveUsers: 1000,
  revenueUsdPerYear: 10_000,
  isInEu: false,
  purpose: "production",
  isDistributed: false,
  isMultimodal: false,
};

const decide = (licence: string, situation: Partial<Situation>) => {
  const report = licenceReport("acme/x", [card(`license: ${licence}`)]);
  return decideLicence(report, { ...FINE, ...situation }).decision;
};

describe("what the duties come to", () => {
  it.each<[string, Partial<Situation>, string]>([
    ["mit", {}, "allow"],
    ["mit", { isDistributed: true }, "duties"],
    ["llama3.1", {}, "duties"],
    ["llama3.1", { monthlyActiveUsers: 700_000_001 }, "permission"],
    ["llama3.1", { monthlyActiveUsers: null }, "permission"],
    ["llama4", { isInEu: true, isMultimodal: true }, "deny"],
    ["llama4", { isInEu: null, isMultimodal: true }, "permission"],
    ["llama3.2", { isInEu: true }, "duties"],
    ["cc-by-nc-4.0", {}, "deny"],
    ["cc-by-nc-4.0", { purpose: null }, "permission"],
    ["mrl", { purpose: "research" }, "duties"],
    ["mrl", { purpose: "internal" }, "deny"],
    ["stabilityai-community", { purpose: "research", revenueUsdPerYear: 2_000_000 }, "permission"],
    ["kimi-k2-modified-mit", {}, "allow"],
    ["kimi-k2-modified-mit", { revenueUsdPerYear: 250_000_000 }, "duties"],
  ])("%s with %j: %s", (licence, situation, decision) => {
    expect(decide(licence, situation)).toBe(decision);
  });
});

const layer = (digest: string) => ({
  mediaType: "application/vnd.ollama.image.license",
  digest,
  size: 1,
});

const blobsAt = (digest: string) =>
  claimsIn(bytesIn(Buffer.from(JSON.stringify({ layers: [layer(digest)] }))), "latest", "manifest").blobs;

describe("which files are read", () => {
  it.each([
    "LICENSE",
    "LICENSE.md",
    "a/b/LICENCE.txt",
    "MODEL_LICENSE",
    "LICENSE-MODEL",
    "Tongyi Qianwen LICENSE AGREEMENT",
    "COPYING",
    "README.md",
    "config.json",
    "adapter_config.json",
  ])("%s", (name) => {
    expect(mayClaim(name)).toBe(true);
  });
  it.each(["model.safetensors", "license.py", "tokenizer.json", "README.txt"])("not %s", (name) => {
    expect(mayClaim(name)).toBe(false);
  });

  it("reads the licences of an Ollama manifest as blobs, and no digest that would lead elsewhere", () => {
    expect(blobsAt(`sha256:${"a".repeat(64)}`)).toEqual([`sha256:${"a".repeat(64)}`]);
    expect(blobsAt("sha256:../../../etc/passwd")).toEqual([]);
  });
});
