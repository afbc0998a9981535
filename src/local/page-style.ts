export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #faf8f4; --card: #ffffff; --ink: #1c1a17; --quiet: #6a645c; --line: #e6e0d6;
  --accent: #115e59; --on-accent: #ffffff; --wash: #e3efec; --tone-light: 90%; --tone-ink: 24%;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151412; --card: #201e1b; --ink: #f3efe8; --quiet: #a8a097; --line: #37332e;
    --accent: #5eead4; --on-accent: #06302b; --wash: #17332f; --tone-light: 24%; --tone-ink: 86%;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 82rem; padding: 0 clamp(1rem, 3vw, 2.5rem) 3rem;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem 1rem; z-index: 2; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .4rem; }
header {
  display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: .75rem 1.5rem;
  padding: 1.25rem 0 1rem; border-bottom: 1px solid var(--line);
}
.brand { margin: 0; font: 600 1.9rem/1 "Iowan Old Style", Palatino, Georgia, serif; letter-spacing: -.02em; }
form { display: flex; align-items: center; gap: .5rem; }
label { color: var(--quiet); font-size: .875rem; }
input, button {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .5rem .8rem; min-height: 2.6rem;
}
input { width: 11rem; min-width: 0; }
button { cursor: pointer; }
form button { background: var(--accent); color: var(--on-accent); border-color: var(--accent); font-weight: 600; }
#personas { grid-column: 1 / -1; display: flex; gap: .5rem; overflow-x: auto; padding: .2rem; scrollbar-width: none; }
#personas button { flex: none; border-radius: 2rem; font-size: .875rem; padding: .35rem .9rem; min-height: 2.25rem; }
#personas button[aria-pressed="true"] { background: var(--ink); color: var(--ground); border-color: var(--ink); }
#banner {
  display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin: 1rem 0 0; padding: .7rem 1rem;
  background: var(--wash); border-radius: .8rem; font-size: .9375rem;
}
#banner[hidden] { display: none; }
progress { flex: 1 1 8rem; height: .5rem; accent-color: var(--accent); }
#notice { margin: .75rem 0 0; min-height: 1.45em; color: var(--quiet); font-size: .9375rem; }
section { margin: 1rem 0 2.5rem; scroll-margin-top: 1rem; }
section > h2 { margin: 0; font: 600 clamp(1.35rem, 2.6vw, 1.8rem)/1.2 "Iowan Old Style", Palatino, Georgia, serif; overflow-wrap: anywhere; }
section > p { margin: .2rem 0 0; color: var(--quiet); font-size: .875rem; }
ul.products {
  list-style: none; margin: 1rem 0 0; padding: 0;
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(11.5rem, 44%), 1fr)); gap: 1.1rem;
}
.products li { min-width: 0; animation: arrive .3s both; }
@keyframes arrive { from { opacity: 0; transform: translateY(.4rem); } }
.product {
  display: flex; flex-direction: column; width: 100%; height: 100%; padding: 0; overflow: hidden; text-align: left;
  border-radius: 1rem; transition: transform .15s, box-shadow .15s;
}
.product:hover { transform: translateY(-2px); box-shadow: 0 .6rem 1.6rem rgb(0 0 0 / .1); }
.picture { width: 100%; height: auto; aspect-ratio: 1; display: block; object-fit: cover; background: var(--wash); }
.lettering {
  display: flex; align-items: flex-end; padding: 1rem; overflow: hidden;
  background: hsl(var(--tone) 42% var(--tone-light)); color: hsl(var(--tone) 60% var(--tone-ink));
  font: 600 clamp(1.05rem, 2.4vw, 1.4rem)/1.15 "Iowan Old Style", Palatino, Georgia, serif; overflow-wrap: anywhere;
}
.lettering > span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 5; overflow: hidden; }
.words { padding: .7rem .9rem .9rem; display: grid; gap: .2rem; width: 100%; }
.title { font-weight: 600; font-size: .9375rem; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; }
.facts { display: flex; justify-content: space-between; gap: .5rem; color: var(--quiet); font-size: .8125rem; }
.price { color: var(--ink); font-variant-numeric: tabular-nums; }
.why { color: var(--accent); font-size: .8125rem; line-height: 1.35; overflow-wrap: anywhere; }
.skeleton { border-radius: 1rem; background: var(--card); border: 1px solid var(--line); aspect-ratio: 3 / 4.2; animation: breathe 1.4s infinite alternate; }
@keyframes breathe { to { opacity: .45; } }
.error { padding: 1rem 1.2rem; border-radius: .8rem; background: var(--card); border: 1px solid var(--line); }
footer { margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .875rem; display: flex; flex-wrap: wrap; gap: .25rem 2rem; justify-content: space-between; }
footer p { margin: 0; overflow-wrap: anywhere; }
footer a { color: inherit; }
@media (max-width: 40rem) {
  header { grid-template-columns: minmax(0, 1fr); }
  form input { flex: 1; width: auto; }
  ul.products { gap: .75rem; }
}
@media (prefers-reduced-motion: reduce) { *, *::before { animation: none !important; transition: none !important; } }
`;
