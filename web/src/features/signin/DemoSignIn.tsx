import { useState } from "react";
import { ApiError } from "../../api/client.ts";
import type { Person } from "../../api/types.ts";
import { useApp, useTitle } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { ErrorSummary } from "../../ui/ErrorSummary.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { Failed } from "../pages/Problems.tsx";
import { rolesInWords } from "../people/words.ts";

function byOrganisation(people: readonly Person[]): [string, Person[]][] {
  const groups = new Map<string, Person[]>();
  for (const person of people) {
    const group = groups.get(person.organisation_name) ?? [];
    group.push(person);
    groups.set(person.organisation_name, group);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b, "en-GB"));
}

function Choices({
  people,
  onChoose,
  busy,
}: {
  people: readonly Person[];
  onChoose: (person: Person) => void;
  busy: string | null;
}) {
  return (
    <div className="fp-people">
      {byOrganisation(people).map(([organisation, members]) => (
        <section className="fp-people__organisation" key={organisation}>
          <h2 className="nhsuk-heading-s">{organisation}</h2>
          <ul className="nhsuk-list">
            {members.map((person) => (
              <li key={person.id}>
                <button
                  className="fp-person"
                  type="button"
                  aria-disabled={busy !== null}
                  onClick={() => busy === null && onChoose(person)}
                >
                  <span className="fp-person__name">{person.name}</span>
                  <span className="fp-person__roles">
                    <span className="nhsuk-u-visually-hidden">, </span>
                    {rolesInWords(person.roles)}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** Demo sign-in: pick one of the worked example's people. */
export function DemoSignIn({ next }: { next: string }) {
  const { api, router, setSession, announcer } = useApp();
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const { resource, reload } = useResource("people", () => api.demoPeople());
  useTitle(error === null ? "Sign in" : "Error: Sign in");

  if (resource.state === "loading") return <Loading what="Sign in" />;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;

  const choose = async (person: Person) => {
    setBusy(person.id);
    setError(null);
    try {
      const signedIn = await api.signIn({ person: person.id });
      setSession(signedIn.session);
      announcer.say(`Signed in as ${person.name}`);
      router.go(next, { replace: true });
    } catch (failed) {
      setError(failed instanceof ApiError ? failed.message : "Sign-in did not work. Try again.");
      setBusy(null);
    }
  };

  return (
    <>
      {error !== null && (
        <ErrorSummary heading="There is a problem">
          <p>{error}</p>
        </ErrorSummary>
      )}
      <h1 className="nhsuk-heading-l">Sign in</h1>
      <p className="fp-lede">
        This is a demonstration. Choose who to be: there is no password. The people are invented,
        and the organisations go by invented names.
      </p>
      <p>
        To see two organisations write together, sign in as somebody else in another browser or a
        private window.
      </p>
      <Choices
        people={resource.value.people}
        onChoose={(person) => void choose(person)}
        busy={busy}
      />
    </>
  );
}
