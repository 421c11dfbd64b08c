/**
 * The policy set of a new installation: reads and models are allowed, writes wait for an admin, what destroys or
 * reaches out is refused until an admin grants that tool to that agent, and then still waits. It makes no difference
 * whether a tool is an MCP server's or the agent's own. What a model's upstream would do by itself is refused. On the
 * web agents reach the hosts that an admin granted, and what they send there after they read what others wrote waits.
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

// The web is shut until an admin opens a host to an agent: doorward hosts grant AGENT HOST --access read|write.
@id("web-read")
@reason("Agents may read from the hosts that an admin granted them.")
permit (principal is Doorward::Agent, action == Doorward::Action::"http/read", resource)
when { resource in principal.readHosts };

@id("web-write")
@reason("Agents may send to the hosts that an admin granted them for writing.")
permit (
  principal is Doorward::Agent,
  action in [
    Doorward::Action::"http/write",
    Doorward::Action::"http/delete",
    Doorward::Action::"http/open",
    Doorward::Action::"http/message",
    Doorward::Action::"http/tunnel"
  ],
  resource
)
when { resource in principal.writeHosts };

@id("hold-writes")
@reason("Nobody reviewed where {tool} gets its values from and what it does with them, so whatever it changes waits for an admin.")
@remedy("An admin answers with: doorward approvals list, then doorward approvals approve ID (or deny ID). Repeat the same call to collect the result. With a reviewed manifest, only what is doubtful waits: doorward manifests init.")
@hold("admins")
@expires("1h")
forbid (
  principal is Doorward::Agent,
  action in [Doorward::Action::"write", Doorward::Action::"destructive", Doorward::Action::"outbound"],
  resource is Doorward::Tool
)
unless { context has flow && context.flow.labelled };

// What follows decides on where values came from: docs/guide/flow.md lists what context.flow holds.

@id("flow-destination")
@reason("{tool} would reach somebody whom neither the user's words nor anything reliable names.")
@remedy("Ask the user to name who should get it, or have an admin look at the address: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled && context.flow.effect != "read" &&
  !["user", "own", "made", "named", "directory"].containsAll(context.flow.destination)
};

// Only where no-upstream-fetches, below, has an exception: what the upstream may fetch still has to be named.
@id("flow-fetched-url")
@reason("{server} would fetch {tool}, which neither the user's words nor anything reliable names.")
@remedy("Ask the user to name the address, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action == Doorward::Action::"models/fetch-url", resource)
when { context has flow && !["user", "own", "made", "named", "directory"].containsAll(context.flow.destination) };

@id("flow-account")
@reason("{tool} would move money to an account that neither the user's words nor a trusted directory names.")
@remedy("Ask the user for the account, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled && context.flow.effect != "read" &&
  !["user", "own", "directory"].containsAll(context.flow.account)
};

@id("flow-amount")
@reason("{tool} would move an amount that follows from nothing the user said or from no record the user spoke of.")
@remedy("Ask the user for the amount, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled && context.flow.effect != "read" &&
  !["user", "named", "derived", "bounded"].containsAll(context.flow.amount)
};

@id("flow-change")
@reason("{tool} would change something that neither the user's words nor anything reliable names.")
@remedy("Ask the user what to change, by its name or id, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled && context.flow.effect == "write" &&
  !["user", "claimed", "own", "made", "named", "directory", "trusted", "private", "endorsed"]
    .containsAll(context.flow.selector)
};

@id("flow-object")
@reason("{tool} would give away, pay for, or act on something that the user did not name.")
@remedy("Ask the user which one is meant, by its name or id, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled &&
  !["read", "fetch", "write", "destroy"].contains(context.flow.effect) &&
  !["user", "made", "named", "directory"].containsAll(context.flow.selector)
};

@id("flow-destroy")
@reason("{tool} would destroy something that the user did not name, or did not ask to be destroyed.")
@remedy("Ask the user to name what should go, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when { context has flow && context.flow.labelled && context.flow.effect == "destroy" }
unless {
  context.flow.asked && ["user", "made", "named", "directory"].containsAll(context.flow.selector) &&
  ["user", "made", "named", "trusted"].containsAll(context.flow.path) &&
  !(context.flow.selector.isEmpty() && context.flow.path.isEmpty())
};

@id("flow-command")
@reason("{tool} would run a command that the user did not give, and that may do more than work in this session's folders.")
@remedy("Ask the user to give the command, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled &&
  !["user", "trusted", "made"].containsAll(context.flow.command)
};

@id("flow-command-tainted")
@reason("{tool} would run code of this session's folders after the session read what others wrote.")
@remedy("Have an admin look at the command: doorward approvals list. A session that has read nothing from outside need not ask.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled && context.flow.tainted && context.flow.command.contains("made")
};

@id("flow-path")
@reason("{tool} would write to a place outside the folders of this session that the user did not name.")
@remedy("Ask the user to name the place, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled && context.flow.effect != "read" &&
  !["user", "claimed", "own", "made", "named", "directory", "trusted", "private"].containsAll(context.flow.path)
};

@id("flow-account-change")
@reason("{tool} would change the user's account to something the user did not say.")
@remedy("Ask the user for the new value, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled && context.flow.effect != "read" &&
  !(["user"].containsAll(context.flow.credential) && ["user", "own"].containsAll(context.flow.profile))
};

@id("flow-aimless")
@reason("{tool} would act outside without saying on whom or what, so nothing shows that the user meant it.")
@remedy("Name the recipient or the object in the call, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled &&
  !["read", "write", "destroy"].contains(context.flow.effect) &&
  context.flow.destination.isEmpty() && context.flow.account.isEmpty() && context.flow.selector.isEmpty() &&
  context.flow.command.isEmpty() && context.flow.path.isEmpty() &&
  context.flow.credential.isEmpty() && context.flow.profile.isEmpty()
};

@id("flow-link")
@reason("{tool} would pass on a link or an account that somebody else wrote, in the user's name.")
@remedy("Leave the link out, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled &&
  !["read", "write"].contains(context.flow.effect) && context.flow.carries.containsAny(["link", "account"])
}
unless { !context.flow.destination.isEmpty() && ["own"].containsAll(context.flow.destination) };

@id("flow-readers")
@reason("{tool} would show something to people who may not read it.")
@remedy("Ask the user whether they should have it, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool)
when {
  context has flow && context.flow.labelled && context.flow.effect != "write" &&
  context.flow.readers == "beyond"
}
unless {
  context.flow.asked &&
  ["user", "own"].containsAll(context.flow.destination) && ["user", "own"].containsAll(context.flow.account) &&
  !(context.flow.destination.isEmpty() && context.flow.account.isEmpty())
};

@id("web-readers")
@reason("{tool} would get something that not everybody who reads there may read.")
@remedy("Ask the user whether it should go there, or have an admin look at it: doorward approvals list. Then send the same request again.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Url)
when { context has flow && context.flow.readers == "beyond" }
unless {
  context.flow.asked && !context.flow.destination.isEmpty() && ["user", "own"].containsAll(context.flow.destination)
};

@id("web-led")
@reason("{tool} is an address that others wrote, and the request would take something there.")
@remedy("Ask the user to name the address, leave out what it carries, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (
  principal is Doorward::Agent,
  action in [Doorward::Action::"http/read", Doorward::Action::"http/open"],
  resource
)
when {
  context has flow && context.flow.tainted && context.flow.readers != "none" &&
  context.flow.destination.contains("untrusted")
};

@id("web-after-reading")
@reason("{tool} would be sent something by a session that read what others wrote, and nobody named the address.")
@remedy("Ask the user to name the address, or have an admin look at it: doorward approvals list. Then send the same request again. What an API's document names is decided by its fields: doorward apis add.")
@hold("admins")
@expires("1h")
forbid (
  principal is Doorward::Agent,
  action in [Doorward::Action::"http/write", Doorward::Action::"http/message"],
  resource
)
when { context has flow && context.flow.tainted }
unless {
  !context.flow.destination.isEmpty() &&
  ["user", "own", "made", "named", "directory"].containsAll(context.flow.destination) &&
  !context.flow.carries.containsAny(["link", "account"])
};

@id("web-delete")
@reason("{tool} would be deleted, and the user did not name it, or did not ask for that.")
@remedy("Ask the user to name what should go, or have an admin look at it: doorward approvals list.")
@hold("admins")
@expires("1h")
forbid (principal is Doorward::Agent, action == Doorward::Action::"http/delete", resource)
unless {
  context has flow && context.flow.asked && !context.flow.destination.isEmpty() &&
  ["user", "made", "named", "directory"].containsAll(context.flow.destination)
};

@id("web-tunnel")
@reason("Nobody sees what a tunnel to {tool} carries, and this session has read what others wrote.")
@remedy("Start a session for it that reads nothing from outside, or have an admin take the host out of pass-through: doorward hosts grant AGENT HOST.")
forbid (principal is Doorward::Agent, action == Doorward::Action::"http/tunnel", resource)
when { context has flow && context.flow.tainted };

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
