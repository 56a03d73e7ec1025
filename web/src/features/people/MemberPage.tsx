import { useState } from "react";
import { peopleApi } from "../../api/access.ts";
import type { Member } from "../../api/contract.ts";
import { useApp, usePerson } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { paths } from "../../app/router.ts";
import { Button } from "../../ui/Button.tsx";
import { InsetText } from "../../ui/Callout.tsx";
import { ConfirmButton } from "../../ui/Confirm.tsx";
import { TextField } from "../../ui/Fields.tsx";
import { useForm } from "../../ui/form.ts";
import { Loading } from "../../ui/Loading.tsx";
import { Problems } from "../../ui/Problems.tsx";
import { Failed, NotFound } from "../pages/Problems.tsx";
import { usePlanScope } from "../plan/scope.ts";
import { membershipProblems, Memberships } from "./Memberships.tsx";
import { PlanPart } from "./PlanPart.tsx";

function ChangeMember({ member }: { member: Member }) {
  const { api, router, announcer } = useApp();
  const me = usePerson().id;
  const { plan, reload } = usePlanScope();
  const [memberships, setMemberships] = useState(member.memberships);
  const form = useForm({ reason: "" });
  const send = async (list: Member["memberships"], said: string) => {
    await peopleApi(api, plan.id).setMember(member.id, list, form.values.reason.trim());
    reload();
    announcer.say(said);
    router.go(paths.people(plan.id));
  };
  const submit = form.submit(
    () => membershipProblems(memberships),
    () => send(memberships, `The roles of ${member.name} are changed`),
    { "reason.needed": "reason" },
  );
  const remove = form.submit(
    () => [],
    () => send([], `${member.name} is removed from this plan`),
    { "reason.needed": "reason" },
  );
  return (
    <PlanPart
      heading={`Roles of ${member.name}`}
      above={[{ text: "People", to: paths.people(plan.id) }]}
      wrong={form.problems.length > 0}
      problems={<Problems form={form} />}
    >
      {member.id === me && (
        <InsetText>
          <p>
            These are your own roles. If you take away the right to look after people, you cannot
            give it back to yourself.
          </p>
        </InsetText>
      )}
      <p>Changes take effect at once, also for what {member.name} has open now.</p>
      <form className="fp-reading" noValidate onSubmit={submit}>
        <Memberships
          value={memberships}
          onValue={setMemberships}
          organisations={plan.organisations}
          errorOf={form.errorOf}
        />
        <div className="fp-gap" />
        <TextField
          {...form.field("reason")}
          label="Reason (optional)"
          hint="It is kept in the record of this plan."
          autoComplete="off"
        />
        <div className="nhsuk-button-group">
          <Button type="submit" aria-disabled={form.busy}>
            Save roles
          </Button>
          <ConfirmButton
            label="Remove from this plan"
            yes="Yes, remove"
            about={member.name}
            busy={form.busy}
            onConfirm={remove}
          />
        </div>
      </form>
    </PlanPart>
  );
}

export function MemberPage({ person }: { person: string }) {
  const { api } = useApp();
  const { plan } = usePlanScope();
  const { resource, reload } = useResource(`member/${plan.id}/${person}`, () =>
    peopleApi(api, plan.id).members(),
  );
  if (resource.state === "loading") return <Loading what="Roles" />;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  const member = resource.value.find((m) => m.id === person);
  return member === undefined ? <NotFound /> : <ChangeMember member={member} />;
}
