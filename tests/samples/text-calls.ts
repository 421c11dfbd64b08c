import type { DialectName } from "#llm";

// One or more samples for each dialect, after the source that its row in src/llm/dialects/dialects.table.ts names.

export interface TextCallSample {
  readonly dialect: DialectName;
  readonly text: string;
  /** Name and arguments of each call, in their order. */
  readonly calls: readonly (readonly [name: string, given: object])[];
}

const OSLO = { city: "Oslo" };
const ROME = { city: "Rome" };

export const TEXT_CALLS: readonly TextCallSample[] = [
  {
    dialect: "hermes",
    text: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>',
    calls: [
      ["get_weather", OSLO],
      ["get_weather", ROME],
    ],
  },
  { dialect: "hermes", text: '<tool_call>{"name": "probe", "arguments": {}}', calls: [["probe", {}]] },
  {
    dialect: "hermes",
    text: '<tool_call >{"name": "probe", "arguments": "{\\"a\\": 1}"}</tool_call>',
    calls: [["probe", { a: 1 }]],
  },
  {
    dialect: "qwen-coder",
    text: "<tool_call>\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>",
    calls: [["get_weather", { city: "Oslo", days: 3 }]],
  },
  {
    dialect: "qwen-coder",
    text: "<function=get_weather><parameter=city>Oslo</parameter></function>",
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "glm",
    text: "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Oslo</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>",
    calls: [["get_weather", { city: "Oslo", days: 3 }]],
  },
  {
    dialect: "llama",
    text: '<function=get_weather>{"city": "Oslo"}</function>',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "llama",
    text: '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Oslo"}}; {"name": "get_weather", "parameters": {"city": "Rome"}}<|eom_id|>',
    calls: [
      ["get_weather", OSLO],
      ["get_weather", ROME],
    ],
  },
  {
    dialect: "mistral",
    text: '[TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Oslo"}}, {"name": "get_weather", "arguments": {"city": "Rome"}}]',
    calls: [
      ["get_weather", OSLO],
      ["get_weather", ROME],
    ],
  },
  {
    dialect: "mistral",
    text: '[TOOL_CALLS]get_weather[ARGS]{"city": "Oslo"}[TOOL_CALLS]get_weather[CALL_ID]abc123[ARGS]{"city": "Rome"}',
    calls: [
      ["get_weather", OSLO],
      ["get_weather", ROME],
    ],
  },
  { dialect: "mistral", text: '[TOOL_CALLS]get_weather{"city": "Oslo"}', calls: [["get_weather", OSLO]] },
  {
    dialect: "deepseek",
    text: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Oslo"}<｜tool▁call▁end｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Rome"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    calls: [
      ["get_weather", OSLO],
      ["get_weather", ROME],
    ],
  },
  {
    dialect: "deepseek",
    text: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{"city": "Oslo"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "deepseek",
    text: '<｜DSML｜function_calls>\n<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">Oslo</｜DSML｜parameter>\n<｜DSML｜parameter name="days" string="false">3</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    calls: [["get_weather", { city: "Oslo", days: 3 }]],
  },
  {
    dialect: "kimi",
    text: '<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city": "Oslo"}<|tool_call_end|><|tool_call_begin|>get_weather:1 <|tool_call_argument_begin|> {"city": "Rome"}<|tool_call_end|><|tool_calls_section_end|>',
    calls: [
      ["get_weather", OSLO],
      ["get_weather", ROME],
    ],
  },
  {
    dialect: "granite",
    text: '<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Oslo"}}]',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "granite",
    text: '<tool_call>[{"name": "get_weather", "arguments": {"city": "Oslo"}}]',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "anthropic-xml",
    text: '<function_calls>\n<invoke name="get_weather">\n<parameter name="city">Oslo</parameter>\n</invoke>\n<invoke name="get_weather">\n<parameter name="city">Rome</parameter>\n</invoke>\n</function_calls>',
    calls: [
      ["get_weather", OSLO],
      ["get_weather", ROME],
    ],
  },
  {
    dialect: "anthropic-xml",
    text: '<minimax:tool_call>\n<invoke name="get_weather">\n<parameter name="city">Oslo</parameter>\n</invoke>\n</minimax:tool_call>',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "harmony",
    text: '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city":"Oslo"}<|call|>',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "harmony",
    text: '<|channel|>analysis<|message|>I look.<|end|><|start|>assistant to=functions.get_weather<|channel|>commentary json<|message|>{"city":"Oslo"}',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "qwen-agent",
    text: '✿FUNCTION✿: get_weather\n✿ARGS✿: {"city": "Oslo"}\n✿RESULT✿',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "nemotron",
    text: '<TOOLCALL>[{"name": "get_weather", "arguments": {"city": "Oslo"}}]</TOOLCALL>',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "cohere",
    text: '<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "get_weather", "parameters": {"city": "Oslo"}}]<|END_ACTION|>',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "internlm",
    text: '<|action_start|><|plugin|>\n{"name": "get_weather", "parameters": {"city": "Oslo"}}<|action_end|>',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "functools",
    text: 'functools[{"name": "get_weather", "arguments": {"city": "Oslo"}}]',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "react",
    text: 'Thought: I look.\nAction: get_weather\nAction Input: {"city": "Oslo"}\nObservation: ',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "react",
    text: "Action 1: search\nAction Input 1: weather in Oslo",
    calls: [["search", { input: "weather in Oslo" }]],
  },
  {
    dialect: "fenced",
    text: '```json\n{"action": "get_weather", "action_input": {"city": "Oslo"}}\n```',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "fenced",
    text: '```tool_call\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n```',
    calls: [["get_weather", OSLO]],
  },
  {
    dialect: "bare-json",
    text: '{"name": "get_weather", "parameters": {"city": "Oslo"}}',
    calls: [["get_weather", OSLO]],
  },
];
