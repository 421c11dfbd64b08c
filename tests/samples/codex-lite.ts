/**
 * The body of a turn as the npm package @openai/codex 0.169.0 sends it (`codex exec` with model gpt-5.6-sol, captured): its tools in
 * the conversation, in namespaces. Texts and large schemas are cut, ids replaced.
 */
export const CODEX_LITE = {
  model: "gpt-5.6-sol",
  stream: true,
  input: [
    {
      type: "additional_tools",
      id: "at_1",
      role: "developer",
      tools: [
        {
          type: "namespace",
          name: "functions",
          description: "",
          tools: [
            {
              type: "custom",
              name: "exec",
              description: "Run JavaScript code to orchestrate/compose tool calls\n- E...",
              format: {
                type: "grammar",
                syntax: "lark",
                definition: "start: /.+/",
              },
            },
            {
              type: "function",
              name: "wait",
              description: "Waits on a yielded `exec` cell and returns new output or ...",
              strict: false,
              parameters: {
                type: "object",
                properties: {},
                additionalProperties: false,
              },
            },
            {
              type: "function",
              name: "request_user_input",
              description: "Request user input for one to three short questions and w...",
              strict: false,
              parameters: {
                type: "object",
                properties: {},
                additionalProperties: false,
              },
            },
          ],
        },
        {
          type: "namespace",
          name: "collaboration",
          description: "Tools for spawning and managing sub-agents.",
          tools: [
            {
              type: "function",
              name: "followup_task",
              description: "Send a follow-up task to an existing non-root target agen...",
              strict: false,
              parameters: {
                type: "object",
                properties: {
                  message: {
                    type: "string",
                    description: "Message text to send to the target agent.",
                    encrypted: true,
                  },
                  target: {
                    type: "string",
                    description: "Agent id or canonical task name to send a follow-up task ...",
                  },
                },
                required: ["target", "message"],
                additionalProperties: false,
              },
            },
            {
              type: "function",
              name: "interrupt_agent",
              description: "Interrupt an agent's current turn, if any, and return its...",
              strict: false,
              parameters: {
                type: "object",
                properties: {
                  target: {
                    type: "string",
                    description: "Agent id or canonical task name to interrupt (from spawn_...",
                  },
                },
                required: ["target"],
                additionalProperties: false,
              },
            },
            {
              type: "function",
              name: "list_agents",
              description: "List live agents in the current root thread tree. Optiona...",
              strict: false,
              parameters: {
                type: "object",
                properties: {
                  path_prefix: {
                    type: "string",
                    description: "Task-path prefix filter without a trailing slash. Omit to...",
                  },
                },
                additionalProperties: false,
              },
            },
            {
              type: "function",
              name: "send_message",
              description: "Send a message to an existing agent. The message will be ...",
              strict: false,
              parameters: {
                type: "object",
                properties: {
                  message: {
                    type: "string",
                    description: "Message text to queue on the target agent.",
                    encrypted: true,
                  },
                  target: {
                    type: "string",
                    description: "Relative or canonical task name to message (from spawn_ag...",
                  },
                },
                required: ["target", "message"],
                additionalProperties: false,
              },
            },
            {
              type: "function",
              name: "spawn_agent",
              description: "\n        Available model overrides (optional; inherited p...",
              strict: false,
              parameters: {
                type: "object",
                properties: {},
                additionalProperties: false,
              },
            },
            {
              type: "function",
              name: "wait_agent",
              description: "Wait for a mailbox update from any live agent, including ...",
              strict: false,
              parameters: {
                type: "object",
                properties: {
                  timeout_ms: {
                    type: "number",
                    description: "Timeout in milliseconds. Defaults to 30000, min 10000, ma...",
                  },
                },
                additionalProperties: false,
              },
            },
          ],
        },
      ],
    },
    {
      type: "message",
      id: "msg_1",
      role: "developer",
      content: [
        {
          type: "input_text",
          text: "Hi.",
        },
      ],
    },
    {
      type: "message",
      id: "msg_1",
      role: "user",
      content: [
        {
          type: "input_text",
          text: "Hi.",
        },
      ],
    },
    {
      type: "message",
      id: "msg_1",
      role: "user",
      content: [
        {
          type: "input_text",
          text: "Hi.",
        },
      ],
    },
  ],
  tool_choice: "auto",
  parallel_tool_calls: false,
  reasoning: {
    effort: "low",
    context: "all_turns",
  },
  store: false,
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: "s",
  text: {
    verbosity: "low",
  },
  client_metadata: {
    session_id: "s",
    thread_id: "t",
    turn_id: "u",
  },
};
