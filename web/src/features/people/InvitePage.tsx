import { useState } from "react";
import { peopleApi } from "../../api/access.ts";
import type { InvitationMade, Membership } from "../../api/contract.ts";
import { useApp } from "../../app/context.tsx";
import { paths } from "../../app/router.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Fields.tsx";
import { emailNeeded, needed, useForm } from "../../ui/form.ts";
import { Link } from "../../ui/Link.tsx";
import { Problems } from "../../ui/Problems.tsx";
import { usePlanScope } from "../plan/scope.ts";
import { InvitationLink } from "./InvitationLink.tsx";
import { membershipProblems, Memberships } from "./Memberships.tsx";
import { PlanPart } from "./PlanPart.tsx";

const nobody: readonly Membership[] = [{ organisation: "", roles: [] }];

export function InvitePage() {
  const { api, announcer } = useApp();
  const { plan } = usePlanScope();
  const [memberships, setMemberships] = useState(nobody);
  const [made, setMade] = useState<InvitationMade | null>(null);
  const form = useForm({ name: "", email: "" });
  const submit = form.submit(
    (v) => [
      needed(v.name, "name", "Enter the name of the person"),
      emailNeeded(v.email),
      ...membershipProblems(memberships),
    ],
    async (v) => {
      const answer = await peopleApi(api, plan.id).invite({
        name: v.name.trim(),
        email: v.email.trim(),
        memberships,
      });
      setMade(answer);
      setMemberships(nobody);
      form.reset();
      announcer.say(`Invited ${answer.invitation.name}`);
    },
  );
  return (
    <PlanPart
      heading="Invite somebody"
      above={[{ text: "People", to: paths.people(plan.id) }]}
      wrong={form.problems.length > 0}
      problems={<Problems form={form} />}
    >
      {made !== null && (
        <>
          <InvitationLink made={made} key={made.invitation.id} />
          <p>
            <Link to={paths.plan(plan.id)}>Go to the sections and write</Link>
          </p>
        </>
      )}
      <form className="fp-reading" noValidate onSubmit={submit}>
        <TextField {...form.field("name")} label="Name" autoComplete="off" spellCheck={false} />
        <TextField
          {...form.field("email")}
          label="E-mail address"
          type="email"
          autoComplete="off"
          spellCheck={false}
        />
        <Memberships
          value={memberships}
          onValue={setMemberships}
          organisations={plan.organisations}
          errorOf={form.errorOf}
        />
        <div className="nhsuk-button-group">
          <Button type="submit" aria-disabled={form.busy}>
            Invite
          </Button>
        </div>
      </form>
    </PlanPart>
  );
}
