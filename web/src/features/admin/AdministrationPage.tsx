import { useState } from "react";
import { adminApi } from "../../api/access.ts";
import type { AdminPerson } from "../../api/contract.ts";
import { useApp, usePerson, useTitle } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { paths } from "../../app/router.ts";
import { timeAgo } from "../../app/time.ts";
import { Breadcrumb } from "../../ui/Breadcrumb.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { TextField } from "../../ui/Fields.tsx";
import { Link } from "../../ui/Link.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { Failed } from "../pages/Problems.tsx";

export const statusWords: Record<AdminPerson["status"], string> = {
  active: "Active",
  disabled: "Turned off",
  erased: "Erased",
};

/** Accounts, not content: an administrator sees no plan here. */
export function AdministrationPage() {
  const { api } = useApp();
  const me = usePerson().id;
  const [search, setSearch] = useState("");
  const { resource, reload } = useResource("admin/people", () => adminApi(api).people());
  useTitle("Administration");
  if (resource.state === "loading") return <Loading what="Administration" />;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  const wanted = search.trim().toLowerCase();
  const people = resource.value.filter((p) =>
    `${p.name} ${p.email}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <Breadcrumb items={[{ text: "My plans", to: paths.home }]} />
      <h1 className="nhsuk-heading-l">Administration of accounts</h1>
      <p className="fp-lede">
        Who may sign in to this service. People get their account by an invitation to a plan.
      </p>
      <p>
        <Link className="nhsuk-button" to={paths.start}>
          Start a plan
        </Link>
      </p>
      <div role="search">
        <TextField
          id="search"
          label="Search by name or e-mail address"
          type="search"
          autoComplete="off"
          value={search}
          error={undefined}
          onValue={setSearch}
        />
      </div>
      <p role="status">
        {people.length} of {resource.value.length} accounts
      </p>
      <DataTable
        caption="Accounts"
        headings={[
          "Name",
          "E-mail address",
          "State",
          "Sign-in codes",
          "Last signed in",
          "Sessions",
        ]}
        rows={people.map((p) => ({
          key: p.id,
          cells: [
            <Link to={paths.accountOf(p.id)} key="name">
              {p.id === me ? `${p.name} (you)` : p.name}
            </Link>,
            p.email,
            `${statusWords[p.status]}${p.administrator ? ", administrator" : ""}`,
            p.second_factor ? "On" : "Off",
            p.last_sign_in_at == null ? "Never" : timeAgo(p.last_sign_in_at, Date.now()),
            p.sessions,
          ],
        }))}
      />
    </>
  );
}
