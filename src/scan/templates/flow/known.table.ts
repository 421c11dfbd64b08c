// What templates call, and what of it hides nothing. Jinja's own lists: jinja.palletsprojects.com/en/stable/templates (filters, tests,
// global functions); Python's methods of str, list and dict; what transformers adds: utils/chat_template_utils.py (raise_exception,
// strftime_now, tojson); Go's: pkg.go.dev/text/template (Functions); Ollama's: template/template.go of ollama/ollama fb307609.

/** Answer yes or no, or a place, about a text and the words in the arguments. */
export const ASKING_METHODS: ReadonlySet<string> = new Set([
  "startswith",
  "endswith",
  "find",
  "rfind",
  "index",
  "rindex",
  "count",
  "isdigit",
  "isalpha",
  "isalnum",
  "isascii",
  "isnumeric",
  "isdecimal",
  "isupper",
  "islower",
  "istitle",
  "isspace",
]);

/** Answer a text, or texts, made of what they are called on. */
export const CHANGING_METHODS: ReadonlySet<string> = new Set([
  "strip",
  "lstrip",
  "rstrip",
  "lower",
  "upper",
  "title",
  "capitalize",
  "casefold",
  "swapcase",
  "split",
  "rsplit",
  "splitlines",
  "partition",
  "rpartition",
  "replace",
  "removeprefix",
  "removesuffix",
  "join",
  "format",
  "zfill",
  "ljust",
  "rjust",
  "center",
  "encode",
  "decode",
  "translate",
  "expandtabs",
]);

export const HOLDING_METHODS: ReadonlySet<string> = new Set([
  "items",
  "keys",
  "values",
  "get",
  "pop",
  "copy",
  "append",
  "extend",
  "insert",
  "update",
  "setdefault",
  "remove",
  "reverse",
  "sort",
]);

/** Those that put their arguments into what they are called on. */
export const FILLING_METHODS: ReadonlySet<string> = new Set([
  "append",
  "extend",
  "insert",
  "update",
  "setdefault",
]);

export const FUNCTIONS: ReadonlySet<string> = new Set([
  "raise_exception",
  "strftime_now",
  "namespace",
  "range",
  "dict",
  "list",
  "len",
  "zip",
  "enumerate",
  "str",
  "int",
  "float",
  "bool",
  "min",
  "max",
  "sum",
  "abs",
  "set",
  "tuple",
  "sorted",
  "tojson",
  "caller",
  "super",
  // Go's and Ollama's.
  "print",
  "println",
  "printf",
  "html",
  "js",
  "urlquery",
  "json",
  "currentDate",
  "yesterdayDate",
  "yesterday",
  "toTypeScriptType",
]);

/** Functions that run commands, read files or reach the interpreter, in any engine that has them. */
export const DANGEROUS_FUNCTIONS: ReadonlySet<string> = new Set([
  "eval",
  "exec",
  "compile",
  "open",
  "system",
  "popen",
  "spawn",
  "check_output",
  "urlopen",
  "urlretrieve",
  "getattr",
  "setattr",
  "globals",
  "locals",
  "vars",
  "dir",
  "breakpoint",
  "import_module",
  "load_module",
  "get_data",
  "read_text",
  "Popen",
  "run_command",
]);

/** Objects of Jinja and of web frameworks from which code can be reached: nothing of them is of use to a chat. */
export const REACHING_NAMES: ReadonlySet<string> = new Set([
  "cycler",
  "joiner",
  "lipsum",
  "self",
  "config",
  "request",
  "url_for",
  "get_flashed_messages",
  "g",
  "session",
  "application",
  "current_app",
  "environ",
  "os",
  "sys",
  "subprocess",
  "importlib",
  "builtins",
  "socket",
  "app",
]);

export const DATE_FUNCTIONS: ReadonlySet<string> = new Set([
  "strftime_now",
  "currentDate",
  "yesterdayDate",
  "yesterday",
  "now",
  "today",
  "datetime",
]);

/** Ask for a value's kind or presence, not for its words. */
export const SHAPE_TESTS: ReadonlySet<string> = new Set([
  "defined",
  "undefined",
  "none",
  "string",
  "mapping",
  "iterable",
  "sequence",
  "number",
  "integer",
  "float",
  "boolean",
  "true",
  "false",
  "callable",
]);

/** Keys and kinds of the parts of a message's content. */
export const PART_KINDS: ReadonlySet<string> = new Set([
  "text",
  "image",
  "image_url",
  "input_image",
  "video",
  "video_url",
  "audio",
  "audio_url",
  "input_audio",
  "type",
  "content",
  "document",
  "file",
  "thinking",
  "reasoning",
  "tool_use",
  "tool_result",
]);

export const CONTENT_KEYS: ReadonlySet<string> = new Set([
  "content",
  "text",
  "reasoning_content",
  "reasoning",
  "thinking",
  "thought",
  "value",
  "query",
  // Ollama's.
  "Content",
  "Thinking",
  "Prompt",
  "System",
  "Response",
  "Suffix",
]);

export const ROLE_KEYS: ReadonlySet<string> = new Set(["role", "type", "Role", "from", "Type"]);

export const TOOL_NAMES: ReadonlySet<string> = new Set([
  "tools",
  "functions",
  "builtin_tools",
  "documents",
  "tool_calls",
  "function_call",
  "tool_call",
  "tool_call_id",
  "name",
  "Tools",
  "ToolCalls",
  "ToolName",
  "ToolCallID",
  "Function",
  "Name",
]);

export const FILTERS: ReadonlySet<string> = new Set(
  `abs attr batch capitalize center count d default dictsort divisibleby e escape filesizeformat first float forceescape format
  from_json groupby indent int items join last length list lower map max min pprint random reject rejectattr replace reverse
  round safe select selectattr slice sort string striptags sum title tojson trim truncate unique upper urlencode urlize
  wordcount wordwrap xmlattr startswith endswith keys values fromjson strip`.split(/\s+/u),
);

/** Control sequences that published formats have, and that people and clients write into messages on purpose. */
export const KNOWN_MARKERS: readonly RegExp[] = [
  /^<\/?(?:think|thinking|thought|reason|reasoning|tool_call|tool_calls|tool_response|tool_result|tools?|answer|image|video|audio|system|s|response|seed:think)>$/u,
  /^\/(?:no_?think|think|system_override|nothink|no-think)$/u,
  /^<<\/?SYS>>\s*$/u,
  /^\[\/?(?:INST|THINK|TOOL_CALLS|TOOL_RESULTS|SYSTEM_PROMPT|AVAILABLE_TOOLS|IMG)\]$/u,
  /^<[|\uFF5C](?:im_(?:start|end|sep)|system|user|assistant|human|tool|observation|end|endoftext|eot_id|eom_id|(?:start|end)_header_id|begin_of_text|end_of_text|python_tag|tool_calls?(?:_start|_end|_begin)?|tools?|think|channel|message|return|call|start|turn)[|\uFF5C]>\s*(?:system|user|assistant|tool|developer|model)?$/u,
  // What transformers puts into a last message that is to be continued (utils/chat_template_utils.py, render_jinja_template).
  /^CONTINUE_FINAL_MESSAGE_TAG\s?$/u,
  // The beginnings of turns in Alpaca's, Vicuna's and Gemma's formats, and the marks of a text's ends.
  /^#{2,3}\s?(?:System|User|Human|Assistant|Instruction|Response|Input)(?: Prompt)?:?$/u,
  /^<(?:start_of_turn|end_of_turn|bos|eos|im_start|im_end)>\s*(?:system|user|model|assistant)?$/u,
];
