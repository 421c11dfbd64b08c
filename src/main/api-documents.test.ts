import { expect, test } from "vitest";
import type { Egress } from "#egress";
import { PETSTORE_YAML } from "../../tests/samples/petstore.ts";
import { createApiDocuments } from "./api-documents.ts";

const NOWHERE = { from: null, servers: [], only: [] };
const answering = (status: number): Pick<Egress, "fetch"> => ({
  fetch: () => async () => new Response(PETSTORE_YAML, { status }),
});
const documents = createApiDocuments(answering(200));
const bytesOf = (text: string) => new TextEncoder().encode(text);

test("a document is read in a child, and its Faults come back as they are", async () => {
  const read = await documents.read(bytesOf(PETSTORE_YAML), NOWHERE);
  expect(read.operations.map(({ name }) => name)).toEqual([
    "findPets",
    "addPet",
    "find.pet.by.id",
    "deletePet",
  ]);
  await expect(documents.read(bytesOf("hello"), NOWHERE)).rejects.toMatchObject({
    code: "api_unreadable",
    remedy: expect.stringContaining("OpenAPI"),
  });
});

test("no more are read at once than there is memory for", async () => {
  const many = [1, 2, 3].map(() => documents.read(bytesOf(PETSTORE_YAML), NOWHERE));
  const outcomes = await Promise.allSettled(many);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
});

test("what is no document is said to be none", async () => {
  expect((await documents.fetch("https://api.example.com/openapi.json", false)).length).toBe(
    PETSTORE_YAML.length,
  );
  await expect(
    createApiDocuments(answering(404)).fetch("https://api.example.com/x", false),
  ).rejects.toMatchObject({
    code: "api_unreachable",
  });
});

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["169.254.169.254", true],
  ["::1", true],
  ["fd00::1", true],
  ["localhost", true],
  ["wiki.internal", true],
  ["8.8.8.8", false],
  ["api.example.com", false],
])("%s is written as a private place: %s", (host, expected) => {
  expect(documents.isPrivate(host)).toBe(expected);
});
