import { linkApi } from "../../api/access.ts";
import type { ApiError } from "../../api/client.ts";
import type { LinkView, Membership } from "../../api/contract.ts";
import { useApp, useTitle } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { paths } from "../../app/router.ts";
import { clockTimeOrDay } from "../../app/time.ts";
import { Button } from "../../ui/Button.tsx";
import { InsetText } from "../../ui/Callout.tsx";
import { PasswordField, TextField } from "../../ui/Fields.tsx";
import {
  emailNeeded,
  needed,
  passwordLengthMin,
  passwordNeeded,
  passwordPlaces,
  useForm,
} from "../../ui/form.ts";
import { Link } from "../../ui/Link.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { Problems } from "../../ui/Problems.tsx";
import { SummaryList } from "../../ui/SummaryList.tsx";
import { Failed } from "../pages/Problems.tsx";
import { membershipWords } from "../people/words.ts";

const passwordHint = `At least ${passwordLengthMin} characters. Three random words make a good one. You can paste it from a password manager.`;

const headings: Record<LinkView["purpose"], string> = {
  setup: "Set up the first administrator",
  invitation: "You have been invited",
  reset: "Choose a new password",
};

/** For links that are used, out of date, cut off or unknown. */
function Unusable({ error }: { error: ApiError | null }) {
  const heading = "This link cannot be used";
  useTitle(heading);
  return (
    <div className="fp-reading">
      <h1 className="nhsuk-heading-l">{heading}</h1>
      <p>
        {error?.message ??
          "The secret part of the link is missing. It is removed from the address as soon as the page opens, so the page cannot be loaded again."}
      </p>
      <p>Each link works once, and for a limited time. What to do:</p>
      <ul className="nhsuk-list nhsuk-list--bullet">
        <li>if you have used it already, sign in with your e-mail address and password</li>
        <li>if you copied it, check that you copied all of it, and open it again</li>
        <li>for an invitation, ask the person who invited you to renew it</li>
        <li>
          for a new password, <Link to={paths.forgottenPassword}>ask for another link</Link>
        </li>
        <li>for the first administrator, start the service again: it prints a new link</li>
      </ul>
      <p>
        <Link className="nhsuk-button" to={paths.signIn("/")}>
          Sign in
        </Link>
      </p>
    </div>
  );
}

function InvitationFacts({ link }: { link: LinkView }) {
  const by = typeof link.invited_by === "string" ? link.invited_by : inviterWords(link.invited_by);
  return (
    <SummaryList
      rows={[
        ...(by === "" ? [] : [{ term: "Invited by", value: by }]),
        ...(link.plan === undefined ? [] : [{ term: "Plan", value: link.plan.title }]),
        {
          term: "For",
          value: (link.memberships ?? []).map((m: Membership) => (
            <div key={m.organisation}>{membershipWords(m)}</div>
          )),
        },
        { term: "Works until", value: clockTimeOrDay(link.expires_at, Date.now()) },
      ]}
    />
  );
}

function inviterWords(by: Exclude<LinkView["invited_by"], string>): string {
  if (by === undefined) return "";
  return by.organisation_name === undefined ? by.name : `${by.name}, ${by.organisation_name}`;
}

function UseLink({ token, link }: { token: string; link: LinkView }) {
  const { api, router, session, setSession, announcer } = useApp();
  const form = useForm({ name: link.name ?? "", email: link.email ?? "", password: "" });
  const heading = headings[link.purpose];
  useTitle(form.problems.length > 0 ? `Error: ${heading}` : heading);
  const setup = link.purpose === "setup";
  const accept = link.purpose === "invitation" && link.has_account;
  // Who has an account proves that it is theirs: they are signed in, or say its password.
  const asks = !accept || session.person === null;
  const named = setup || (link.purpose === "invitation" && !accept);

  const submit = form.submit(
    (v) => [
      named ? needed(v.name, "name", "Enter your name") : null,
      setup ? emailNeeded(v.email) : null,
      accept ? null : passwordNeeded(v.password),
      accept && asks ? needed(v.password, "password", "Enter your password") : null,
    ],
    async (v) => {
      const used = await linkApi(api).use({
        token,
        ...(named ? { name: v.name.trim() } : {}),
        ...(setup ? { email: v.email.trim() } : {}),
        ...(asks ? { password: v.password } : {}),
      });
      const home = link.plan === undefined ? paths.home : paths.plan(link.plan.id);
      if (used.next === "sign-in" || used.session === undefined) {
        announcer.say("Sign in to go on.");
        // Not accepted yet where the sign-in comes first.
        router.go(paths.signIn(accept ? paths.link : home), { replace: true, force: true });
        return;
      }
      // Asked anew: from now on changes go out under this name.
      setSession(await api.session());
      announcer.say(`Signed in as ${used.session.person?.name ?? v.name}`);
      router.go(home, { replace: true, force: true });
    },
    { ...passwordPlaces("password"), "session.wrong": "password" },
  );

  return (
    <div className="fp-reading">
      <Problems form={form} />
      <h1 className="nhsuk-heading-l">{heading}</h1>
      {link.purpose === "invitation" && <InvitationFacts link={link} />}
      {setup && (
        <p>
          The administrator looks after accounts: who may sign in, and how. The administrator starts
          plans and invites people, and reads only those plans that they are made a member of.
        </p>
      )}
      {session.person !== null && (
        <InsetText>
          <p>
            {session.person.name} is signed in to this browser now.{" "}
            {accept
              ? `If that is not whose account ${link.email} is, you are asked to sign in.`
              : `Going on signs in ${link.email ?? "somebody else"} instead.`}
          </p>
        </InsetText>
      )}
      {accept && (
        <p>You have an account here already, under {link.email}. This invitation is added to it.</p>
      )}
      {link.purpose === "reset" && (
        <p>For {link.email}. You are signed out everywhere else when you change it.</p>
      )}
      <form noValidate onSubmit={submit}>
        {named && (
          <TextField
            {...form.field("name")}
            label="Your name"
            hint="As the others of the plan should see it."
            autoComplete="name"
            spellCheck={false}
          />
        )}
        {setup ? (
          <TextField
            {...form.field("email")}
            label="E-mail address"
            hint="You sign in with it."
            type="email"
            autoComplete="username"
            spellCheck={false}
          />
        ) : (
          // For password managers: whose password this will be.
          <input type="email" hidden readOnly autoComplete="username" value={link.email ?? ""} />
        )}
        {asks && (
          <PasswordField
            {...form.field("password")}
            label={
              accept ? "Your password" : link.purpose === "reset" ? "New password" : "Password"
            }
            {...(accept ? {} : { hint: passwordHint })}
            autoComplete={accept ? "current-password" : "new-password"}
          />
        )}
        <Button type="submit" aria-disabled={form.busy}>
          {accept ? "Accept the invitation" : "Save and go on"}
        </Button>
      </form>
    </div>
  );
}

/** What a one-time link leads to. Its secret came behind "#" and is in this page's memory alone. */
export function LinkPage({ token }: { token: string }) {
  return token === "" ? <Unusable error={null} /> : <KnownLink token={token} key={token} />;
}

function KnownLink({ token }: { token: string }) {
  const { api } = useApp();
  const { resource, reload } = useResource("link", () => linkApi(api).look(token));
  if (resource.state === "loading") return <Loading what="Link" />;
  if (resource.state === "ready") return <UseLink token={token} link={resource.value} />;
  const { kind } = resource.error;
  return kind === "server" || kind === "offline" || kind === "too-many" ? (
    <Failed error={resource.error} onRetry={reload} />
  ) : (
    <Unusable error={resource.error} />
  );
}
