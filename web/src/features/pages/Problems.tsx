/** Pages for when something is not there, not allowed or not working. Each says what to do next. */
import type { ReactNode } from "react";
import type { ApiError } from "../../api/client.ts";
import { useApp, useTitle } from "../../app/context.tsx";
import { paths } from "../../app/router.ts";
import { Button } from "../../ui/Button.tsx";
import { Link } from "../../ui/Link.tsx";

function Page({ heading, children }: { heading: string; children: ReactNode }) {
  useTitle(heading);
  return (
    <div className="fp-reading">
      <h1 className="nhsuk-heading-l">{heading}</h1>
      {children}
    </div>
  );
}

export function NotFound() {
  return (
    <Page heading="Page not found">
      <p>
        If you typed the web address, check that it is correct. If you pasted it, check that you
        copied all of it.
      </p>
      <p>
        <Link to={paths.home}>Go to my plans</Link>
      </p>
    </Page>
  );
}

export function NoAccess({ message }: { message?: string }) {
  return (
    <Page heading="You do not have access to this page">
      {message !== undefined && <p>{message}</p>}
      <p>Ask the person who leads the plan in your organisation to give you access.</p>
      <p>
        <Link to={paths.home}>Go to my plans</Link>
      </p>
    </Page>
  );
}

/** What a failure of the service says is for those who run it: they find it in the log, under its code. */
function problemWords(error: ApiError): string {
  return error.kind === "server"
    ? `Something went wrong on our side. Try again in a few minutes. If it stays so, tell the people who run this service: ${error.code}.`
    : error.message;
}

export function ServiceProblem({
  message = "Something went wrong in this page.",
  error,
  onRetry,
}: {
  message?: string;
  error?: ApiError;
  onRetry?: () => void;
}) {
  return (
    <Page heading="Sorry, there is a problem with the service">
      <p>{error ? problemWords(error) : message}</p>
      <p>
        Words that this service called saved are safe. Words that were not saved yet are kept on
        this device.
      </p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </Page>
  );
}

export function SignedOut() {
  return (
    <Page heading="You have signed out">
      <p>The copies of your plans that were kept on this device have been removed.</p>
      <p>
        <Link to={paths.signIn("/")}>Sign in again</Link>
      </p>
    </Page>
  );
}

export function SessionEnded() {
  return (
    <Page heading="Your sign-in has ended">
      <p>Sign in again to go on. You will come back to the page you were on.</p>
      <p>
        <Link className="nhsuk-button" to={paths.signIn(location.pathname)}>
          Sign in
        </Link>
      </p>
    </Page>
  );
}

/** The page that fits a failed request. */
export function Failed({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const { session } = useApp();
  if (error.kind === "signed-out" || session.person === null) return <SessionEnded />;
  if (error.kind === "forbidden") return <NoAccess message={error.message} />;
  if (error.kind === "not-found") return <NotFound />;
  return <ServiceProblem error={error} onRetry={onRetry} />;
}
