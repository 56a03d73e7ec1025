import { useState } from "react";
import { accountApi } from "../../api/access.ts";
import type { AccountToken, TokenScope } from "../../api/contract.ts";
import { useApp } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { paths } from "../../app/router.ts";
import { timeAgo } from "../../app/time.ts";
import { Button } from "../../ui/Button.tsx";
import { Callout } from "../../ui/Callout.tsx";
import { ConfirmButton } from "../../ui/Confirm.tsx";
import { CopyField } from "../../ui/CopyField.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { RadioGroup, SelectField, TextField } from "../../ui/Fields.tsx";
import { needed, useForm } from "../../ui/form.ts";
import { Problems } from "../../ui/Problems.tsx";
import { Part, type AccountPart } from "./Part.tsx";

const lifetimes = [
  { value: "7", title: "1 week" },
  { value: "30", title: "30 days" },
  { value: "90", title: "90 days" },
  { value: "365", title: "1 year" },
];

const scopes = [
  { value: "read", title: "Read only" },
  { value: "write", title: "Read and write, as far as you may yourself" },
];

function NewToken({ onMade }: { onMade: (token: string, entry: AccountToken) => void }) {
  const { api } = useApp();
  const { resource } = useResource("token-plans", () => api.plans());
  const plans = resource.state === "ready" ? resource.value.plans : [];
  const form = useForm({ name: "", scope: "read", plan: "", days: "30" }, "token-");
  const submit = form.submit(
    (v) => [needed(v.name, "name", "Enter what the token is for")],
    async (v) => {
      const { token, entry } = await accountApi(api).addToken({
        name: v.name.trim(),
        scope: v.scope as TokenScope,
        days: Number(v.days),
        ...(v.plan === "" ? {} : { plan: v.plan }),
      });
      form.reset();
      onMade(token, entry);
    },
  );
  return (
    <>
      <h3 className="nhsuk-heading-s">Make a token</h3>
      <Problems form={form} />
      <form noValidate onSubmit={submit}>
        <TextField
          {...form.field("name")}
          label="What is it for?"
          hint="Such as “Weekly export of the finance tables”."
          autoComplete="off"
        />
        <RadioGroup
          id="token-scope"
          legend="What may it do?"
          options={scopes}
          value={form.values.scope}
          onValue={(v) => form.set("scope", v)}
        />
        <SelectField
          {...form.field("plan")}
          label="For which plan?"
          options={[
            { value: "", title: "All my plans" },
            ...plans.map((p) => ({ value: p.id, title: p.title })),
          ]}
        />
        <SelectField {...form.field("days")} label="For how long?" options={lifetimes} />
        <Button type="submit" variant="secondary" aria-disabled={form.busy}>
          Make a token
        </Button>
      </form>
    </>
  );
}

/** Keys with which scripts act in this person's name. */
export function Tokens({ account, reload, done }: AccountPart) {
  const { api } = useApp();
  const [made, setMade] = useState<{ token: string; name: string } | null>(null);
  const form = useForm({});
  const now = Date.now();
  const end = (token: AccountToken) =>
    form.submit(
      () => [],
      async () => {
        await accountApi(api).endToken(token.id);
        reload();
        done(`The token “${token.name}” no longer works`);
      },
    );
  return (
    <Part id="tokens" title="Tokens for scripts">
      <p>
        A token lets a program read or write plans in your name, without your password. See the{" "}
        <a href={paths.apiDocs}>API documentation</a>.
      </p>
      {made !== null && (
        <Callout heading={`Your new token: ${made.name}`}>
          <CopyField
            id="new-token"
            label="Token"
            hint="It is shown only now. Copy it, and keep it as safe as a password."
            value={made.token}
          />
          <Button small onClick={() => setMade(null)}>
            I have kept it
          </Button>
        </Callout>
      )}
      <Problems form={form} />
      {account.tokens.length > 0 && (
        <DataTable
          caption="Your tokens"
          headings={["Name", "May", "Last used", "Works until", "End it"]}
          rows={account.tokens.map((t) => ({
            key: t.id,
            cells: [
              t.name,
              `${t.scope === "read" ? "Read" : "Read and write"}${t.plan === undefined ? "" : `, ${t.plan} only`}`,
              t.last_used_at == null ? "Never" : timeAgo(t.last_used_at, now),
              new Intl.DateTimeFormat("en-GB", { dateStyle: "long" }).format(t.expires_at),
              <ConfirmButton
                key="end"
                label="End"
                yes="Yes, end it"
                about={t.name}
                busy={form.busy}
                onConfirm={end(t)}
              />,
            ],
          }))}
        />
      )}
      <NewToken
        onMade={(token, entry) => {
          setMade({ token, name: entry.name });
          reload();
          done("The token is made. Copy it now.");
        }}
      />
    </Part>
  );
}
