/**
 * The policy set of a new installation: reads and models are allowed, writes wait for an admin, what destroys or
 * reaches out is refused until an admin grants that tool to that agent, and then still waits. It makes no difference
 * whether a tool is an MCP server's or the agent's own. What a model's upstream would do by itself is refused.
 */
export const STARTER_POLICY = `// Doorward's starter policy. Change it freely: doorward policy check FILE, doorward policy activate FILE.
// Whatever no policy permits is denied. A forbid with @hold waits for that group instead.

@id("users-act-through-agents")
@reason("Users keep their own rights; each agent's policies narrow what is done in their name.")
permit (principal is Doorward::User, action, resource);

@id("agents-read")
@reason("Tools and resources that only read are open to every agent.")
permit (principal is Doorward::Agent, action in Doorward::Action::"read", resource);

@id("agents-act")
@reason("Agents may call accepted tools that change things or reach out, within the forbids below.")
permit (
  principal is Doorward::Agent,
  action in [Doorward::Action::"write", Doorward::Action::"destructive", Doorward::Action::"outbound"],
  resource
);

@id("agents-fetch-prompts")
@reason("Accepted prompts are open to every agent.")
permit (principal is Doorward::Agent, action in [Doorward::Action::"prompts/get", Doorward::Action::"completion/complete"], resource);

@id("servers-ask-users")
@reason("A server may put a question to the user; it is shown as the server's words.")
permit (principal is Doorward::Agent, action in [Doorward::Action::"elicitation/create", Doorward::Action::"roots/list"], resource);

// To let agents use local models only, add: when { !context.effects.contains("outbound") }
// To have answers marked as made by AI, add: @mark("ai-generated")
@id("agents-use-models")
@reason("Agents may ask models and turn text into vectors, within their budgets: doorward budgets list.")
permit (
  principal is Doorward::Agent,
  action in [Doorward::Action::"models/generate", Doorward::Action::"models/embed"],
  resource
);

@id("hold-writes")
@reason("Whatever changes something waits for an admin.")
@remedy("An admin answers with: doorward approvals list, then doorward approvals approve ID (or deny ID). Repeat the same call to collect the result.")
@hold("admins")
@expires("1h")
forbid (
  principal is Doorward::Agent,
  action in [Doorward::Action::"write", Doorward::Action::"destructive", Doorward::Action::"outbound"],
  resource is Doorward::Tool
);

@id("destructive-needs-grant")
@reason("{tool} can destroy or overwrite, and agent {agent} was not granted it.")
@remedy("An admin can grant it with: doorward agents grant {agent} {tool}")
forbid (
  principal is Doorward::Agent,
  action in Doorward::Action::"destructive",
  resource is Doorward::Tool
)
unless { principal.grantedTools.contains(resource) };

@id("outbound-needs-grant")
@reason("{tool} reaches outside this machine, and agent {agent} was not granted it.")
@remedy("An admin can grant it with: doorward agents grant {agent} {tool}")
forbid (
  principal is Doorward::Agent,
  action in Doorward::Action::"outbound",
  resource is Doorward::Tool
)
unless { principal.grantedTools.contains(resource) };

@id("no-hosted-tools")
@reason("{server} would run its hosted tool {tool} out of Doorward's sight, where no call can be decided or stopped.")
@remedy("Ask without it, and give the agent a tool of its own or an MCP server that does the same. If you trust {server} with it, an admin makes an exception in policy no-hosted-tools: doorward policy show, then doorward policy activate FILE.")
forbid (principal, action == Doorward::Action::"models/host-tool", resource);

@id("no-upstream-fetches")
@reason("{server} would fetch {tool} itself, which sends a request that Doorward does not see.")
@remedy("Send the content itself (a data: URL or text) in place of the address. If you trust {server} with it, an admin makes an exception in policy no-upstream-fetches: doorward policy show, then doorward policy activate FILE.")
forbid (principal, action == Doorward::Action::"models/fetch-url", resource);

@id("no-sampling")
@reason("Server {server} asked to use the agent's model, and servers may not.")
@remedy("If you trust this server with the model, an admin changes policy no-sampling: doorward policy show, then doorward policy activate FILE.")
forbid (principal, action == Doorward::Action::"sampling/createMessage", resource);
`;
