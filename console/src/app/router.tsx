import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from "@tanstack/react-router";
import { PageProblem, PageUnknown } from "./page-problem.tsx";
import { type Around, Shell } from "./shell.tsx";
import { activitySearch } from "../pages/activity/search.ts";
import { approvalsSearch } from "../pages/approvals/search.ts";
import { machineSearch } from "../pages/fleet/search.ts";
import { hostsSearch } from "../pages/hosts/search.ts";
import { modelsSearch } from "../pages/models/search.ts";
import { policySearch } from "../pages/policy/search.ts";

/*
 * One route per page. The component is loaded when it is first gone to: `lazyRouteComponent(() => import(FILE), NAME)`.
 */
const root = createRootRouteWithContext<Around>()({ component: Shell, notFoundComponent: PageUnknown });
const getParentRoute = () => root;

const activity = createRoute({
  getParentRoute,
  path: "/",
  validateSearch: activitySearch,
  component: lazyRouteComponent(() => import("../pages/activity/page.tsx"), "ActivityPage"),
});
const action = createRoute({
  getParentRoute,
  path: "/actions/$action",
  component: lazyRouteComponent(() => import("../pages/action/page.tsx"), "ActionPage"),
});
const approvals = createRoute({
  getParentRoute,
  path: "/approvals",
  validateSearch: approvalsSearch,
  component: lazyRouteComponent(() => import("../pages/approvals/page.tsx"), "ApprovalsPage"),
});
const approval = createRoute({
  getParentRoute,
  path: "/approvals/$approval",
  component: lazyRouteComponent(() => import("../pages/approvals/one.tsx"), "ApprovalPage"),
});
const agents = createRoute({
  getParentRoute,
  path: "/agents",
  component: lazyRouteComponent(() => import("../pages/agents/page.tsx"), "AgentsPage"),
});
const agent = createRoute({
  getParentRoute,
  path: "/agents/$agent",
  component: lazyRouteComponent(() => import("../pages/agents/one.tsx"), "AgentPage"),
});
const stops = createRoute({
  getParentRoute,
  path: "/stops",
  component: lazyRouteComponent(() => import("../pages/stops/page.tsx"), "StopsPage"),
});
const servers = createRoute({
  getParentRoute,
  path: "/servers",
  component: lazyRouteComponent(() => import("../pages/servers/page.tsx"), "ServersPage"),
});
const server = createRoute({
  getParentRoute,
  path: "/servers/$server",
  component: lazyRouteComponent(() => import("../pages/servers/one.tsx"), "ServerPage"),
});
const apis = createRoute({
  getParentRoute,
  path: "/apis",
  component: lazyRouteComponent(() => import("../pages/apis/page.tsx"), "ApisPage"),
});
const api = createRoute({
  getParentRoute,
  path: "/apis/$api",
  component: lazyRouteComponent(() => import("../pages/apis/one.tsx"), "ApiPage"),
});
const hosts = createRoute({
  getParentRoute,
  path: "/hosts",
  validateSearch: hostsSearch,
  component: lazyRouteComponent(() => import("../pages/hosts/page.tsx"), "HostsPage"),
});
const models = createRoute({
  getParentRoute,
  path: "/models",
  validateSearch: modelsSearch,
  component: lazyRouteComponent(() => import("../pages/models/page.tsx"), "ModelsPage"),
});
const upstream = createRoute({
  getParentRoute,
  path: "/models/$upstream",
  component: lazyRouteComponent(() => import("../pages/models/one.tsx"), "UpstreamPage"),
});
const fleet = createRoute({
  getParentRoute,
  path: "/fleet",
  component: lazyRouteComponent(() => import("../pages/fleet/page.tsx"), "FleetPage"),
});
const machine = createRoute({
  getParentRoute,
  path: "/fleet/$machine",
  validateSearch: machineSearch,
  component: lazyRouteComponent(() => import("../pages/fleet/one.tsx"), "MachinePage"),
});
const policy = createRoute({
  getParentRoute,
  path: "/policy",
  validateSearch: policySearch,
  component: lazyRouteComponent(() => import("../pages/policy/page.tsx"), "PolicyPage"),
});
const delegations = createRoute({
  getParentRoute,
  path: "/delegations",
  component: lazyRouteComponent(() => import("../pages/delegations/page.tsx"), "DelegationsPage"),
});
const grants = createRoute({
  getParentRoute,
  path: "/grants",
  component: lazyRouteComponent(() => import("../pages/grants/page.tsx"), "GrantsPage"),
});
const duties = createRoute({
  getParentRoute,
  path: "/duties",
  component: lazyRouteComponent(() => import("../pages/duties/page.tsx"), "DutiesPage"),
});
const vault = createRoute({
  getParentRoute,
  path: "/vault",
  component: lazyRouteComponent(() => import("../pages/vault/page.tsx"), "VaultPage"),
});
const credential = createRoute({
  getParentRoute,
  path: "/vault/$credential",
  component: lazyRouteComponent(() => import("../pages/vault/one.tsx"), "CredentialPage"),
});
const statistics = createRoute({
  getParentRoute,
  path: "/statistics",
  component: lazyRouteComponent(() => import("../pages/statistics/page.tsx"), "StatisticsPage"),
});
const channels = createRoute({
  getParentRoute,
  path: "/channels",
  component: lazyRouteComponent(() => import("../pages/channels/page.tsx"), "ChannelsPage"),
});
const signIns = createRoute({
  getParentRoute,
  path: "/sign-ins",
  component: lazyRouteComponent(() => import("../pages/sign-ins/page.tsx"), "SignInsPage"),
});
const budgets = createRoute({
  getParentRoute,
  path: "/budgets",
  component: lazyRouteComponent(() => import("../pages/budgets/page.tsx"), "BudgetsPage"),
});
const budget = createRoute({
  getParentRoute,
  path: "/budgets/$budget",
  component: lazyRouteComponent(() => import("../pages/budgets/one.tsx"), "BudgetPage"),
});
/** Where the server serves the page and nothing else is: a login link that was opened, an old address. */
const fronts = ["/login", "/console"].map((path) =>
  createRoute({ getParentRoute, path, component: () => <Navigate to="/" replace /> }),
);

const routeTree = root.addChildren([
  stops,
  activity,
  action,
  approvals,
  approval,
  agents,
  agent,
  servers,
  server,
  apis,
  api,
  hosts,
  models,
  upstream,
  fleet,
  machine,
  policy,
  budgets,
  budget,
  delegations,
  grants,
  duties,
  vault,
  credential,
  statistics,
  channels,
  signIns,
  ...fronts,
]);

export function createConsoleRouter(context: Around) {
  return createRouter({
    routeTree,
    context,
    defaultPreload: "intent",
    defaultErrorComponent: PageProblem,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
