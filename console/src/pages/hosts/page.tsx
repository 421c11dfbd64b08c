import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useLook } from "../../api/queries.ts";
import { plain } from "../../inert/inert.ts";
import { PageHead } from "../../ui/page.tsx";
import { CheckField, SelectField } from "../../ui/select.tsx";
import { GrantHost } from "./grant.tsx";
import { HostList } from "./list.tsx";

const AGENTS_MAX = 200;
const ALL = "";

/** Which hosts of the web which agents may reach. */
export function HostsPage() {
  const { agent } = useSearch({ from: "/hosts" });
  const [isRevokedToo, setRevokedToo] = useState(false);
  return (
    <>
      <PageHead title="Hosts" aside={<GrantHost agent={agent} />}>
        Which hosts agents may reach through the http door. Every other is refused.
      </PageHead>
      <OfAgent agent={agent} />
      <HostList agent={agent} isRevokedToo={isRevokedToo} isAgentKnown={agent !== undefined} />
      <CheckField
        label="Show those too that were taken back"
        isChecked={isRevokedToo}
        onChange={setRevokedToo}
      />
    </>
  );
}

function OfAgent({ agent }: { readonly agent: string | undefined }) {
  const navigate = useNavigate({ from: "/hosts" });
  const agents = useLook("/agents", { limit: AGENTS_MAX }).data?.items ?? [];
  const names = agents.map(({ name }) => name);
  const known = agent === undefined || names.includes(agent) ? names : [agent, ...names];
  if (known.length === 0) return null;
  return (
    <div className="page-filter">
      <SelectField
        label="Agent"
        value={agent ?? ALL}
        options={[
          { value: ALL, word: "every agent" },
          ...known.map((name) => ({ value: name, word: plain(name) })),
        ]}
        onChange={(value) => void navigate({ search: value === ALL ? {} : { agent: value }, replace: true })}
      />
    </div>
  );
}
