import { useState } from "react";
import { accountApi } from "../../api/access.ts";
import { useApp } from "../../app/context.tsx";
import { Button } from "../../ui/Button.tsx";
import { Callout, InsetText } from "../../ui/Callout.tsx";
import { PasswordField, TextField } from "../../ui/Fields.tsx";
import { needed, useForm } from "../../ui/form.ts";
import { Problems } from "../../ui/Problems.tsx";
import { Part, type AccountPart } from "./Part.tsx";
import { Qr } from "./Qr.tsx";

interface Begun {
  readonly secret: string;
  readonly uri: string;
}

/** The secret in groups of four: it may have to be typed. */
export function grouped(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, "$1 ");
}

const passwordPlaces = {
  "session.wrong": "password",
  "account.wrong_password": "password",
  "session.code_wrong": "code",
  "account.wrong_code": "code",
};

function Begin({ onBegun }: { onBegun: (begun: Begun) => void }) {
  const { api } = useApp();
  const form = useForm({ password: "" }, "factor-");
  const submit = form.submit(
    (v) => [needed(v.password, "password", "Enter your password")],
    async ({ password }) => onBegun(await accountApi(api).beginFactor(password)),
    passwordPlaces,
  );
  return (
    <>
      <Problems form={form} />
      <form noValidate onSubmit={submit}>
        <PasswordField
          {...form.field("password")}
          label="Your password"
          hint="To be sure that it is you."
          autoComplete="current-password"
        />
        <Button type="submit" variant="secondary" aria-disabled={form.busy}>
          Set up sign-in codes
        </Button>
      </form>
    </>
  );
}

function ConfirmCode({
  begun,
  onCodes,
  onCancel,
}: {
  begun: Begun;
  onCodes: (codes: readonly string[]) => void;
  onCancel: () => void;
}) {
  const { api } = useApp();
  const form = useForm({ code: "" }, "factor-");
  const submit = form.submit(
    (v) => [needed(v.code, "code", "Enter the code that the app shows")],
    async ({ code }) =>
      onCodes((await accountApi(api).confirmFactor(code.replace(/\s/g, ""))).recovery_codes),
    passwordPlaces,
  );
  return (
    <>
      <p>
        Scan this picture with an authenticator app on your phone, or type the secret into it. Then
        enter the code that it shows.
      </p>
      <div className="fp-factor">
        <Qr text={begun.uri} label="QR code for your authenticator app" />
        <dl className="fp-factor__words">
          <dt>Secret</dt>
          <dd>
            <code>{grouped(begun.secret)}</code>
          </dd>
          <dt>Kind</dt>
          <dd>Time based, 6 digits, every 30 seconds</dd>
        </dl>
      </div>
      <Problems form={form} />
      <form noValidate onSubmit={submit}>
        <TextField
          {...form.field("code")}
          label="Code from the app"
          autoComplete="one-time-code"
          inputMode="numeric"
          width={10}
        />
        <div className="nhsuk-button-group">
          <Button type="submit" aria-disabled={form.busy}>
            Turn sign-in codes on
          </Button>
          <Button variant="secondary" onClick={onCancel}>
            Cancel
          </Button>
        </div>
      </form>
    </>
  );
}

function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { announcer } = useApp();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(codes.join("\n"));
      announcer.say("Copied");
    } catch {
      announcer.say("This browser did not let the page copy. Select the codes and copy them.");
    }
  };
  return (
    <Callout heading="Keep your recovery codes">
      <p>
        Each of these signs you in once when you do not have your phone. They are shown only now:
        print them, or keep them where you keep your passwords.
      </p>
      <ul className="fp-codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="nhsuk-button-group">
        <Button small variant="secondary" onClick={() => void copy()}>
          Copy
        </Button>
        <Button small variant="secondary" onClick={() => print()}>
          Print
        </Button>
        <Button small onClick={onKept}>
          I have kept them
        </Button>
      </div>
    </Callout>
  );
}

function TurnOff({ reload, done }: AccountPart) {
  const { api } = useApp();
  const [asked, setAsked] = useState(false);
  const form = useForm({ password: "", code: "" }, "factor-");
  const submit = form.submit(
    (v) => [
      needed(v.password, "password", "Enter your password"),
      needed(v.code, "code", "Enter the code that the app shows"),
    ],
    async (v) => {
      await accountApi(api).endFactor(v.password, v.code.replace(/\s/g, ""));
      reload();
      done("Sign-in codes are off");
    },
    passwordPlaces,
  );
  if (!asked) {
    return (
      <Button variant="secondary" onClick={() => setAsked(true)}>
        Turn sign-in codes off
      </Button>
    );
  }
  return (
    <>
      <Problems form={form} />
      <form noValidate onSubmit={submit}>
        <PasswordField
          {...form.field("password")}
          label="Your password"
          autoComplete="current-password"
        />
        <TextField
          {...form.field("code")}
          label="Code from the app, or a recovery code"
          autoComplete="one-time-code"
          width={20}
        />
        <div className="nhsuk-button-group">
          <Button type="submit" variant="warning" aria-disabled={form.busy}>
            Turn off
          </Button>
          <Button variant="secondary" onClick={() => setAsked(false)}>
            Cancel
          </Button>
        </div>
      </form>
    </>
  );
}

/** Sign-in codes from an authenticator app. */
export function SecondFactor(part: AccountPart) {
  const { account, reload, done } = part;
  const [begun, setBegun] = useState<Begun | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { on, required } = account.second_factor;
  const shown = () => {
    if (codes !== null) {
      const kept = () => {
        setCodes(null);
        done("Sign-in codes are on");
      };
      return <RecoveryCodes codes={codes} onKept={kept} />;
    }
    if (on) {
      return (
        <>
          <p>On: signing in asks for your password and a code from your authenticator app.</p>
          {required ? (
            <p>Your role in a plan requires it, so it cannot be turned off.</p>
          ) : (
            <TurnOff {...part} />
          )}
        </>
      );
    }
    if (begun !== null) {
      const turnedOn = (made: readonly string[]) => {
        setBegun(null);
        setCodes(made);
        reload();
      };
      return <ConfirmCode begun={begun} onCodes={turnedOn} onCancel={() => setBegun(null)} />;
    }
    return (
      <>
        {required && (
          <InsetText>
            <p>Your role in a plan requires sign-in codes. Set them up now.</p>
          </InsetText>
        )}
        <p>
          Off. With sign-in codes, a stolen password is not enough to sign in as you: a code from an
          app on your phone is needed too.
        </p>
        <Begin onBegun={setBegun} />
      </>
    );
  };
  return (
    <Part id="second-factor" title="Sign-in codes">
      {shown()}
    </Part>
  );
}
