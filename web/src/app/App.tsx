import {
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import type { Api } from "../api/client.ts";
import type { Session } from "../api/contract.ts";
import { HomePage } from "../features/home/HomePage.tsx";
import { NotFound, ServiceProblem, SignedOut } from "../features/pages/Problems.tsx";
import { PlanFrame } from "../features/plan/PlanFrame.tsx";
import { PlanPage } from "../features/plan/PlanPage.tsx";
import type { Observable } from "../sync/types.ts";
import { Loading } from "../ui/Loading.tsx";
import type { Announcer } from "./announcer.ts";
import { AppProvider, type App as AppValue, type ShownPlan } from "./context.tsx";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { useResource } from "./resource.ts";
import { paths, type Route, type Router } from "./router.ts";
import { LiveRegions, Shell } from "./Shell.tsx";
import { forgetDevice, onlyOnDevice } from "./forget.ts";
import { keep, storageKey } from "./storage.ts";

const SectionPage = lazy(() =>
  import("../features/section/SectionPage.tsx").then((m) => ({ default: m.SectionPage })),
);
const HelpPage = lazy(() =>
  import("../features/pages/HelpPage.tsx").then((m) => ({ default: m.HelpPage })),
);
const AccessibilityPage = lazy(() =>
  import("../features/pages/AccessibilityPage.tsx").then((m) => ({ default: m.AccessibilityPage })),
);
const OtherPerson = lazy(() =>
  import("../features/pages/OtherPerson.tsx").then((m) => ({ default: m.OtherPerson })),
);
const SignInPage = lazy(() =>
  import("../features/signin/SignInPage.tsx").then((m) => ({ default: m.SignInPage })),
);
const ForgottenPage = lazy(() =>
  import("../features/signin/ForgottenPage.tsx").then((m) => ({ default: m.ForgottenPage })),
);
const LinkPage = lazy(() =>
  import("../features/link/LinkPage.tsx").then((m) => ({ default: m.LinkPage })),
);
const AccountPage = lazy(() =>
  import("../features/account/AccountPage.tsx").then((m) => ({ default: m.AccountPage })),
);
const StartPage = lazy(() =>
  import("../features/start/StartPage.tsx").then((m) => ({ default: m.StartPage })),
);
const AdministrationPage = lazy(() =>
  import("../features/admin/AdministrationPage.tsx").then((m) => ({
    default: m.AdministrationPage,
  })),
);
const AccountOfPage = lazy(() =>
  import("../features/admin/AccountOfPage.tsx").then((m) => ({ default: m.AccountOfPage })),
);
const PeoplePage = lazy(() =>
  import("../features/people/PeoplePage.tsx").then((m) => ({ default: m.PeoplePage })),
);
const MemberPage = lazy(() =>
  import("../features/people/MemberPage.tsx").then((m) => ({ default: m.MemberPage })),
);
const InvitePage = lazy(() =>
  import("../features/people/InvitePage.tsx").then((m) => ({ default: m.InvitePage })),
);
const OrganisationsPage = lazy(() =>
  import("../features/people/OrganisationsPage.tsx").then((m) => ({
    default: m.OrganisationsPage,
  })),
);
const AuditPage = lazy(() =>
  import("../features/audit/AuditPage.tsx").then((m) => ({ default: m.AuditPage })),
);
const SectionSettingsPage = lazy(() =>
  import("../features/people/SectionSettingsPage.tsx").then((m) => ({
    default: m.SectionSettingsPage,
  })),
);

/** Sends people who are not signed in to sign in, and back here after. */
function SignInFirst({ router }: { router: Router }) {
  useEffect(() => {
    router.go(paths.signIn(location.pathname), { replace: true, force: true });
  }, [router]);
  return <Loading what="Sign in" />;
}

/** Screens that need nobody signed in; null for the others. */
function openScreen(route: Route): ReactNode {
  switch (route.name) {
    case "sign-in":
      return <SignInPage next={route.next} problem={route.problem} />;
    case "forgotten-password":
      return <ForgottenPage />;
    case "link":
      return <LinkPage token={route.token} />;
    case "signed-out":
      return <SignedOut />;
    case "help":
      return <HelpPage />;
    case "accessibility":
      return <AccessibilityPage />;
    case "not-found":
      return <NotFound />;
    default:
      return null;
  }
}

/** What is shown inside a plan; null for screens outside one. */
function planScreen(route: Route): ReactNode {
  switch (route.name) {
    case "plan":
      return <PlanPage />;
    case "section":
      return <SectionPage section={route.section} key={route.section} />;
    case "section-settings":
      return <SectionSettingsPage section={route.section} key={route.section} />;
    case "people":
      return <PeoplePage />;
    case "member":
      return <MemberPage person={route.person} key={route.person} />;
    case "invite":
      return <InvitePage />;
    case "organisations":
      return <OrganisationsPage />;
    case "audit":
      return <AuditPage />;
    default:
      return null;
  }
}

function screen(route: Route, session: Session, router: Router): ReactNode {
  const open = openScreen(route);
  if (open !== null) return open;
  if (session.person === null) return <SignInFirst router={router} />;
  if ("plan" in route) {
    return (
      <PlanFrame plan={route.plan} key={`${route.plan}/${session.person.id}`}>
        {planScreen(route)}
      </PlanFrame>
    );
  }
  switch (route.name) {
    case "home":
      return <HomePage />;
    case "account":
      return <AccountPage />;
    case "start":
      return <StartPage />;
    case "administration":
      return <AdministrationPage />;
    case "account-of":
      return <AccountOfPage person={route.person} key={route.person} />;
    default:
      return <NotFound />;
  }
}

const signOutQuestion =
  "Some of your words or figures are on this device only: they are not saved, or the service did not accept them. " +
  "If you sign out, they are removed from this device for good. Sign out?";

/** All tabs of a browser have one sign-in: a tab whose person has gone must not go on in their name. */
function useOtherTabs(person: string | null, reload: () => void): void {
  useEffect(() => {
    if (person !== null) keep("person", person);
    const changed = (event: StorageEvent) => {
      if (event.key === storageKey("person") && event.newValue !== person) reload();
    };
    addEventListener("storage", changed);
    return () => removeEventListener("storage", changed);
  }, [person, reload]);
}

interface AppProps {
  readonly api: Api;
  readonly others: Observable<boolean>;
  readonly router: Router;
  readonly announcer: Announcer;
}

export function App({ api, others, router, announcer }: AppProps) {
  const route = useSyncExternalStore(router.subscribe, router.getSnapshot);
  const [plan, setPlan] = useState<ShownPlan | null>(null);
  const { resource, reload, set } = useResource("session", () => api.session());
  const setSession = useCallback((session: Session) => set(() => session), [set]);
  const session = resource.state === "ready" ? resource.value : null;

  const replaced = useSyncExternalStore(others.subscribe, others.getSnapshot);

  const person = session?.person?.id ?? null;
  useOtherTabs(person, reload);

  const signOut = useCallback(() => {
    const leave = async () => {
      if (person === null) return;
      if ((await onlyOnDevice(person)) && !confirm(signOutQuestion)) return;
      router.go(paths.signedOut, { force: true });
      await api.signOut().catch(() => {
        // Offline: the cookie stays until the server is back, the copies on this device go now.
      });
      await forgetDevice(person);
      set((old) => ({ ...old, person: null }));
      announcer.say("Signed out");
    };
    void leave();
  }, [api, announcer, person, router, set]);

  const value = useMemo<AppValue | null>(
    () => (session === null ? null : { api, router, announcer, session, setSession, setPlan }),
    [api, router, announcer, session, setSession],
  );

  const shell = (shown: Session, content: ReactNode) => (
    <Shell session={shown} plan={plan} route={route} onSignOut={signOut}>
      {content}
    </Shell>
  );
  const start: Session = { demo: false, person: null };
  let page: ReactNode;
  if (value !== null && session !== null) {
    page = (
      <AppProvider value={value}>
        {shell(
          session,
          <ErrorBoundary resetKey={route} fallback={(retry) => <ServiceProblem onRetry={retry} />}>
            {replaced && session.person !== null && (
              <Suspense>
                <OtherPerson was={session.person.name} />
              </Suspense>
            )}
            <Suspense fallback={<Loading what="Page" />}>{screen(route, session, router)}</Suspense>
          </ErrorBoundary>,
        )}
      </AppProvider>
    );
  } else {
    const provisional: AppValue = { api, router, announcer, session: start, setSession, setPlan };
    page = (
      <AppProvider value={provisional}>
        {shell(
          start,
          resource.state === "failed" ? (
            <ServiceProblem error={resource.error} onRetry={reload} />
          ) : (
            <Loading what="Footprint" />
          ),
        )}
      </AppProvider>
    );
  }
  return (
    <>
      <LiveRegions announcer={announcer} />
      {page}
    </>
  );
}
