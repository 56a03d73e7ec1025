import { useState } from "react";
import { linkApi } from "../../api/access.ts";
import { useApp, useTitle } from "../../app/context.tsx";
import { paths } from "../../app/router.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Fields.tsx";
import { emailNeeded, useForm } from "../../ui/form.ts";
import { Link } from "../../ui/Link.tsx";
import { Problems } from "../../ui/Problems.tsx";

/** The answer is the same whether there is an account or not. */
export function ForgottenPage() {
  const { api, announcer } = useApp();
  const [sent, setSent] = useState<string | null>(null);
  const form = useForm({ email: "" });
  const heading = sent === null ? "Get a new password" : "Check your e-mail";
  useTitle(form.problems.length > 0 ? `Error: ${heading}` : heading);
  const submit = form.submit(
    (v) => [emailNeeded(v.email)],
    async ({ email }) => {
      await linkApi(api).reset(email.trim());
      setSent(email.trim());
      announcer.say("Check your e-mail");
    },
  );
  if (sent !== null) {
    return (
      <div className="fp-reading">
        <h1 className="nhsuk-heading-l">{heading}</h1>
        <p>
          If {sent} has an account here, a link to choose a new password is on its way to it. The
          link works once, for one hour.
        </p>
        <p>
          If nothing comes, look among unwanted e-mail. This service may also not be set up to send
          e-mail: then ask the people who run it for a link.
        </p>
        <p>
          <Link to={paths.signIn("/")}>Back to sign in</Link>
        </p>
      </div>
    );
  }
  return (
    <div className="fp-reading">
      <Problems form={form} />
      <h1 className="nhsuk-heading-l">{heading}</h1>
      <p>We send you a link to choose a new password.</p>
      <form noValidate onSubmit={submit}>
        <TextField
          {...form.field("email")}
          label="E-mail address"
          type="email"
          autoComplete="username"
          spellCheck={false}
        />
        <Button type="submit" aria-disabled={form.busy}>
          Send the link
        </Button>
      </form>
      <p>
        <Link to={paths.signIn("/")}>Back to sign in</Link>
      </p>
    </div>
  );
}
