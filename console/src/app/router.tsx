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
const servers = createRoute({
  getParentRoute,
  path: "/servers",
  component: lazyRouteComponent(() => import("../pages/servers/page.tsx"), "ServersPage"),
});
const models = createRoute({
  getParentRoute,
  path: "/models",
  component: lazyRouteComponent(() => import("../pages/models/page.tsx"), "ModelsPage"),
});
const budgets = createRoute({
  getParentRoute,
  path: "/budgets",
  component: lazyRouteComponent(() => import("../pages/budgets/page.tsx"), "BudgetsPage"),
});
/** Where the server serves the page and nothing else is: a login link that was opened, an old address. */
const fronts = ["/login", "/console"].map((path) =>
  createRoute({ getParentRoute, path, component: () => <Navigate to="/" replace /> }),
);

const routeTree = root.addChildren([
  activity,
  action,
  approvals,
  approval,
  agents,
  servers,
  models,
  budgets,
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
