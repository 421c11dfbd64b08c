import * as official from "@cedar-policy/cedar-wasm/nodejs";
import {
  EntityUid,
  entitiesOf,
  type ExactJson,
  type ExactObject,
  type Entities,
  type GivenEntity,
  isList,
  isObject,
  readRecord,
  readUid,
} from "#cedar";

type Json = ExactJson | undefined;

/** Constructors that a schema lets a text leave out. */
const CONSTRUCTORS: Readonly<Record<string, string>> = {
  ipaddr: "ip",
  decimal: "decimal",
  datetime: "datetime",
  duration: "duration",
};

/** What a case's schema adds to its JSON: actions with their groups, and escapes that a known type lets one leave out. */
export interface Schema {
  readonly entities: (json: ExactJson) => Entities;
  readonly context: (action: EntityUid, json: ExactJson) => ExactObject;
}

/** Without a schema (null), values are what they say. */
export function readSchema(text: string | null): Schema {
  const namespaces = text === null ? {} : parse(text);
  return {
    entities: (json) => {
      const given = (isList(json) ? json : []).map((entity) => readEntity(namespaces, entity));
      return entitiesOf([...actionsOf(namespaces), ...given]);
    },
    context: (action, json) => {
      const { namespace, name } = split(action.type);
      const declared = name === "Action" ? field(namespaces, namespace, "actions", action.id) : undefined;
      const explicit = written({ namespaces, namespace }, field(declared, "appliesTo", "context"), json);
      return isObject(explicit) ? explicit : {};
    },
  };
}

function parse(text: string): ExactObject {
  const answer = text.trimStart().startsWith("{")
    ? official.schemaToJson(JSON.parse(text))
    : official.schemaToJsonWithResolvedTypes(text);
  if (answer.type === "failure") throw new Error(answer.errors.map((error) => error.message).join("; "));
  return JSON.parse(JSON.stringify(answer.json));
}

function readEntity(namespaces: ExactObject, json: ExactJson): GivenEntity {
  if (!isObject(json)) throw new Error("an entity is an object");
  const uid = readUid(json["uid"]);
  const { namespace, name } = split(uid.type);
  const type = field(namespaces, namespace, "entityTypes", name);
  const scope = { namespaces, namespace };
  const attributes = written(scope, field(type, "shape"), json["attrs"] ?? {});
  const tags = Object.entries(isObject(json["tags"]) ? json["tags"] : {}).map(([tag, value]) => [
    tag,
    written(scope, field(type, "tags"), value),
  ]);
  const parents = json["parents"];
  return {
    uid,
    attributes: readRecord(isObject(attributes) ? attributes : {}),
    tags: readRecord(Object.fromEntries(tags)),
    parents: (isList(parents) ? parents : []).map(readUid),
  };
}

/** Every action of the schema as an entity below the groups it is declared in. */
function actionsOf(namespaces: ExactObject): readonly GivenEntity[] {
  return Object.entries(namespaces).flatMap(([namespace, declared]) =>
    Object.entries(objectOf(field(declared, "actions"))).map(([id, action]) => {
      const groups = field(action, "memberOf");
      const own = qualified(namespace, "Action");
      return {
        uid: new EntityUid(own, id),
        attributes: readRecord(objectOf(field(action, "attributes"))),
        parents: (isList(groups) ? groups : []).map((group) => readGroup(own, group)),
      };
    }),
  );
}

function readGroup(own: string, json: ExactJson): EntityUid {
  const { type, id } = objectOf(json);
  return readUid({ type: type ?? own, id: id ?? "" });
}

interface Scope {
  readonly namespaces: ExactObject;
  readonly namespace: string;
}

/** A value of a known type with every escape written out. Values that do not have the type stay as they are. */
function written(scope: Scope, type: Json, json: ExactJson): ExactJson {
  const { type: kind, name } = objectOf(type);
  if (isList(json)) return json.map((item) => written(scope, field(type, "element"), item));
  if (kind === "Extension" && typeof name === "string") return writtenExtension(name, json);
  if (kind === "Entity") return writtenEntity(json);
  if (kind === "Record" && isObject(json)) return writtenRecord(scope, field(type, "attributes"), json);
  return typeof kind === "string"
    ? writtenCommon(scope, kind === "EntityOrCommon" ? name : kind, json)
    : json;
}

function writtenRecord(scope: Scope, attributes: Json, json: ExactObject): ExactObject {
  const entries = Object.entries(json).map(([name, value]) => [
    name,
    written(scope, field(attributes, name), value),
  ]);
  return Object.fromEntries(entries);
}

function writtenEntity(json: ExactJson): ExactJson {
  return isObject(json) && json["__entity"] === undefined ? { __entity: json } : json;
}

function writtenExtension(type: string, json: ExactJson): ExactJson {
  if (typeof json === "string") return { __extn: { fn: CONSTRUCTORS[type] ?? type, arg: json } };
  return isObject(json) && json["fn"] !== undefined ? { __extn: json } : json;
}

/** A common type of the same namespace, or of the one it names, or of the empty one; otherwise an entity type. */
function writtenCommon({ namespaces, namespace }: Scope, reference: Json, json: ExactJson): ExactJson {
  if (typeof reference !== "string") return json;
  const named = split(reference);
  const places = named.namespace === "" ? [namespace, ""] : [named.namespace];
  for (const place of places) {
    const common = field(namespaces, place, "commonTypes", named.name);
    if (common !== undefined) return written({ namespaces, namespace: place }, common, json);
    if (field(namespaces, place, "entityTypes", named.name) !== undefined) return writtenEntity(json);
  }
  const extension = named.name in CONSTRUCTORS && ["", "__cedar"].includes(named.namespace);
  return extension ? writtenExtension(named.name, json) : json;
}

function qualified(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}::${name}`;
}

function split(type: string): { readonly namespace: string; readonly name: string } {
  const at = type.lastIndexOf("::");
  return at === -1
    ? { namespace: "", name: type }
    : { namespace: type.slice(0, at), name: type.slice(at + 2) };
}

function objectOf(json: Json): ExactObject {
  return isObject(json) ? json : {};
}

function field(json: Json, ...path: readonly string[]): Json {
  return path.reduce<Json>(
    (at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    json,
  );
}
