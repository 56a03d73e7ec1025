import { useEffect, useState } from "react";
import { ApiError } from "../../api/client.ts";
import type { Provider } from "../../api/contract.ts";
import { useApp, useTitle } from "../../app/context.tsx";
import { paths } from "../../app/router.ts";
import { Button } from "../../ui/Button.tsx";
import { InsetText } from "../../ui/Callout.tsx";
import { ErrorSummary } from "../../ui/ErrorSummary.tsx";
import { PasswordField, TextField } from "../../ui/Fields.tsx";
import { emailNeeded, needed, useForm, type Form } from "../../ui/form.ts";
import { Link } from "../../ui/Link.tsx";
import { Problems } from "../../ui/Problems.tsx";
import { DemoSignIn } from "./DemoSignIn.tsx";
import { problemWords } from "./problems.ts";

type Values = { email: string; password: string; code: string };

function Credentials({ form, onSubmit }: { form: Form<Values>; onSubmit: () => void }) {
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        onSubmit();
      }}
    >
      <TextField
        {...form.field("email")}
        label="E-mail address"
        type="email"
        autoComplete="username"
        spellCheck={false}
      />
      <PasswordField {...form.field("password")} label="Password" autoComplete="current-password" />
      <Button type="submit" aria-disabled={form.busy}>
        Sign in
      </Button>
      <p>
        <Link to={paths.forgottenPassword}>I have forgotten my password</Link>
      </p>
    </form>
  );
}

function SecondFactor({
  form,
  onSubmit,
  onBack,
}: {
  form: Form<Values>;
  onSubmit: () => void;
  onBack: () => void;
}) {
  const [recovery, setRecovery] = useState(false);
  const { id } = form.field("code");
  useEffect(() => document.getElementById(id)?.focus(), [id]);
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        onSubmit();
      }}
    >
      <TextField
        {...form.field("code")}
        label={recovery ? "Recovery code" : "Code"}
        hint={
          recovery
            ? "One of the codes that you were given when you turned this on. Each works once."
            : "The 6 digits that your authenticator app shows now."
        }
        autoComplete="one-time-code"
        inputMode={recovery ? "text" : "numeric"}
        spellCheck={false}
        width={recovery ? 20 : 10}
      />
      <div className="nhsuk-button-group">
        <Button type="submit" aria-disabled={form.busy}>
          Go on
        </Button>
        <Button variant="secondary" onClick={() => setRecovery(!recovery)}>
          {recovery ? "Use the app instead" : "I cannot use the app"}
        </Button>
      </div>
      <p>
        <button className="fp-as-link" type="button" onClick={onBack}>
          Sign in as somebody else
        </button>
      </p>
    </form>
  );
}

function SingleSignOn({ providers, next }: { providers: readonly Provider[]; next: string }) {
  if (providers.length === 0) return null;
  return (
    <ul className="nhsuk-list fp-providers">
      {providers.map(({ key, title }) => (
        <li key={key}>
          <a
            className="nhsuk-button nhsuk-button--secondary"
            href={`/api/v1/sso/${encodeURIComponent(key)}/start?next=${encodeURIComponent(next)}`}
          >
            Sign in with {title}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** E-mail and password, then the second factor where it is on; or the sign-in of one's own organisation. */
function AccountSignIn({ next, problem }: { next: string; problem: string | null }) {
  const { api, router, session, setSession, announcer } = useApp();
  const [step, setStep] = useState<"credentials" | "code">("credentials");
  const form = useForm<Values>({ email: "", password: "", code: "" });
  const wrong = form.problems.length > 0 || (problem !== null && step === "credentials");
  const heading = step === "code" ? "Enter your sign-in code" : "Sign in";
  useTitle(wrong ? `Error: ${heading}` : heading);
  const ways = session.sign_in ?? { password: true, sso: [] };

  const send = async ({ email, password, code }: Values) => {
    try {
      const signedIn = await api.signIn({
        email: email.trim(),
        password,
        ...(step === "code" ? { code: code.replace(/\s/g, "") } : {}),
      });
      setSession(signedIn.session);
      announcer.say(`Signed in as ${signedIn.session.person?.name ?? email}`);
      router.go(next, { replace: true, force: true });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === "session.code_needed") {
        setStep("code");
        announcer.say("Enter your sign-in code");
        return;
      }
      if (error.code === "session.wrong") setStep("credentials");
      throw error;
    }
  };
  const submit = form.submit(
    (v) =>
      step === "code"
        ? [needed(v.code, "code", "Enter the code")]
        : [emailNeeded(v.email), needed(v.password, "password", "Enter your password")],
    send,
    { "session.wrong": "email", "session.code_wrong": "code" },
  );

  if (session.setup === true) return <NotSetUp />;
  return (
    <div className="fp-reading">
      {form.problems.length === 0 && problem !== null && step === "credentials" && (
        <ErrorSummary heading="You could not be signed in">
          <p>{problemWords(problem)}</p>
        </ErrorSummary>
      )}
      <Problems form={form} />
      <h1 className="nhsuk-heading-l" key={step}>
        {heading}
      </h1>
      {step === "code" ? (
        <SecondFactor
          form={form}
          onSubmit={submit}
          onBack={() => {
            form.reset();
            setStep("credentials");
          }}
        />
      ) : (
        <>
          <SingleSignOn providers={ways.sso} next={next} />
          {ways.password && ways.sso.length > 0 && (
            <h2 className="nhsuk-heading-m">With your e-mail address</h2>
          )}
          {ways.password && <Credentials form={form} onSubmit={submit} />}
          {!ways.password && ways.sso.length === 0 && (
            <p>No way to sign in has been set up for this service. Ask the people who run it.</p>
          )}
          <InsetText>
            <p>
              You need an invitation to use this service. Ask the person who leads the plan in your
              area, or its programme office.
            </p>
          </InsetText>
        </>
      )}
    </div>
  );
}

function NotSetUp() {
  return (
    <div className="fp-reading">
      <h1 className="nhsuk-heading-l">This service is not set up yet</h1>
      <p>
        There is no administrator yet. Whoever started the service finds a link for the first one in
        what it printed when it started. Open that link in this browser.
      </p>
    </div>
  );
}

export function SignInPage({ next, problem }: { next: string; problem: string | null }) {
  const { session } = useApp();
  return session.demo ? (
    <DemoSignIn next={next} />
  ) : (
    <AccountSignIn next={next} problem={problem} />
  );
}
