/** Style of the report, for light and dark. */
export const STYLE = `
:root { --paper: #fdfdfb; --ink: #24292e; --soft: #5c6670; --line: #d9dcd6; --model: #0b62c4;
  --naive: #9a6700; --seasonal: #7a3fb5; --linear: #1a7f37; --mark: #eaf2fc; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181c; --ink: #e4e7ea; --soft: #9aa5b0; --line: #343b43; --model: #5aa9ff;
    --naive: #e0a93b; --seasonal: #c297f5; --linear: #57c776; --mark: #1c2a3c; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 900px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 12px; }
h2 { font-size: 20px; margin: 40px 0 8px; }
p { margin: 8px 0; }
ul { margin: 8px 0; padding-left: 20px; color: var(--soft); }
.verdict { background: var(--mark); border-left: 4px solid var(--model); padding: 10px 14px; border-radius: 4px; }
figure { margin: 16px 0; }
figure svg { display: block; width: 100%; min-width: 640px; height: auto; }
figcaption { color: var(--soft); font-size: 14px; }
.entry { display: inline-block; margin-right: 14px; }
.key { display: inline-block; width: 14px; height: 4px; border-radius: 2px; margin: 0 6px 3px 0; }
.actual { background: var(--ink); } .model { background: var(--model); } .naive { background: var(--naive); }
.seasonalNaive { background: var(--seasonal); } .linear { background: var(--linear); }
.scroll { overflow: auto; }
.right { direction: rtl; } .right > * { direction: ltr; }
.rows { max-height: 470px; }
.rows th { position: sticky; top: 0; background: var(--paper); }
@media print { .rows { max-height: none; } }
table { border-collapse: separate; border-spacing: 0; margin: 12px 0; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
th { color: var(--soft); font-weight: 600; }
.best td { font-weight: 700; }
`;
