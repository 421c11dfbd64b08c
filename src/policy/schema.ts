import type { CommonType, SchemaJson, Type, TypeOfAttribute } from "@cedar-policy/cedar-wasm/nodejs";
import type { InputType, RecordType } from "./input-type.ts";
import { inputTypeOf } from "./input-type.ts";
import {
  EFFECTS,
  isModelVerb,
  NAMESPACE,
  RESERVED_SERVER_NAMES,
  TOOLS_CALL,
  toolId,
  type ToolShape,
  VERB_ACTIONS,
} from "./question.ts";

/** Accepted tools by `server/tool`, with what Cedar sees of their arguments. */
export type InputTypes = ReadonlyMap<string, RecordType>;

export function inputTypesOf(tools: readonly ToolShape[]): InputTypes {
  const usable = tools.filter((tool) => tool.kind === "tool" && !RESERVED_SERVER_NAMES.has(tool.server));
  return new Map(usable.map((tool) => [toolId(tool.server, tool.name), inputTypeOf(tool.inputSchema)]));
}

/** The Cedar schema that policy texts are validated against: Doorward's entities, one action for each accepted tool. */
export function cedarSchema(tools: readonly ToolShape[], inputs: InputTypes): SchemaJson<string> {
  return {
    [NAMESPACE]: {
      commonTypes: { Flow: FLOW, Circumstances: CIRCUMSTANCES, ModelCircumstances: MODEL_CIRCUMSTANCES },
      entityTypes: ENTITY_TYPES,
      actions: { ...GROUPS, ...verbActions(), ...toolActions(tools, inputs) },
    },
  };
}

const STRING = { type: "String" } as const;
const OPTIONAL_STRING = { ...STRING, required: false };
const STRINGS = { type: "Set", element: STRING } as const;

const ENTITY_TYPES: SchemaJson<string>[string]["entityTypes"] = {
  Group: {},
  User: {
    memberOfTypes: ["Group"],
    shape: { type: "Record", attributes: { name: STRING, roles: STRINGS } },
  },
  Agent: {
    shape: {
      type: "Record",
      attributes: {
        name: STRING,
        owner: STRING,
        grantedTools: { type: "Set", element: { type: "Entity", name: "Tool" } },
        readHosts: { type: "Set", element: { type: "Entity", name: "Server" } },
        writeHosts: { type: "Set", element: { type: "Entity", name: "Server" } },
      },
    },
  },
  // An agent's own server is one of `agents`.
  Server: { memberOfTypes: ["Server"], shape: { type: "Record", attributes: { name: STRING } } },
  Tool: { memberOfTypes: ["Server"], shape: { type: "Record", attributes: { name: STRING } } },
  Prompt: { memberOfTypes: ["Server"], shape: { type: "Record", attributes: { name: STRING } } },
  // As the register of models sees the one that would answer.
  Model: {
    memberOfTypes: ["Server"],
    shape: {
      type: "Record",
      attributes: {
        name: STRING,
        status: STRING,
        proof: STRING,
        digest: OPTIONAL_STRING,
        manifest: OPTIONAL_STRING,
        risk: OPTIONAL_STRING,
        licence: OPTIONAL_STRING,
      },
    },
  },
  HostedTool: { memberOfTypes: ["Server"], shape: { type: "Record", attributes: { name: STRING } } },
  Resource: { memberOfTypes: ["Server"], shape: { type: "Record", attributes: { uri: STRING } } },
  // Of the http door: `web:<host>/<path>`.
  Url: {
    memberOfTypes: ["Server"],
    shape: { type: "Record", attributes: { name: STRING, host: STRING, path: STRING } },
  },
};

// `context.flow`, as `flowRecord` gives it.
const FLOW: CommonType<string> = {
  type: "Record",
  attributes: {
    labelled: { type: "Boolean" },
    effect: STRING,
    mandate: STRING,
    tainted: { type: "Boolean" },
    overflowed: { type: "Boolean" },
    asked: { type: "Boolean" },
    readers: STRING,
    carries: STRINGS,
    destination: STRINGS,
    account: STRINGS,
    command: STRINGS,
    path: STRINGS,
    selector: STRINGS,
    amount: STRINGS,
    credential: STRINGS,
    profile: STRINGS,
  },
};

const CIRCUMSTANCE_ATTRIBUTES: Record<string, TypeOfAttribute<string>> = {
  effects: STRINGS,
  door: STRING,
  stage: STRING,
  session: { ...STRING, required: false },
  model: { ...STRING, required: false },
  flow: { type: "Flow", required: false },
};

const CIRCUMSTANCES: CommonType<string> = { type: "Record", attributes: CIRCUMSTANCE_ATTRIBUTES };

const BUDGET: TypeOfAttribute<string> = {
  type: "Record",
  attributes: { exceeded: STRINGS, usedPercent: { type: "Long" } },
};

const MODEL_CIRCUMSTANCES: CommonType<string> = {
  type: "Record",
  attributes: { ...CIRCUMSTANCE_ATTRIBUTES, budget: BUDGET, headers: STRINGS },
};

const GROUPS = Object.fromEntries([...EFFECTS, TOOLS_CALL].map((group) => [group, {}]));

function verbActions(): SchemaJson<string>[string]["actions"] {
  const actions = Object.entries(VERB_ACTIONS).map(([verb, { resource, groups }]) => {
    const action = {
      memberOf: groups.map((id) => ({ id })),
      appliesTo: {
        principalTypes: ["User", "Agent"],
        resourceTypes: [resource],
        context: { type: isModelVerb(verb) ? "ModelCircumstances" : "Circumstances" },
      },
    };
    return [verb, action];
  });
  return Object.fromEntries(actions);
}

function toolActions(tools: readonly ToolShape[], inputs: InputTypes): SchemaJson<string>[string]["actions"] {
  const actions = tools.flatMap((tool) => {
    const id = toolId(tool.server, tool.name);
    const input = inputs.get(id);
    if (tool.kind !== "tool" || input === undefined) return [];
    const attributes = { ...CIRCUMSTANCE_ATTRIBUTES, input: cedarType(input) };
    const action = {
      memberOf: [TOOLS_CALL, ...tool.effects].map((group) => ({ id: group })),
      appliesTo: {
        principalTypes: ["User", "Agent"],
        resourceTypes: ["Tool"],
        context: { type: "Record", attributes },
      },
    };
    return [[id, action] as const];
  });
  return Object.fromEntries(actions) as SchemaJson<string>[string]["actions"];
}

function cedarType(type: InputType): Type<string> {
  switch (type.kind) {
    case "string":
      return STRING;
    case "long":
      return { type: "Long" };
    case "boolean":
      return { type: "Boolean" };
    case "set":
      return { type: "Set", element: cedarType(type.element) };
    case "record": {
      const attributes = [...type.fields].map(([name, field]) => [
        name,
        { ...cedarType(field.type), required: field.required },
      ]);
      return { type: "Record", attributes: Object.fromEntries(attributes) };
    }
    default:
      return type satisfies never;
  }
}
