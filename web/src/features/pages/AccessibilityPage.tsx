import { useTitle } from "../../app/context.tsx";
import { paths } from "../../app/router.ts";
import { Link } from "../../ui/Link.tsx";

export function AccessibilityPage() {
  useTitle("Accessibility statement");
  return (
    <div className="fp-reading">
      <h1 className="nhsuk-heading-l">Accessibility statement</h1>
      <p>
        This statement is about Footprint, the service with which organisations write a health and
        care plan together.
      </p>
      <p>We want as many people as possible to be able to use it. You should be able to:</p>
      <ul className="nhsuk-list nhsuk-list--bullet">
        <li>do everything with a keyboard</li>
        <li>
          zoom to 400% without text spilling off the screen, except in wide tables, which scroll
          sideways
        </li>
        <li>change colours, contrast and text spacing in your browser</li>
        <li>use it with a screen reader, and read every section as plain text</li>
      </ul>
      <h2 className="nhsuk-heading-m">How accessible it is</h2>
      <p>
        The service was built to meet the Web Content Accessibility Guidelines version 2.2 AA.
        Automatic checks of every page find no faults. What we know is missing:
      </p>
      <ul className="nhsuk-list nhsuk-list--bullet">
        <li>It has not been tested with people who use screen readers or speech input.</li>
        <li>
          Words that others type are not read aloud as they arrive. The page tells you who is
          writing where.
        </li>
      </ul>
      <h2 className="nhsuk-heading-m">What to do if you have difficulty</h2>
      <p>
        Tell the person who leads the plan in your organisation which page it was and what happened,
        or ask for the text in another form. <Link to={paths.help}>Help</Link> lists all keys.
      </p>
      <h2 className="nhsuk-heading-m">Enforcement</h2>
      <p>
        The Equality and Human Rights Commission is responsible for enforcing the Public Sector
        Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018. If you are
        not happy with how your complaint is answered, contact the Equality Advisory and Support
        Service.
      </p>
      <h2 className="nhsuk-heading-m">How it was tested</h2>
      <p>
        Every page is checked with axe-core in Chromium each time the service is built, with the
        keyboard alone, and at a width of 360 pixels. This statement was prepared on 23 November
        2026.
      </p>
    </div>
  );
}
