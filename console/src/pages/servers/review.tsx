import { ProblemNotice } from "../../ui/notice.tsx";
import { Section } from "../../ui/page.tsx";
import { useToReview } from "./to-review.ts";
import { ToolFold, toolKey } from "./tool.tsx";

/** Tools whose definition is new or has changed: nobody can use them until a person accepts what they now say. */
export function ToolsToReview() {
  const { tools, isKnown, problem } = useToReview();
  return (
    <Section title="Tools to review" {...(isKnown ? { count: tools.length } : {})}>
      <ProblemNotice problem={problem} />
      {isKnown && tools.length === 0 ? <p className="soft">Every tool has been reviewed.</p> : null}
      {tools.map((tool) => (
        <ToolFold key={toolKey(tool)} tool={tool} />
      ))}
    </Section>
  );
}
