/** The colours on screen at night. */
const dark = `
  --ground: #151412; --card: #1c1a18; --ink: #f1ece4; --quiet: #aba399; --line: #302c28; --axis: #6b645c;
  --accent: #45c9bb; --wash: #16302d; --warn: #f0a66b;
  --grade-0: #7af0df; --grade-1: #3fb3a6; --grade-2: #2b7d74; --grade-3: #264f4b; --grade-4: #3a3733;
  --on-grade-0: #06231f; --on-grade-1: #06231f; --on-grade-2: #ffffff; --on-grade-3: #eaf5f3; --on-grade-4: #f1ece4;
  --budget-1: #d6a35c; --budget-2: #857c71; --budget-3: #57504a;
`;

/**
 * One column that holds on a telephone and on a sheet of A4. Plots take their colours from here, so that they change
 * with the page; paper is always light.
 */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #faf8f4; --card: #ffffff; --ink: #1c1a17; --quiet: #6a645c; --line: #e9e4db; --axis: #a39c92;
  --accent: #0f766e; --wash: #e6f1ef; --warn: #9a4a10;
  --grade-0: #0b4f4a; --grade-1: #0f766e; --grade-2: #5fa8a0; --grade-3: #b4d6d1; --grade-4: #e2ddd4;
  --on-grade-0: #ffffff; --on-grade-1: #ffffff; --on-grade-2: #06231f; --on-grade-3: #06231f; --on-grade-4: #1c1a17;
  --budget-1: #b07a2e; --budget-2: #a39a8d; --budget-3: #cfc7bb;
  --serif: "Iowan Old Style", Palatino, "Palatino Linotype", "P052", Georgia, serif;
}
@media screen and (prefers-color-scheme: dark) { :root {${dark}} }
@media print { :root { color-scheme: light; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; max-width: 60rem; padding: 0 clamp(.6rem, 3vw, 2rem) 3rem;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem 1rem; z-index: 2; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .3rem; }
a { color: var(--accent); text-underline-offset: .18em; }
code { font: .875em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
em { font-style: normal; font-weight: 600; }
h1, h2 { font-family: var(--serif); font-weight: 600; letter-spacing: -.01em; text-wrap: balance; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: clamp(1.7rem, 4.6vw, 2.6rem); line-height: 1.15; }
h2 { margin: 0 0 1rem; font-size: clamp(1.45rem, 3vw, 1.85rem); line-height: 1.2; }
h3 { margin: 2rem 0 .6rem; font-size: 1.0625rem; line-height: 1.3; overflow-wrap: anywhere; }
h4 { margin: 0 0 .4rem; font-size: .8125rem; font-weight: 600; color: var(--quiet); }
p { margin: 0 0 .9rem; max-width: 44rem; text-wrap: pretty; overflow-wrap: anywhere; }
header { padding: 2.2rem 0 0; }
.brand { margin: 0 0 1.1rem; font: 600 1.25rem/1 var(--serif); letter-spacing: -.02em; color: var(--accent); }
.lede { margin: .8rem 0 1.6rem; font-size: 1.125rem; line-height: 1.5; }
.aside, figcaption p, small { color: var(--quiet); }
.aside, figcaption p { font-size: .875rem; }
.absent { color: var(--quiet); padding: .8rem 1rem; border-left: 3px solid var(--line); background: var(--card); max-width: none; }
nav ol { display: flex; flex-wrap: wrap; gap: .3rem 1.3rem; list-style: none; margin: 0; padding: .8rem 0; border-block: 1px solid var(--line); font-size: .9375rem; }
section { margin: 3.4rem 0 0; scroll-margin-top: 1rem; }
dl { margin: 0 0 1.6rem; }
dd { margin: 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(7.8rem, 44%), 1fr)); gap: 1.2rem 1.5rem; }
.facts > div { display: flex; flex-direction: column; min-width: 0; border-top: 1px solid var(--axis); padding-top: .55rem; }
.facts dt { order: 1; font-size: .8125rem; line-height: 1.35; color: var(--quiet); }
.facts dd { font: 600 1.5rem/1.25 var(--serif); font-variant-numeric: lining-nums tabular-nums; overflow-wrap: anywhere; }
.facts dd.aside { order: 2; font: .8125rem/1.4 inherit; font-family: inherit; font-weight: 400; font-size: .8125rem; }
.provenance > div { display: grid; grid-template-columns: minmax(6.5rem, 11rem) minmax(0, 1fr); gap: 1rem; padding: .45rem 0; border-bottom: 1px solid var(--line); font-size: .9375rem; }
.provenance dt { color: var(--quiet); }
.provenance dd { overflow-wrap: anywhere; }
figure { margin: 0 0 2rem; padding: clamp(.8rem, 2.4vw, 1.5rem); background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
figcaption h3 { margin: 0 0 .25rem; }
figcaption p { margin: 0 0 .8rem; max-width: 48rem; line-height: 1.5; }
svg.plot { display: block; width: 100%; height: auto; overflow: visible; font: 12px/1.2 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; color: var(--quiet); }
svg.plot text { white-space: pre; }
.narrow { display: none; }
.narrow svg { max-width: 27rem; margin: 0 auto; }
.halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); gap: 1.4rem 1.6rem; align-items: start; }
.thirds { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); gap: 1.2rem 1.4rem; }
.thirds svg, .halves svg { max-width: 28rem; }
@media (max-width: 40rem) { .wide { display: none; } .narrow { display: block; } }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; margin: 0 0 .6rem; padding: 0; font-size: .8125rem; color: var(--quiet); }
.legend li { display: inline-flex; align-items: center; gap: .45rem; }
.swatch { width: .85rem; height: .85rem; border-radius: .2rem; flex: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
details { margin-top: .9rem; font-size: .875rem; }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
.scroll { overflow-x: auto; margin: .8rem 0 1.6rem; }
details .scroll { max-height: 34rem; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: .8125rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding-bottom: .4rem; }
th, td { text-align: right; padding: .4rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td { white-space: nowrap; }
.text :is(th, td) { text-align: left; }
.text td, td :is(.words, .why) { white-space: normal; }
.text code { white-space: nowrap; }
thead th { font-weight: 600; color: var(--quiet); vertical-align: bottom; border-bottom-color: var(--axis); }
tbody th { font-weight: 400; min-width: 6.5rem; }
td small { display: block; white-space: nowrap; font-size: .75rem; }
.words { display: inline-block; min-width: 8.5rem; }
td .why { display: block; min-width: 16rem; max-width: 34rem; overflow-wrap: anywhere; }
.mark { font-size: .75rem; padding: .05rem .4rem; border-radius: .8rem; background: var(--wash); color: var(--accent); white-space: nowrap; }
.failures { padding-left: 1.2rem; color: var(--warn); overflow-wrap: anywhere; }
.verdict { margin: 0 0 1.6rem; padding: .9rem 1.1rem; border-left: 4px solid var(--accent); background: var(--card); border-radius: 0 .5rem .5rem 0; }
.verdict.out { border-left-color: var(--warn); }
.verdict p { margin: 0; }
.shopper { margin: 0 0 1.4rem; padding: clamp(.8rem, 2.4vw, 1.5rem); background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.shopper h3 { margin: 0 0 .9rem; }
.shopper h3 .aside { font-weight: 400; margin-left: .5rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: 1.4rem 2.2rem; }
.columns > div { min-width: 0; }
.rows { margin: 0; padding: 0; list-style: none; font-size: .9375rem; line-height: 1.4; }
.rows li { padding: .42rem 0; border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 .8rem; }
.rows .title { overflow-wrap: anywhere; min-width: 0; }
.rows .aside { font-size: .8125rem; }
.rows .why { flex-basis: 100%; font-size: .8125rem; color: var(--accent); overflow-wrap: anywhere; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .875rem; }
@media print {
  @page { margin: 16mm 14mm; }
  html { font-size: 10.5pt; }
  body { max-width: none; padding: 0; background: none; }
  nav, .skip, details { display: none; }
  .wide { display: block; } .narrow { display: none; }
  section { margin-top: 2rem; }
  figure, .shopper, tr, .verdict, .facts > div { break-inside: avoid; }
  h2, h3, h4, figcaption, caption { break-after: avoid; }
  figure, .shopper { padding: .8rem 0; border: 0; border-top: 1px solid var(--line); border-radius: 0; background: none; }
  .halves { grid-template-columns: repeat(2, 1fr); } .thirds { grid-template-columns: repeat(3, 1fr); }
  .scroll { overflow: visible; max-height: none; }
  table { font-size: 7.2pt; } th, td { padding: .25rem .35rem; } td small { white-space: normal; font-size: 6.4pt; }
  td, .text code { white-space: normal; } .words { min-width: 0; } code { font-size: .95em; }
  td .why { min-width: 0; }
  svg.plot { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: inherit; text-decoration: none; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
`;
