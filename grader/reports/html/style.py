"""The pages' style: paper and ink, one accent; the same in the dark, on a phone and in print."""

from __future__ import annotations

LIGHT = {
    "paper": "#fcfbf8",
    "raised": "#f4f1ea",
    "ink": "#23211e",
    "soft": "#625d55",
    "rule": "#ddd8ce",
    "accent": "#1d5c63",
    "good": "#2c6540",
    "bad": "#9c3220",
    "heat": "#b4452f",
}
DARK = {
    "paper": "#17181a",
    "raised": "#202225",
    "ink": "#e7e4de",
    "soft": "#aaa59b",
    "rule": "#3a3c40",
    "accent": "#86c5cc",
    "good": "#8fcba0",
    "bad": "#f0998a",
    "heat": "#e8785f",
}


def _variables(colors: dict[str, str]) -> str:
    return "".join(f"--{name}:{color};" for name, color in colors.items())


STYLE = (
    f"""
:root{{color-scheme:light dark;{_variables(LIGHT)}
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L","P052","Book Antiqua",
Georgia,"DejaVu Serif",serif;
--mono:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}}
@media (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}
"""
    + """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:3.5rem 1.5rem 5rem;max-width:46rem;background:var(--paper);
color:var(--ink);font:1.0625rem/1.6 var(--serif);font-variant-numeric:lining-nums;
overflow-wrap:anywhere}
body.wide{max-width:58rem}
h1,h2,h3{line-height:1.2;font-weight:600;text-wrap:balance}
h1{font-size:2.25rem;margin:.25rem 0 .25rem;letter-spacing:-.01em}
h2{font-size:1.375rem;margin:0 0 1rem}
h3{font-size:1.0625rem;margin:0}
p{margin:0 0 .75rem}
section{margin-top:3.5rem}
a{color:var(--accent);text-underline-offset:.15em;text-decoration-thickness:1px}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
.skip{position:absolute;left:-100rem}
.skip:focus{left:1rem;top:1rem;padding:.5rem 1rem;background:var(--paper);z-index:1}
.eyebrow,.soft,caption,dt,th{color:var(--soft)}
.eyebrow{margin:0;font-size:.9375rem;letter-spacing:.02em}
.who{font-size:1.125rem;margin:0}
.good{color:var(--good)}.bad{color:var(--bad)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
white-space:nowrap}
.num{font-variant-numeric:lining-nums tabular-nums;white-space:nowrap}
code,pre,.message{font-family:var(--mono);font-size:.875em}
.asked,.answer{white-space:pre-wrap;margin:0 0 1rem}
.answer{padding:.75rem 1rem;background:var(--raised)}
pre{white-space:pre-wrap;margin:.75rem 0;padding:1rem;background:var(--raised);
max-height:30rem;overflow:auto}
.score{margin-top:2.25rem}
.score .big{font-size:1.25rem;margin:0 0 .5rem}
.score strong{font-size:3.25rem;font-weight:600;line-height:1;letter-spacing:-.02em}
.bar{display:block;width:100%;height:.375rem}
.track{fill:var(--rule)}.fill{fill:var(--accent)}
.bar.good .fill{fill:var(--good)}
.bonus{margin-top:.75rem}
.loud{margin-top:2.25rem;padding:1rem 1.25rem;border:2px solid var(--bad)}
.loud p:last-child,.first p:last-child{margin-bottom:0}
.first{padding:1.5rem 1.75rem;background:var(--raised);border-left:4px solid var(--bad)}
.first.next{border-color:var(--accent)}
.first h3{margin-bottom:.5rem}
.lesson{font-size:1.125rem;line-height:1.5;margin:1rem 0}
.lesson p{margin-bottom:.375rem}
.lesson p:first-child{font-weight:600}
.message p{margin-bottom:.25rem}
details{border-top:1px solid var(--rule)}
details:last-of-type{border-bottom:1px solid var(--rule)}
summary{padding:.75rem 0;cursor:pointer;list-style-position:inside}
.rows{list-style:none;margin:0;padding:0}
.rows{border-bottom:1px solid var(--rule)}.rows details:last-of-type{border-bottom:0}
.rows summary{display:grid;grid-template-columns:minmax(0,1fr) 9rem 5.5rem;gap:.25rem 1.25rem;
align-items:center;list-style:none}
.rows summary::-webkit-details-marker{display:none}
.rows summary h3{padding-left:1.25rem;text-indent:-1.25rem}
.rows summary h3::before{content:"▸";display:inline-block;text-indent:0;width:1.25rem;
color:var(--soft);font-size:.8em}
.rows details[open]>summary h3::before{content:"▾"}
.rows summary .state{grid-column:1/-1;padding-left:1.25rem;color:var(--soft);font-size:.9375rem;
margin:-.25rem 0 0}
.rows summary .num{text-align:right}
.checks{list-style:none;margin:.25rem 0 1.5rem;padding:0 0 0 1.25rem}
.checks>li{display:grid;grid-template-columns:6.75rem minmax(0,1fr) auto;gap:0 1rem;
padding:.5rem 0;font-size:.9688rem}
.checks>li>div{min-width:0}
.checks .status{white-space:nowrap}
.checks .status span{display:inline-block;width:1.25em}
.checks .message,.checks .lesson{font-size:.875rem;margin:.375rem 0}
.checks .message{color:var(--soft);font-size:.8125rem}
.checks .note{font-style:italic;color:var(--soft);margin:.25rem 0}
figure{margin:1rem 0 .5rem;max-width:28rem}
figure svg{display:block;max-width:100%;height:auto}
figcaption{font-size:.875rem;color:var(--soft);margin-top:.375rem;line-height:1.4}
.cell{fill:var(--heat)}.ground{fill:var(--rule);fill-opacity:.35}
.yours{fill:none;stroke:var(--heat);stroke-width:2}
.right{fill:none;stroke:var(--ink);stroke-width:1.5;stroke-dasharray:4 3}
.axis{stroke:var(--rule);stroke-width:1}
svg text{fill:var(--soft);font:11px var(--serif)}
.pairs{margin:0;font-size:.9375rem}
.pairs div{display:grid;grid-template-columns:9rem minmax(0,1fr);gap:1rem;padding:.375rem 0;
border-top:1px solid var(--rule)}
.pairs dd{margin:0}
table{width:100%;border-collapse:collapse;font-size:.9375rem;line-height:1.4}
caption{text-align:left;padding-bottom:.5rem}
table+table{margin-top:2.5rem}caption strong{color:var(--ink)}
td.word,th.word{white-space:nowrap;overflow-wrap:normal}
th,td{text-align:left;vertical-align:top;padding:.5rem 1rem .5rem 0;
border-top:1px solid var(--rule)}
th{font-weight:400}tbody th{color:var(--ink)}
th:last-child,td:last-child{padding-right:0}
td.num,th.num{text-align:right}
nav:first-of-type>a{display:inline-block;margin-bottom:1.5rem;font-size:.9375rem}
nav ul{list-style:none;margin:2rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;
font-size:.9375rem}
.findings{list-style:none;margin:0;padding:0}
.findings>li{padding:1rem 0;border-top:1px solid var(--rule);display:grid;
grid-template-columns:5.5rem minmax(0,1fr);gap:1.25rem}
.findings .count{font-size:1.5rem;line-height:1.1;font-weight:600}
.findings .count small{display:block;font-size:.875rem;font-weight:400;color:var(--soft)}
.findings p{margin-bottom:.25rem}
.findings summary,.small{font-size:.9375rem}
.full{max-width:none;margin:0}.histogram{width:100%}.histogram text{font-size:13px}
.people{margin:.25rem 0;padding:0;list-style:none;font-size:.9375rem}
.people .short{display:inline}.people .short:not(:last-child)::after{content:", "}
.parts>h3{margin:2rem 0 .75rem}
.findings details,.findings details:last-of-type{border:0}
.output h2{display:inline}
.findings summary{padding:.125rem 0;color:var(--soft)}
.flag{font-weight:600}
.chunk{content-visibility:auto}
footer{margin-top:4rem;color:var(--soft);font-size:.875rem}
@media (max-width:36rem){
body{padding:1.75rem 1.125rem 3rem;font-size:1rem}
h1{font-size:1.75rem}section{margin-top:2.5rem}
.first{padding:1.125rem}
.histogram text{font-size:26px}
.rows summary{grid-template-columns:minmax(0,1fr) auto}
.rows summary .bar{grid-column:1/-1;grid-row:2}
.checks{padding-left:0}
.checks>li{grid-template-columns:minmax(0,1fr) auto}
.checks>li>div{grid-column:1/-1;grid-row:2}
.pairs div{grid-template-columns:minmax(0,1fr);gap:0}
.findings>li{grid-template-columns:minmax(0,1fr);gap:.375rem}
.findings .count small{display:inline;margin-left:.5rem}
th,td{padding-right:.625rem}
.wide-only{display:none}
}
@media print{
:root{color-scheme:light;--paper:#fff;--raised:#fff;--ink:#000;--soft:#444;--rule:#bbb}
body{max-width:none;padding:0;font-size:10.5pt}
section{margin-top:1.5rem}
.skip,nav{display:none}
details::details-content{content-visibility:visible;block-size:auto}
pre{max-height:none}
.checks>li,.findings>li,tr,figure{break-inside:avoid}
h2,h3{break-after:avoid}
.chunk{content-visibility:visible}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
"""
)
