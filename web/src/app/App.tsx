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
import type { Session } from "../api/types.ts";
import { HomePage } from "../features/home/HomePage.tsx";
import { NotFound, ServiceProblem, SignedOut } from "../features/pages/Problems.tsx";
import { PlanFrame } from "../features/plan/PlanFrame.tsx";
import { PlanPage } from "../features/plan/PlanPage.tsx";
import { SignInPage } from "../features/signin/SignInPage.tsx";
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

/** Sends people who are not signed in to sign in, and back here after. */
function SignInFirst({ router }: { router: Router }) {
  useEffect(() => {
    router.go(paths.signIn(location.pathname), { replace: true, force: true });
  }, [router]);
  return <Loading what="Sign in" />;
}

function screen(route: Route, session: Session, router: Router): ReactNode {
  switch (route.name) {
    case "sign-in":
      return <SignInPage next={route.next} />;
    case "signed-out":
      return <SignedOut />;
    case "help":
      return <HelpPage />;
    case "accessibility":
      return <AccessibilityPage />;
    case "not-found":
      return <NotFound />;
    default:
      break;
  }
  if (session.person === null) return <SignInFirst router={router} />;
  switch (route.name) {
    case "home":
      return <HomePage />;
    case "plan":
      return (
        <PlanFrame plan={route.plan} key={`${route.plan}/${session.person.id}`}>
          <PlanPage />
        </PlanFrame>
      );
    case "section":
      return (
        <PlanFrame plan={route.plan} key={`${route.plan}/${session.person.id}`}>
          <SectionPage section={route.section} key={route.section} />
        </PlanFrame>
      );
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
  readonly router: Router;
  readonly announcer: Announcer;
}

export function App({ api, router, announcer }: AppProps) {
  const route = useSyncExternalStore(router.subscribe, router.getSnapshot);
  const [plan, setPlan] = useState<ShownPlan | null>(null);
  const { resource, reload, set } = useResource("session", () => api.session());
  const setSession = useCallback((session: Session) => set(() => session), [set]);
  const session = resource.state === "ready" ? resource.value : null;

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
