import { readBareJson, readFenced, readReact } from "./declared.ts";
import { readDsml, readFunctionElement, readToolCallElement } from "./elements.ts";
import { type Opener, SPACES } from "./openers.ts";
import type { Reader } from "./reading.ts";
import { readDeepSeek, readHarmony, readKimi, readMarkedJson, readMistral, readQwenAgent } from "./tokens.ts";

export type DialectName =
  | "hermes"
  | "qwen-coder"
  | "glm"
  | "llama"
  | "mistral"
  | "deepseek"
  | "kimi"
  | "granite"
  | "anthropic-xml"
  | "harmony"
  | "qwen-agent"
  | "nemotron"
  | "cohere"
  | "internlm"
  | "functools"
  | "gemma"
  | "react"
  | "fenced"
  | "bare-json";

export interface DialectOpener extends Opener {
  readonly read: Reader;
}

export interface Dialect {
  readonly name: DialectName;
  /** Recognised always: no prose begins so. Otherwise only where the agent's owner declared it. */
  readonly isUnambiguous: boolean;
  readonly openers: readonly DialectOpener[];
  /** Whose template or parser the form is taken from. */
  readonly source: string;
}

const OLLAMA = "ollama/ollama at fb30760996871fa9460115c753afd2c60d4ab0f7";
const TAG_END = { close: `${SPACES}>` };
const END = /(?!)/y;

function tag(text: string, read: Reader): DialectOpener {
  return { text, ...TAG_END, read };
}

const TOOL_CALL = tag("<tool_call", readToolCallElement);
const FUNCTION: DialectOpener = { text: "<function", close: `${SPACES}=`, read: readFunctionElement };

/** Forms in which models write tool calls as plain text (T5). */
export const DIALECT_TABLE: readonly Dialect[] = [
  {
    name: "hermes",
    isUnambiguous: true,
    openers: [TOOL_CALL, tag("<tool_calls", readToolCallElement), tag("<function_call", readToolCallElement)],
    source:
      "vllm-project/vllm at 02bb669bf661df8b946121215ecb213468247b22, vllm/tool_parsers/hermes_tool_parser.py",
  },
  {
    name: "qwen-coder",
    isUnambiguous: true,
    openers: [TOOL_CALL, FUNCTION],
    source: `vllm-project/vllm at 00d0a333ba9b8e40eb35fc0b54b4ae96114f30b3, vllm/tool_parsers/qwen3coder_tool_parser.py; ${OLLAMA}, model/parsers/qwen3coder.go`,
  },
  {
    name: "glm",
    isUnambiguous: true,
    openers: [TOOL_CALL],
    source: `vllm-project/vllm at 081866a63af3f44fc3f71c6c3539129fa2380985, vllm/tool_parsers/glm4_moe_tool_parser.py; ${OLLAMA}, model/parsers/glm46.go`,
  },
  {
    name: "llama",
    isUnambiguous: true,
    openers: [
      { text: "<|python_tag|>", read: readMarkedJson(/<\|python_tag\|>/iy, /<\|eo[mt]_id\|>/iy) },
      FUNCTION,
    ],
    source:
      "vllm-project/vllm at 13e48c2bd449aafc4b60d0783d30e072f3201805, vllm/tool_parsers/llama_tool_parser.py",
  },
  {
    name: "mistral",
    isUnambiguous: true,
    openers: [{ text: "[tool_calls]", read: readMistral }],
    source: `vllm-project/vllm at 023f36c62e71a247a9bacb7eb4cea5d55505cb63, vllm/tool_parsers/mistral_tool_parser.py; ${OLLAMA}, model/parsers/ministral.go`,
  },
  {
    name: "deepseek",
    isUnambiguous: true,
    openers: [
      { text: "<｜tool", read: readDeepSeek },
      { text: "<｜dsml｜", read: readDsml },
      { text: "<｜｜dsml｜｜", read: readDsml },
    ],
    source: `${OLLAMA}, model/parsers/deepseek3.go; vllm-project/vllm at 0372d7fd06b3b9c2181992586154f67b9f449be9, vllm/tool_parsers/deepseekv32_tool_parser.py; the fenced form of V3 and R1: unverified`,
  },
  {
    name: "kimi",
    isUnambiguous: true,
    openers: [
      { text: "<|tool_calls_section_begin|>", read: readKimi },
      { text: "<|tool_call_section_begin|>", read: readKimi },
      { text: "<|tool_call_begin|>", read: readKimi },
    ],
    source:
      "vllm-project/vllm at c853e15405fb9f281256a5ce916aa24e8962cab6, vllm/tool_parsers/kimi_k2_tool_parser.py",
  },
  {
    name: "granite",
    isUnambiguous: true,
    openers: [
      { text: "<|tool_call|>", read: readMarkedJson(/<\|tool_call\|>/iy, END) },
      {
        text: "<|tool_call_start|>",
        read: readMarkedJson(/<\|tool_call_start\|>/iy, /<\|tool_call_end\|>/iy),
      },
      TOOL_CALL,
    ],
    source:
      "vllm-project/vllm at 037ed062061059e68a025b7cb8be0a3a06ca4543, vllm/tool_parsers/granite_tool_parser.py",
  },
  {
    name: "anthropic-xml",
    isUnambiguous: true,
    openers: ["", "antml:", "minimax:", "seed:"].flatMap((prefix) => [
      tag(`<${prefix}function_calls`, readToolCallElement),
      tag(`<${prefix}tool_call`, readToolCallElement),
      tag(`<${prefix}invoke`, readFunctionElement),
    ]),
    source:
      "vllm-project/vllm at 9412856add437f03009a0804f61f3bed6731ddeb, vllm/tool_parsers/minimax_m2_tool_parser.py; Anthropic's prompt format before tool use: unverified",
  },
  {
    name: "harmony",
    isUnambiguous: true,
    openers: [
      { text: "<|start|>", read: readHarmony },
      { text: "<|channel|>", read: readHarmony },
    ],
    source: `${OLLAMA}, harmony/harmonyparser.go`,
  },
  {
    name: "qwen-agent",
    isUnambiguous: true,
    openers: [{ text: "✿function✿", read: readQwenAgent }],
    source: "Qwen-Agent's function-calling prompt: unverified",
  },
  {
    name: "nemotron",
    isUnambiguous: true,
    openers: [{ text: "<toolcall>", read: readMarkedJson(/<TOOLCALL>/iy, /<\/TOOLCALL>/iy) }],
    source: "vLLM's nemotron_json parser: unverified",
  },
  {
    name: "cohere",
    isUnambiguous: true,
    openers: [
      { text: "<|start_action|>", read: readMarkedJson(/<\|START_ACTION\|>/iy, /<\|END_ACTION\|>/iy) },
    ],
    source: `${OLLAMA}, model/parsers/cohere.go`,
  },
  {
    name: "internlm",
    isUnambiguous: true,
    openers: [
      {
        text: "<|action_start|>",
        read: readMarkedJson(/<\|action_start\|>\s*(?:<\|plugin\|>)?/iy, /<\|action_end\|>/iy),
      },
    ],
    source: "vLLM's internlm parser: unverified",
  },
  {
    name: "functools",
    isUnambiguous: true,
    openers: [{ text: "functools[", read: readMarkedJson(/functools(?=\[)/iy, END) }],
    source: "vLLM's phi4_mini_json parser: unverified",
  },
  {
    name: "gemma",
    isUnambiguous: true,
    openers: [
      // Their arguments are no JSON: held, and refused as unreadable.
      {
        text: "<start_function_call>",
        read: readMarkedJson(/<start_function_call>/iy, /<end_function_call>/iy),
      },
      { text: "<|tool_call>", read: readMarkedJson(/<\|tool_call>/iy, /<tool_call\|>/iy) },
    ],
    source: `${OLLAMA}, model/parsers/functiongemma.go and gemma4.go`,
  },
  {
    name: "react",
    isUnambiguous: false,
    openers: [{ text: "action", run: `${SPACES}0123456789`, close: ":", read: readReact }],
    source: "LangChain's ReActSingleInputOutputParser: unverified",
  },
  {
    name: "fenced",
    isUnambiguous: false,
    openers: ["tool_code", "tool_call", "tool", "json"].flatMap((word) => [
      { text: `\`\`\`${word}`, read: readFenced },
      { text: `\`\`\` ${word}`, read: readFenced },
    ]),
    source: "Gemma's tool_code prompt and LangChain's JSON agent: unverified",
  },
  {
    name: "bare-json",
    isUnambiguous: false,
    openers: [
      { text: "{", read: readBareJson },
      { text: "[", run: SPACES, close: "{", read: readBareJson },
    ],
    source:
      "vllm-project/vllm at 13e48c2bd449aafc4b60d0783d30e072f3201805, vllm/tool_parsers/llama_tool_parser.py",
  },
];

export const DIALECTS: readonly DialectName[] = DIALECT_TABLE.map(({ name }) => name);
