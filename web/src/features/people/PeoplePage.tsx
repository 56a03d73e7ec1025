import { useState } from "react";
import { peopleApi } from "../../api/access.ts";
import type { Invitation, InvitationMade, Member } from "../../api/contract.ts";
import { useApp, usePerson } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { paths } from "../../app/router.ts";
import { clockTimeOrDay } from "../../app/time.ts";
import { ConfirmButton } from "../../ui/Confirm.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { useForm } from "../../ui/form.ts";
import { Link } from "../../ui/Link.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { Problems } from "../../ui/Problems.tsx";
import { Button } from "../../ui/Button.tsx";
import { Failed } from "../pages/Problems.tsx";
import { usePlanScope } from "../plan/scope.ts";
import { InvitationLink } from "./InvitationLink.tsx";
import { PlanPart } from "./PlanPart.tsx";
import { membershipWords } from "./words.ts";

function Roles({ of }: { of: Pick<Member, "memberships"> }) {
  const { plan } = usePlanScope();
  const names = new Map(plan.organisations.map((o) => [o.id, o.name]));
  return of.memberships.map((m) => <div key={m.organisation}>{membershipWords(m, names)}</div>);
}

function Invitations() {
  const { api, announcer } = useApp();
  const { plan } = usePlanScope();
  const people = peopleApi(api, plan.id);
  const { resource, reload } = useResource(`invitations/${plan.id}`, () => people.invitations());
  const [renewed, setRenewed] = useState<InvitationMade | null>(null);
  const form = useForm({});
  if (resource.state === "loading") return <p aria-busy="true">Loading the invitations…</p>;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  const invitations = resource.value;
  const act = (work: () => Promise<void>, said: string) =>
    form.submit(
      () => [],
      async () => {
        await work();
        reload();
        announcer.say(said);
      },
    );
  const renew = (i: Invitation) =>
    act(async () => setRenewed(await people.renew(i.id)), "The invitation is renewed");
  const withdraw = (i: Invitation) =>
    act(async () => {
      await people.withdraw(i.id);
      setRenewed(null);
    }, "The invitation is withdrawn");
  return (
    <section aria-labelledby="invitations">
      <h2 className="nhsuk-heading-m" id="invitations">
        Invitations not yet accepted
      </h2>
      <Problems form={form} />
      {renewed !== null && <InvitationLink made={renewed} />}
      {invitations.length === 0 ? (
        <p>There are none.</p>
      ) : (
        <DataTable
          caption="Invitations not yet accepted"
          captionHidden
          headings={["Name", "E-mail address", "Organisation and roles", "Works until", "Change"]}
          rows={invitations.map((i) => ({
            key: i.id,
            cells: [
              i.name,
              i.email,
              <Roles of={i} key="roles" />,
              i.expires_at < Date.now() ? "Out of date" : clockTimeOrDay(i.expires_at, Date.now()),
              <div className="fp-actions" key="change">
                <Button small variant="secondary" aria-disabled={form.busy} onClick={renew(i)}>
                  Renew<span className="nhsuk-u-visually-hidden">: {i.name}</span>
                </Button>
                <ConfirmButton
                  label="Withdraw"
                  yes="Yes, withdraw"
                  about={i.name}
                  busy={form.busy}
                  onConfirm={withdraw(i)}
                />
              </div>,
            ],
          }))}
        />
      )}
    </section>
  );
}

export function PeoplePage() {
  const { api } = useApp();
  const me = usePerson().id;
  const { plan } = usePlanScope();
  const { resource, reload } = useResource(`people/${plan.id}/${plan.position}`, () =>
    peopleApi(api, plan.id).members(),
  );
  const manages = plan.may?.manage_people === true;
  if (resource.state === "loading") return <Loading what="People" />;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  const members = resource.value
    .filter((m) => m.memberships.length > 0)
    .toSorted((a, b) => a.name.localeCompare(b.name, "en-GB"));
  return (
    <PlanPart heading="People">
      <p className="fp-lede">
        {members.length === 1 ? "One person works" : `${members.length} people work`} on this plan,
        for <Link to={paths.organisations(plan.id)}>its organisations</Link>.
      </p>
      {manages && (
        <p>
          <Link className="nhsuk-button" to={paths.invite(plan.id)}>
            Invite somebody
          </Link>
        </p>
      )}
      <DataTable
        caption="Members"
        headings={["Name", "Organisation and roles", ...(manages ? ["Change"] : [])]}
        rows={members.map((m) => ({
          key: m.id,
          cells: [
            m.id === me ? `${m.name} (you)` : m.name,
            <Roles of={m} key="roles" />,
            ...(manages
              ? [
                  <Link to={paths.member(plan.id, m.id)} key="change">
                    Change<span className="nhsuk-u-visually-hidden"> the roles of {m.name}</span>
                  </Link>,
                ]
              : []),
          ],
        }))}
      />
      {manages && <Invitations />}
    </PlanPart>
  );
}
