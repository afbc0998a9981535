export function StartPage() {
  return <main id="main" className="page" />;
}
