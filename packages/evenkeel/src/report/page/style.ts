/** The look of every page we write. Colours are variables, so that charts follow the reader's light or dark setting. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ek-reference: #9aa3ad; --ek-current: #2f6fde; --ek-good: #1d8a5b; --ek-bad: #cf3f36; --ek-third: #a8681a;
  --ek-rule: #d5dae0; --ek-muted: #5d6671; --ek-ink: #1b2026; --ek-paper: #f5f6f8; --ek-card: #ffffff; --ek-unknown: #8a6200;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ek-reference: #727c88; --ek-current: #6ea2ff; --ek-good: #4cc38f; --ek-bad: #ff7b72; --ek-third: #e0a458;
    --ek-rule: #39414a; --ek-muted: #a0a9b4; --ek-ink: #e8ebef; --ek-paper: #14171b; --ek-card: #1d2127; --ek-unknown: #e3b341;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ek-paper); color: var(--ek-ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 40px 0 12px; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: 0 0 12px; }
.muted { color: var(--ek-muted); font-size: .875rem; }
.lead { font-size: 1.1rem; }
.badge { display: inline-block; padding: 1px 9px; border-radius: 999px; border: 1px solid currentColor; font-size: .8125rem; font-weight: 600; white-space: nowrap; }
.steady { color: var(--ek-good); } .shifted { color: var(--ek-bad); } .unknown { color: var(--ek-unknown); } .left-out { color: var(--ek-muted); }
.card { background: var(--ek-card); border: 1px solid var(--ek-rule); border-radius: 10px; padding: 16px; margin: 0 0 16px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 16px; align-items: start; }
.cards > .card { margin: 0; }
.head { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: baseline; margin-bottom: 6px; }
figure { margin: 8px 0; }
figcaption { font-weight: 600; margin-bottom: 4px; }
.ek-chart { display: block; max-width: 100%; height: auto; overflow: visible; --plot-background: var(--ek-card); }
.ek-chart text { white-space: pre; }
.narrow { display: none; }
@media (max-width: 760px) { .wide { display: none; } .narrow { display: block; } }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 8px; padding: 0; list-style: none; font-size: .875rem; }
.legend i { display: inline-block; width: 18px; height: 0; border-top: 3px solid; vertical-align: middle; margin-right: 6px; }
.legend i.dashed { border-top-style: dashed; }
.legend i.box { height: 11px; border: 0; background: currentColor; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid var(--ek-rule); vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; color: var(--ek-muted); }
td.number, th.number { text-align: right; white-space: nowrap; overflow-wrap: normal; }
details { margin-top: 8px; font-size: .875rem; }
summary { cursor: pointer; color: var(--ek-muted); }
summary:focus-visible { outline: 2px solid var(--ek-current); outline-offset: 2px; }
dl { display: grid; grid-template-columns: 6.5rem 1fr; gap: 6px 12px; margin: 10px 0 0; font-size: .9375rem; }
dt { color: var(--ek-muted); font-size: .875rem; } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 420px) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; } }
.cards.two { grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); }
.notice { border-left: 3px solid var(--ek-unknown); padding-left: 8px; margin: 6px 0; font-size: .875rem; overflow-wrap: anywhere; }
a { color: var(--ek-current); }
@media print { details { display: block; } .card { break-inside: avoid; } }
`
