import type { Session } from "../../api/contract.ts";
import { useApp } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { Button } from "../../ui/Button.tsx";
import { Callout } from "../../ui/Callout.tsx";

/** Another person signed in elsewhere in this browser: what is typed here is not theirs. */
export function OtherPerson({ was }: { was: string }) {
  const { api } = useApp();
  const { resource } = useResource("who", () => api.get<Session>("/session"));
  const now = resource.state === "ready" ? resource.value.person?.name : undefined;
  return (
    <Callout heading="Somebody else is signed in by now">
      <p>
        You opened this page as {was}.{" "}
        {now === undefined
          ? "Another person is signed in to this browser now."
          : `${now} is signed in to this browser now.`}{" "}
        What you did last was not sent, so that it does not go under another name. Nothing is lost:
        what you typed is still on this page. To send it, sign in as {was} again in another tab,
        then try again here.
      </p>
      <Button variant="secondary" onClick={() => location.reload()}>
        Leave it and go on as {now ?? "the other person"}
      </Button>
    </Callout>
  );
}
