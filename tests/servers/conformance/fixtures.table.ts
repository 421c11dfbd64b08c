// What the scenarios of @modelcontextprotocol/conformance 0.1.16 expect to find, as data.

/** A 1x1 red PNG. */
export const RED_PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/** A WAV file without samples. */
export const SILENCE = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";

const NOTHING = { type: "object" as const, properties: {} };
const text = (name: string) => ({
  type: "object" as const,
  properties: { [name]: { type: "string" } },
  required: [name],
});

export const TOOLS = [
  { name: "test_simple_text", description: "Answers with one text", inputSchema: NOTHING },
  { name: "test_image_content", description: "Answers with one image", inputSchema: NOTHING },
  { name: "test_audio_content", description: "Answers with one sound", inputSchema: NOTHING },
  { name: "test_embedded_resource", description: "Answers with one embedded resource", inputSchema: NOTHING },
  {
    name: "test_multiple_content_types",
    description: "Answers with text, image and resource",
    inputSchema: NOTHING,
  },
  { name: "test_tool_with_logging", description: "Logs three times, then answers", inputSchema: NOTHING },
  {
    name: "test_tool_with_progress",
    description: "Reports progress three times, then answers",
    inputSchema: NOTHING,
  },
  { name: "test_error_handling", description: "Always fails", inputSchema: NOTHING },
  {
    name: "test_reconnection",
    description: "Closes its stream and answers when the client is back",
    inputSchema: NOTHING,
  },
  { name: "test_sampling", description: "Asks the client's model", inputSchema: text("prompt") },
  { name: "test_elicitation", description: "Asks the client's user", inputSchema: text("message") },
  { name: "test_elicitation_sep1034_defaults", description: "Asks with defaults", inputSchema: NOTHING },
  {
    name: "test_elicitation_sep1330_enums",
    description: "Asks with every kind of enum",
    inputSchema: NOTHING,
  },
  {
    name: "json_schema_2020_12_tool",
    description: "Has a schema of the 2020-12 dialect, which must arrive as it is",
    inputSchema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object" as const,
      $defs: {
        address: { type: "object", properties: { street: { type: "string" }, city: { type: "string" } } },
      },
      properties: { name: { type: "string" }, address: { $ref: "#/$defs/address" } },
      additionalProperties: false,
    },
  },
];

/** Answers of the tools that need nothing but to be called. */
export const ANSWERS: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  test_simple_text: [{ type: "text", text: "This is a simple text response for testing." }],
  test_image_content: [{ type: "image", data: RED_PIXEL, mimeType: "image/png" }],
  test_audio_content: [{ type: "audio", data: SILENCE, mimeType: "audio/wav" }],
  test_embedded_resource: [
    {
      type: "resource",
      resource: {
        uri: "test://embedded-resource",
        mimeType: "text/plain",
        text: "This is an embedded resource content.",
      },
    },
  ],
  test_multiple_content_types: [
    { type: "text", text: "Multiple content types test:" },
    { type: "image", data: RED_PIXEL, mimeType: "image/png" },
    {
      type: "resource",
      resource: {
        uri: "test://mixed-content-resource",
        mimeType: "application/json",
        text: '{"test":"data","value":123}',
      },
    },
  ],
  json_schema_2020_12_tool: [{ type: "text", text: "called" }],
};

export const RESOURCES = [
  {
    uri: "test://static-text",
    name: "static-text",
    title: "Static text",
    description: "A text",
    mimeType: "text/plain",
  },
  {
    uri: "test://static-binary",
    name: "static-binary",
    title: "Static image",
    description: "An image",
    mimeType: "image/png",
  },
  {
    uri: "test://watched-resource",
    name: "watched-resource",
    title: "Watched",
    description: "Can be subscribed to",
    mimeType: "text/plain",
  },
];

export const TEMPLATES = [
  {
    uriTemplate: "test://template/{id}/data",
    name: "template",
    title: "Template",
    description: "One per id",
    mimeType: "application/json",
  },
];

export const PROMPTS = [
  { name: "test_simple_prompt", title: "Simple", description: "No arguments" },
  {
    name: "test_prompt_with_arguments",
    title: "With arguments",
    description: "Two arguments",
    arguments: [
      { name: "arg1", description: "First", required: true },
      { name: "arg2", description: "Second", required: true },
    ],
  },
  {
    name: "test_prompt_with_embedded_resource",
    title: "With a resource",
    description: "Embeds a resource",
    arguments: [{ name: "resourceUri", description: "Which", required: true }],
  },
  { name: "test_prompt_with_image", title: "With an image", description: "Holds an image" },
];

const options = (of: string) => [
  { const: "value1", title: `First ${of}` },
  { const: "value2", title: `Second ${of}` },
  { const: "value3", title: `Third ${of}` },
];
const plain = ["option1", "option2", "option3"];

/** SEP-1034: a default for each primitive type. */
export const DEFAULTS_FORM = {
  type: "object" as const,
  properties: {
    name: { type: "string" as const, default: "John Doe" },
    age: { type: "integer" as const, default: 30 },
    score: { type: "number" as const, default: 95.5 },
    status: { type: "string" as const, enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean" as const, default: true },
  },
  required: [],
};

/** SEP-1330: the five ways to write an enum. */
export const ENUMS_FORM = {
  type: "object" as const,
  properties: {
    untitledSingle: { type: "string" as const, enum: plain },
    titledSingle: { type: "string" as const, oneOf: options("Option") },
    legacyEnum: {
      type: "string" as const,
      enum: ["opt1", "opt2", "opt3"],
      enumNames: ["Option One", "Option Two", "Option Three"],
    },
    untitledMulti: {
      type: "array" as const,
      minItems: 1,
      maxItems: 3,
      items: { type: "string" as const, enum: plain },
    },
    titledMulti: { type: "array" as const, minItems: 1, maxItems: 3, items: { anyOf: options("Choice") } },
  },
  required: [],
};

export const USER_FORM = {
  type: "object" as const,
  properties: {
    username: { type: "string" as const, description: "User's name" },
    email: { type: "string" as const, description: "User's email address" },
  },
  required: ["username", "email"],
};
