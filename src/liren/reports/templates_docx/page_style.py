"""The style sheet inside a report page: system fonts, light and dark, phone, paper."""

STYLE = """\
:root {
  color-scheme: light dark;
  --paper: #fffdf9; --ink: #1f2328; --soft: #5c6570; --line: #d9d4c8; --red: #c7000b; --number: #0b5394;
  --tint: #fff3c4; --desk: #f1ede4;
  --sans: system-ui, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  --serif: "Songti SC", "Source Han Serif SC", "Noto Serif CJK SC", SimSun, serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1b1d21; --ink: #e6e3dc; --soft: #a3a9b2; --line: #3b3f46; --red: #ff6b64; --number: #8ec1ff;
    --tint: #4a4118; --desk: #121316;
  }
}
* { box-sizing: border-box; }
html { font: 106.25%/1.9 var(--sans); background: var(--desk); color: var(--ink); }
body { margin: 0; }
.report {
  max-width: 50rem; margin: 2rem auto; padding: clamp(1.25rem, 6vw, 4.5rem);
  background: var(--paper); border: 1px solid var(--line); border-radius: 4px; overflow-wrap: break-word;
}
.report header { text-align: center; }
.issuer {
  margin: 0; font: 700 clamp(1.35rem, 5vw, 2.25rem)/1.4 var(--serif); letter-spacing: .06em; color: var(--red);
}
.docno { margin: 1rem 0 0; color: var(--soft); }
.report h1 {
  margin: 1rem 0 2rem; padding-top: 2rem; border-top: 2px solid var(--red);
  font: 700 clamp(1.3rem, 4.4vw, 1.8rem)/1.5 var(--serif); text-wrap: balance;
}
.report h2 { margin: 2.2rem 0 .6rem; font-size: 1.2rem; line-height: 1.6; }
.report h3 { margin: 1.6rem 0 .4rem; font-size: 1.08rem; }
.report h4, .report h5 { margin: 1.2rem 0 .2rem; font-size: 1rem; }
.report p { margin: .5em 0; }
.report > p { text-align: justify; }
.report:lang(zh) > p { text-indent: 2em; }
.report > p.addressee, .report > p.attachments { text-indent: 0; }
.report ul, .report ol { margin: .5em 0; padding-left: 2.4em; }
a { color: var(--number); text-underline-offset: .25em; }
a.number {
  text-decoration: underline dotted; text-decoration-thickness: 1px; font-variant-numeric: tabular-nums;
  border-radius: 2px; word-break: keep-all;
}
a.number:hover, a.number:focus-visible, tr:target > *, a:target { background: var(--tint); }
a:focus-visible { outline: 2px solid var(--number); outline-offset: 2px; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { width: 100%; border-collapse: collapse; line-height: 1.6; }
th, td { padding: .4rem .6rem; border: 1px solid var(--line); text-align: center; }
thead th { background: color-mix(in srgb, var(--line) 35%, transparent); font-weight: 600; }
.attachments { margin-top: 1.8rem; }
.attachments p { margin: 0; }
.signature { margin: 2.5rem 0 0; padding-right: 1em; text-align: right; }
.signature p { margin: 0; }
#annex { margin-top: 4rem; border-top: 1px solid var(--line); font-size: .82rem; line-height: 1.6; }
#annex h2 { margin: 1.6rem 0 1rem; font: 700 1.5rem/1.5 var(--serif); text-align: center; }
.annex td { text-align: left; }
.annex td:nth-child(7) { text-align: right; font-variant-numeric: tabular-nums; }
.annex thead th, .annex code { white-space: nowrap; }
.annex th, .annex td { padding: .35rem .45rem; }
.annex td:nth-child(2) { min-width: 5.4em; }
.annex td:nth-child(4) { min-width: 11em; }
.annex small { display: block; color: var(--soft); }
code { font: .92em/1.4 ui-monospace, Menlo, Consolas, monospace; }
.notes { color: var(--soft); }
@media (max-width: 46rem) {
  .report { margin: 0; border: 0; border-radius: 0; }
  .annex, .annex tbody, .annex tr, .annex th, .annex td { display: block; width: 100%; }
  .annex thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .annex tr { margin: 0 0 1rem; border: 1px solid var(--line); border-radius: 4px; }
  .annex th, .annex td, .annex td:nth-child(7) { border: 0; padding: .15rem .7rem; text-align: left; }
  .annex td, .annex td:nth-child(7) { position: relative; padding-left: 6.5em; }
  .annex td::before { content: attr(data-label); position: absolute; left: .85em; color: var(--soft); }
}
@media print {
  @page { size: A4; margin: 25mm 26mm 25mm 28mm; }
  :root { --paper: #fff; --ink: #000; --soft: #333; --number: #000; --tint: transparent; --line: #888; }
  html { font-size: 12pt; background: none; }
  .report { max-width: none; margin: 0; padding: 0; border: 0; }
  h2, h3, h4, h5 { break-after: avoid; }
  tr, .signature { break-inside: avoid; }
  #annex { break-before: page; border: 0; font-size: 8.5pt; }
  thead { display: table-header-group; }
}
"""
