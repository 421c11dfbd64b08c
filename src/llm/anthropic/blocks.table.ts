import { LLM_LIMITS } from "../limits.ts";
import {
  all,
  anyJson,
  anyObject,
  type Check,
  either,
  fields,
  flag,
  integer,
  list,
  nullable,
  oneOf,
  refused,
  tagged,
  text,
} from "../strict.ts";

// Content blocks of a request. Source: the types of @anthropic-ai/sdk 1.12.0, resources/messages/messages.d.ts
// (`ContentBlockParam` and what it is made of); `mcp_tool_use` and `mcp_tool_result` from resources/beta/messages.

const ids = text(512, 1);

export const cacheControl: Check = nullable(
  fields({ type: oneOf("ephemeral"), ttl: oneOf("5m", "1h") }, { required: ["type"] }),
);

/** Only the model itself may call: a call made by hosted code carries that code's words where nothing decides. */
export const caller: Check = tagged("type", { direct: fields({ type: text() }) }, (tag) => ({
  code: "llm_field_refused",
  path: "",
  words: `says ${JSON.stringify(tag.slice(0, 60))}: tools called from the provider's code execution are not governed`,
  remedy: "Let the model call its tools directly.",
}));

const file = refused(
  "names a file that the provider keeps, which nobody here can see or decide",
  "Send the content itself: base64, text or content blocks.",
);
const fileSource = fields({ type: text(), file_id: file }, { required: ["file_id"] });

const citationsConfig = nullable(fields({ enabled: flag }));
const nullText = nullable(text());
const cited = { type: text(), cited_text: text() };
const inDocument = { ...cited, document_index: integer(0), document_title: nullText, file_id: nullText };

const citation = tagged("type", {
  char_location: fields({ ...inDocument, start_char_index: integer(0), end_char_index: integer(0) }),
  page_location: fields({ ...inDocument, start_page_number: integer(0), end_page_number: integer(0) }),
  content_block_location: fields({
    ...inDocument,
    start_block_index: integer(0),
    end_block_index: integer(0),
  }),
  web_search_result_location: fields({ ...cited, encrypted_index: text(), title: nullText, url: text() }),
  search_result_location: fields({
    ...cited,
    source: text(),
    title: nullText,
    search_result_index: integer(0),
    start_block_index: integer(0),
    end_block_index: integer(0),
  }),
});

export const textBlock: Check = fields(
  {
    type: text(),
    text: text(),
    cache_control: cacheControl,
    citations: nullable(list(citation, LLM_LIMITS.partsMax)),
  },
  { required: ["text"] },
);

const imageBlock = fields(
  {
    type: text(),
    source: tagged("type", {
      base64: fields(
        {
          type: text(),
          data: text(),
          media_type: oneOf("image/jpeg", "image/png", "image/gif", "image/webp"),
        },
        { required: ["data", "media_type"] },
      ),
      url: fields({ type: text(), url: text() }, { required: ["url"] }),
      file: fileSource,
    }),
    cache_control: cacheControl,
    transformations: nullable(fields({ oversized_image: oneOf("downsize", "error") })),
  },
  { required: ["source"] },
);

const sourceBlocks = either("must be text or a list of blocks", {
  text: text(),
  list: list(tagged("type", { text: textBlock, image: imageBlock }), LLM_LIMITS.partsMax),
});

const inlineSources = {
  base64: fields(
    { type: text(), data: text(), media_type: oneOf("application/pdf") },
    { required: ["data", "media_type"] },
  ),
  text: fields({ type: text(), data: text(), media_type: oneOf("text/plain") }, { required: ["data"] }),
};

const documentFields = {
  type: text(),
  cache_control: cacheControl,
  citations: citationsConfig,
  context: nullText,
  title: nullText,
};

const documentBlock = fields(
  {
    ...documentFields,
    source: tagged("type", {
      ...inlineSources,
      content: fields({ type: text(), content: sourceBlocks }, { required: ["content"] }),
      url: fields({ type: text(), url: text() }, { required: ["url"] }),
      file: fileSource,
    }),
  },
  { required: ["source"] },
);

const searchResultBlock = fields(
  {
    type: text(),
    content: list(textBlock, LLM_LIMITS.partsMax),
    source: text(),
    title: text(),
    cache_control: cacheControl,
    citations: citationsConfig,
  },
  { required: ["content", "source", "title"] },
);

const toolReference = fields(
  { type: text(), tool_name: text(), cache_control: cacheControl },
  { required: ["tool_name"] },
);

const browserState = fields({
  type: text(),
  tabs: list(fields({ tab_id: text(), title: text(), url: text(), active: flag }), LLM_LIMITS.partsMax),
  cache_control: cacheControl,
  state_changes: nullable(
    list(
      fields({
        type: text(),
        tab_id: text(),
        download_id: text(),
        url: text(),
        path: nullText,
        size_bytes: nullable(integer(0)),
        error: nullText,
      }),
      LLM_LIMITS.partsMax,
    ),
  ),
});

const toolResultBlock = fields(
  {
    type: text(),
    tool_use_id: ids,
    cache_control: cacheControl,
    is_error: flag,
    toolset_name: nullText,
    content: either("must be text or a list of blocks", {
      text: text(),
      list: list(
        tagged("type", {
          text: textBlock,
          image: imageBlock,
          document: documentBlock,
          search_result: searchResultBlock,
          tool_reference: toolReference,
          browser_state: browserState,
        }),
        LLM_LIMITS.partsMax,
      ),
    }),
  },
  { required: ["tool_use_id"] },
);

// What hosted tools gave in earlier turns, told again. Nothing in it is fetched or run.

const failure = { type: text(), error_code: text(), error_message: nullText };
const outputs = list(fields({ type: text(), file_id: text() }), LLM_LIMITS.partsMax);
const executed = { type: text(), content: outputs, return_code: integer(), stderr: text() };

function hostedResult(content: Check): Check {
  return fields(
    { type: text(), tool_use_id: ids, content, cache_control: cacheControl, caller },
    { required: ["tool_use_id", "content"] },
  );
}

const webSearchResult = hostedResult(
  either("must be a list of results or an error", {
    object: fields(failure),
    list: list(
      fields({ type: text(), encrypted_content: text(), title: text(), url: text(), page_age: nullText }),
      LLM_LIMITS.partsMax,
    ),
  }),
);

const webFetchResult = hostedResult(
  tagged("type", {
    web_fetch_tool_result_error: fields(failure),
    web_fetch_result: fields({
      type: text(),
      url: text(),
      retrieved_at: nullText,
      content: fields({ ...documentFields, source: tagged("type", inlineSources) }),
    }),
  }),
);

const lines = nullable(integer());
const editResult = hostedResult(
  tagged("type", {
    text_editor_code_execution_tool_result_error: fields(failure),
    text_editor_code_execution_view_result: fields({
      type: text(),
      content: text(),
      file_type: oneOf("text", "image", "pdf"),
      num_lines: lines,
      start_line: lines,
      total_lines: lines,
    }),
    text_editor_code_execution_create_result: fields({ type: text(), is_file_update: flag }),
    text_editor_code_execution_str_replace_result: fields({
      type: text(),
      lines: nullable(list(text(), LLM_LIMITS.messagesMax)),
      new_lines: lines,
      new_start: lines,
      old_lines: lines,
      old_start: lines,
    }),
  }),
);

const hostedBlocks = {
  server_tool_use: fields(
    { type: text(), id: ids, name: text(), input: anyJson, cache_control: cacheControl, caller },
    { required: ["id", "name"] },
  ),
  web_search_tool_result: webSearchResult,
  web_fetch_tool_result: webFetchResult,
  code_execution_tool_result: hostedResult(
    tagged("type", {
      code_execution_tool_result_error: fields(failure),
      code_execution_result: fields({ ...executed, stdout: text() }),
      encrypted_code_execution_result: fields({ ...executed, encrypted_stdout: text() }),
    }),
  ),
  bash_code_execution_tool_result: hostedResult(
    tagged("type", {
      bash_code_execution_tool_result_error: fields(failure),
      bash_code_execution_result: fields({ ...executed, stdout: text() }),
    }),
  ),
  text_editor_code_execution_tool_result: editResult,
  tool_search_tool_result: hostedResult(
    tagged("type", {
      tool_search_tool_result_error: fields(failure),
      tool_search_tool_search_result: fields({
        type: text(),
        tool_references: list(toolReference, LLM_LIMITS.toolsMax),
      }),
    }),
  ),
  mcp_tool_use: fields({
    type: text(),
    id: ids,
    name: text(),
    server_name: text(),
    input: anyJson,
    cache_control: cacheControl,
  }),
  mcp_tool_result: fields({
    type: text(),
    tool_use_id: ids,
    is_error: flag,
    cache_control: cacheControl,
    content: either("must be text or a list of text blocks", {
      text: text(),
      list: list(tagged("type", { text: textBlock }), LLM_LIMITS.partsMax),
    }),
  }),
  container_upload: all(
    anyObject,
    fields({ type: text(), cache_control: cacheControl, file_id: file }, { required: ["file_id"] }),
  ),
};

export const contentBlock: Check = tagged("type", {
  text: textBlock,
  image: imageBlock,
  document: documentBlock,
  search_result: searchResultBlock,
  thinking: fields(
    { type: text(), thinking: text(), signature: text() },
    { required: ["thinking", "signature"] },
  ),
  redacted_thinking: fields({ type: text(), data: text() }, { required: ["data"] }),
  tool_use: fields(
    {
      type: text(),
      id: ids,
      name: text(LLM_LIMITS.toolNameUnitsMax, 1),
      input: anyObject,
      cache_control: cacheControl,
      caller,
      toolset_name: nullText,
    },
    { required: ["id", "name", "input"] },
  ),
  tool_result: toolResultBlock,
  ...hostedBlocks,
});
