import type { Session } from "aisle/admin";
import { useEffect, useRef } from "react";
import { Link, Route, Router, Switch, useLocation } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { Models } from "./models.tsx";
import { Overview } from "./overview.tsx";
import { Performance } from "./performance.tsx";
import { Products } from "./products.tsx";
import { Report } from "./report.tsx";
import { Rules } from "./rules.tsx";
import { type SessionState, useSession } from "./session.ts";
import { SignIn } from "./sign-in.tsx";
import { Skeleton } from "./states.tsx";
import "./merchant.css";

const pages = [
  { path: "/", name: "Overview" },
  { path: "/models", name: "Models" },
  { path: "/rules", name: "Rules" },
  { path: "/performance", name: "Performance" },
  { path: "/report", name: "Report" },
] as const;

export function MerchantPage() {
  const state = useSession();
  const { session } = state;
  if (session === undefined) {
    if (!state.isAsking || state.failure !== undefined) return <SignIn {...state} />;
    return (
      <main id="main" className="merchant">
        <Skeleton lines={3} />
      </main>
    );
  }
  return (
    <Router hook={useHashLocation}>
      <Header session={session} signOut={state.signOut} />
      <Body session={session} />
    </Router>
  );
}

function Header({
  session,
  signOut,
}: {
  readonly session: Session;
  readonly signOut: SessionState["signOut"];
}) {
  const [location] = useLocation();
  return (
    <header className="bar">
      <p className="brand">
        <a href="/">aisle</a>
      </p>
      <nav aria-label="Pages">
        {pages.map(({ path, name }) => (
          <Link key={path} href={path} className="tab" aria-current={location === path ? "page" : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <p className="who">
        <span className="quiet" title={`channel ${session.channel} of ${session.registry}`}>
          {session.who}
        </span>
        <button type="button" className="link" onClick={() => void signOut()}>
          Sign out
        </button>
      </p>
    </header>
  );
}

/** A page that is turned to begins at its heading, for readers that listen too. */
function Body({ session }: { readonly session: Session }) {
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const name = pages.find(({ path }) => path === location)?.name ?? "Products";
  useEffect(() => {
    document.title = `${name} · aisle`;
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    if (!isFirst.current) scrollTo(0, 0);
    isFirst.current = false;
  }, [name]);
  return (
    <main id="main" className="merchant" ref={main} tabIndex={-1}>
      <Switch>
        <Route path="/" component={Overview} />
        <Route path="/models" component={Models} />
        <Route path="/rules" component={Rules} />
        <Route path="/performance" component={Performance} />
        <Route path="/products" component={Products} />
        <Route path="/report">
          <Report hasReport={session.hasReport} />
        </Route>
        <Route>
          <h1>There is no such page</h1>
          <p>
            <Link href="/">Back to the overview</Link>
          </p>
        </Route>
      </Switch>
    </main>
  );
}
