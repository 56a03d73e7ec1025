import type { InvitationMade } from "../../api/contract.ts";
import { clockTimeOrDay } from "../../app/time.ts";
import { CopyField } from "../../ui/CopyField.tsx";
import { Notice } from "../../ui/Notice.tsx";

/** The link of an invitation just made: it cannot be shown again. */
export function InvitationLink({ made }: { made: InvitationMade }) {
  const { invitation, link, mailed } = made;
  return (
    <Notice title="Invited" success>
      <p className="nhsuk-notification-banner__heading">
        {mailed
          ? `The invitation is on its way to ${invitation.email}.`
          : `Send this link to ${invitation.name} yourself: this service does not send e-mail.`}
      </p>
      <CopyField
        id="invitation-link"
        label={`Link for ${invitation.name}`}
        hint={`It works once, until ${clockTimeOrDay(invitation.expires_at, Date.now())}. It is shown only now; renewing the invitation makes another one.`}
        value={link}
      />
    </Notice>
  );
}
