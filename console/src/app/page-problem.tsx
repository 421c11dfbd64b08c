import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { Button } from "../ui/button.tsx";
import { EmptyState, Notice, ProblemNotice } from "../ui/notice.tsx";
import { PageHead } from "../ui/page.tsx";

/** A page that failed takes down itself alone; the navigation around it still works. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  return (
    <>
      <PageHead title="This page failed" />
      <ProblemNotice problem={error} />
      <Notice tone="plain">
        <p>Everything else goes on. Doorward itself decides and records as before.</p>
        <div className="row">
          <Button onPress={reset}>Try again</Button>
          <Button kind="plain" onPress={() => location.reload()}>
            Load the console again
          </Button>
        </div>
      </Notice>
    </>
  );
}

export function PageUnknown() {
  return (
    <>
      <PageHead title="There is no such page" />
      <EmptyState title="Nothing is at this address">
        <Link to="/">Go to the activity</Link>
      </EmptyState>
    </>
  );
}
