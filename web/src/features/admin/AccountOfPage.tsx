import { useState } from "react";
import { adminApi } from "../../api/access.ts";
import type { AdminPerson } from "../../api/contract.ts";
import { useApp, usePerson, useTitle } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { paths } from "../../app/router.ts";
import { timeAgo } from "../../app/time.ts";
import { Breadcrumb } from "../../ui/Breadcrumb.tsx";
import { Button } from "../../ui/Button.tsx";
import { ConfirmButton } from "../../ui/Confirm.tsx";
import { CopyField } from "../../ui/CopyField.tsx";
import { TextField } from "../../ui/Fields.tsx";
import { useForm } from "../../ui/form.ts";
import { Loading } from "../../ui/Loading.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Problems } from "../../ui/Problems.tsx";
import { SummaryList } from "../../ui/SummaryList.tsx";
import { Failed, NotFound } from "../pages/Problems.tsx";
import { statusWords } from "./AdministrationPage.tsx";

function Erase({ person, onErased }: { person: AdminPerson; onErased: () => void }) {
  const { api } = useApp();
  const form = useForm({ confirm: "" });
  const submit = form.submit(
    (v) => [
      v.confirm.trim().toLowerCase() === person.email.toLowerCase()
        ? null
        : { field: "confirm", message: `Enter ${person.email} to confirm` },
    ],
    async () => {
      await adminApi(api).erase(person.id, person.email);
      onErased();
    },
  );
  return (
    <section className="fp-part fp-reading" aria-labelledby="erase">
      <h2 className="nhsuk-heading-m" id="erase">
        Erase this person
      </h2>
      <p>
        Name, e-mail address, password, sessions and tokens are removed for good. What the person
        wrote stays in the plans, as the words of a former member of their organisation. This cannot
        be undone.
      </p>
      <Problems form={form} />
      <form noValidate onSubmit={submit}>
        <TextField
          {...form.field("confirm")}
          label={`To confirm, enter ${person.email}`}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" variant="warning" aria-disabled={form.busy}>
          Erase
        </Button>
      </form>
    </section>
  );
}

function AccountOf({ person, reload }: { person: AdminPerson; reload: () => void }) {
  const { api, announcer } = useApp();
  const me = usePerson().id;
  const [link, setLink] = useState<string | null>(null);
  const form = useForm({});
  const admin = adminApi(api);
  useTitle(person.name, "Administration");
  const act = (work: () => Promise<void>, said: string) =>
    form.submit(
      () => [],
      async () => {
        await work();
        reload();
        announcer.say(said);
      },
    );
  const change = (to: Parameters<typeof admin.change>[1], said: string) =>
    act(() => admin.change(person.id, to), said);
  const erased = person.status === "erased";
  const disabled = person.status === "disabled";
  return (
    <>
      <Breadcrumb
        items={[
          { text: "My plans", to: paths.home },
          { text: "Administration", to: paths.administration },
        ]}
      />
      <Problems form={form} />
      <h1 className="nhsuk-heading-l">{person.name}</h1>
      <SummaryList
        rows={[
          { term: "E-mail address", value: person.email },
          { term: "State", value: statusWords[person.status] },
          { term: "Administrator", value: person.administrator ? "Yes" : "No" },
          { term: "Sign-in codes", value: person.second_factor ? "On" : "Off" },
          {
            term: "Last signed in",
            value:
              person.last_sign_in_at == null
                ? "Never"
                : timeAgo(person.last_sign_in_at, Date.now()),
          },
          { term: "Sessions", value: String(person.sessions) },
        ]}
      />
      {link !== null && (
        <Notice title="Link for a new password" success>
          <CopyField
            id="reset-link"
            label={`Link for ${person.name}`}
            hint="It works once, for one hour. Give it to this person and nobody else."
            value={link}
          />
        </Notice>
      )}
      {!erased && (
        <div className="fp-actions">
          <Button
            small
            variant="secondary"
            aria-disabled={form.busy}
            onClick={act(
              async () => setLink((await admin.resetLink(person.id)).link),
              "The link is made",
            )}
          >
            Make a link for a new password
          </Button>
          {person.id !== me &&
            (disabled ? (
              <Button
                small
                variant="secondary"
                aria-disabled={form.busy}
                onClick={change({ status: "active" }, "The account is turned on")}
              >
                Turn the account on
              </Button>
            ) : (
              <ConfirmButton
                label="Turn the account off"
                yes="Yes, turn it off"
                about={person.name}
                busy={form.busy}
                onConfirm={change({ status: "disabled" }, "The account is turned off")}
              />
            ))}
          {person.id !== me && (
            <ConfirmButton
              label={person.administrator ? "No longer administrator" : "Make administrator"}
              yes={person.administrator ? "Yes, take it away" : "Yes, make administrator"}
              about={person.name}
              busy={form.busy}
              onConfirm={change(
                { administrator: !person.administrator },
                person.administrator ? "No longer administrator" : "Now an administrator",
              )}
            />
          )}
          <a
            className="nhsuk-button nhsuk-button--secondary nhsuk-button--small"
            href={admin.exportPath(person.id)}
            download={`${person.id}.json`}
          >
            Export all that is held
          </a>
        </div>
      )}
      {!erased && person.id !== me && (
        <Erase
          person={person}
          onErased={() => {
            reload();
            announcer.say("The person is erased");
          }}
        />
      )}
    </>
  );
}

export function AccountOfPage({ person: id }: { person: string }) {
  const { api } = useApp();
  const { resource, reload } = useResource("admin/people", () => adminApi(api).people());
  if (resource.state === "loading") return <Loading what="Account" />;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  const person = resource.value.find((p) => p.id === id);
  return person === undefined ? <NotFound /> : <AccountOf person={person} reload={reload} />;
}
