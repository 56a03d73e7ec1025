import { useState } from "react";
import { accountApi } from "../../api/access.ts";
import { useApp, usePerson, useTitle } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { paths } from "../../app/router.ts";
import { timeAgo } from "../../app/time.ts";
import { Breadcrumb } from "../../ui/Breadcrumb.tsx";
import { Button } from "../../ui/Button.tsx";
import { ConfirmButton } from "../../ui/Confirm.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { PasswordField, TextField } from "../../ui/Fields.tsx";
import {
  needed,
  passwordLengthMin,
  passwordNeeded,
  passwordPlaces,
  useForm,
} from "../../ui/form.ts";
import { Loading } from "../../ui/Loading.tsx";
import { Problems } from "../../ui/Problems.tsx";
import { SummaryList } from "../../ui/SummaryList.tsx";
import { Failed } from "../pages/Problems.tsx";
import { Part, type AccountPart } from "./Part.tsx";
import { SecondFactor } from "./SecondFactor.tsx";
import { Tokens } from "./Tokens.tsx";

function Details({ account, reload, done }: AccountPart) {
  const { api, setSession } = useApp();
  const form = useForm({ name: account.person.name });
  const submit = form.submit(
    (v) => [needed(v.name, "name", "Enter your name")],
    async ({ name }) => {
      await accountApi(api).rename(name.trim());
      setSession(await api.session());
      reload();
      done("Your name is changed");
    },
    { "account.name": "name" },
  );
  return (
    <Part id="details" title="Your details">
      <SummaryList rows={[{ term: "E-mail address", value: account.person.email }]} />
      <Problems form={form} />
      <form noValidate onSubmit={submit}>
        <TextField
          {...form.field("name")}
          label="Name"
          hint="As the others of your plans see it."
          autoComplete="name"
          spellCheck={false}
        />
        <Button type="submit" variant="secondary" aria-disabled={form.busy}>
          Save name
        </Button>
      </form>
    </Part>
  );
}

function Password({ account, reload, done }: AccountPart) {
  const { api } = useApp();
  const form = useForm({ current: "", new: "" });
  const submit = form.submit(
    (v) => [
      needed(v.current, "current", "Enter your present password"),
      passwordNeeded(v.new, "new"),
    ],
    async (v) => {
      await accountApi(api).password(v.current, v.new);
      form.reset();
      reload();
      done("Your password is changed. You are signed out everywhere else.");
    },
    { ...passwordPlaces("new"), "account.wrong_password": "current" },
  );
  return (
    <Part id="password" title="Password">
      <Problems form={form} />
      <form noValidate onSubmit={submit}>
        <input type="email" hidden readOnly autoComplete="username" value={account.person.email} />
        <PasswordField
          {...form.field("current")}
          label="Present password"
          autoComplete="current-password"
        />
        <PasswordField
          {...form.field("new")}
          label="New password"
          hint={`At least ${passwordLengthMin} characters. Changing it signs you out everywhere else.`}
          autoComplete="new-password"
        />
        <Button type="submit" variant="secondary" aria-disabled={form.busy}>
          Change password
        </Button>
      </form>
    </Part>
  );
}

const browsers = [
  [/Edg\//, "Edge"],
  [/Firefox\//, "Firefox"],
  [/Chrom(?:e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
] as const;
const systems = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux|X11|CrOS/, "Linux"],
] as const;

/** What a browser calls itself, as people call it: "Edge on Windows". */
export function browserWords(agent: string): string {
  const browser = browsers.find(([pattern]) => pattern.test(agent))?.[1];
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1];
  if (browser === undefined)
    return agent === "" ? "Unknown browser" : (agent.split(/[ /]/)[0] ?? agent);
  return system === undefined ? browser : `${browser} on ${system}`;
}

function Sessions({ account, reload, done }: AccountPart) {
  const { api } = useApp();
  const form = useForm({});
  const end = (work: () => Promise<void>, what: string) =>
    form.submit(
      () => [],
      async () => {
        await work();
        reload();
        done(what);
      },
    );
  const { sessions } = account;
  const now = Date.now();
  return (
    <Part id="sessions" title="Where you are signed in">
      <Problems form={form} />
      <DataTable
        caption="Where you are signed in"
        captionHidden
        headings={["Browser", "Address", "Signed in", "Last used", "End it"]}
        rows={sessions.map((s) => ({
          key: s.id,
          cells: [
            browserWords(s.browser ?? ""),
            s.address,
            timeAgo(s.began_at, now),
            timeAgo(s.last_used_at, now),
            s.current ? (
              "This is the one that you use now"
            ) : (
              <ConfirmButton
                key="end"
                label="End"
                yes="Yes, end it"
                about={`${browserWords(s.browser ?? "")}, ${s.address}`}
                busy={form.busy}
                onConfirm={end(() => accountApi(api).endSession(s.id), "Signed out there")}
              />
            ),
          ],
        }))}
      />
      {sessions.length > 1 && (
        <ConfirmButton
          label="Sign out everywhere else"
          yes="Yes, sign out everywhere else"
          about="all sessions but this one"
          busy={form.busy}
          onConfirm={end(() => accountApi(api).endOthers(), "Signed out everywhere else")}
        />
      )}
    </Part>
  );
}

export function AccountPage() {
  const { api, announcer } = useApp();
  const me = usePerson().id;
  const [said, setSaid] = useState<string | null>(null);
  const { resource, reload } = useResource(`account/${me}`, () => accountApi(api).load());
  useTitle("My account");
  if (resource.state === "loading") return <Loading what="My account" />;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  const done = (what: string) => {
    setSaid(what);
    announcer.say(what);
  };
  const part: AccountPart = { account: resource.value, reload, done };
  return (
    <>
      <Breadcrumb items={[{ text: "My plans", to: paths.home }]} />
      <h1 className="nhsuk-heading-l">My account</h1>
      {said !== null && <p className="fp-done">{said}</p>}
      <Details {...part} />
      <Password {...part} />
      <SecondFactor {...part} />
      <Sessions {...part} />
      <Tokens {...part} />
    </>
  );
}
