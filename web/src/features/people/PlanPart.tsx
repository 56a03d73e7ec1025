import type { ReactNode } from "react";
import { useTitle } from "../../app/context.tsx";
import { paths } from "../../app/router.ts";
import { Breadcrumb, type Crumb } from "../../ui/Breadcrumb.tsx";
import { usePlanScope } from "../plan/scope.ts";

/** A page of a plan beside its sections: the way back, the heading, the title. */
export function PlanPart({
  heading,
  above = [],
  wrong = false,
  problems,
  children,
}: {
  heading: string;
  above?: readonly Crumb[];
  wrong?: boolean;
  /** The error summary: it stands before the heading. */
  problems?: ReactNode;
  children: ReactNode;
}) {
  const { plan } = usePlanScope();
  useTitle(wrong ? `Error: ${heading}` : heading, plan.title);
  return (
    <>
      <Breadcrumb
        items={[
          { text: "My plans", to: paths.home },
          { text: plan.title, to: paths.plan(plan.id) },
          ...above,
        ]}
      />
      {problems}
      <h1 className="nhsuk-heading-l">{heading}</h1>
      {children}
    </>
  );
}
