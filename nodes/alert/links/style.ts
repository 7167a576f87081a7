/** Phone first: what matters and what to do fit on its first screen. */
export const style = `:root{--line:#8883;--notice:#3b6ea5;--warning:#9a6200;--critical:#b3261e;--calm:#2f7d5b;--danger:#b3261e}
@media(prefers-color-scheme:dark){:root{--notice:#7fb2e5;--warning:#e0a33a;--critical:#ff8a80;--calm:#7cc9a6;--danger:#ff8a80}}
body{max-width:40rem;margin:0 auto;padding:1rem 1rem 3rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;font-weight:600;margin:.5rem 0 .75rem}
h2{font-size:.85rem;font-weight:600;text-transform:uppercase;letter-spacing:.04em;opacity:.7;margin:2rem 0 .5rem}
.mark{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline;font-weight:600;color:var(--tone)}
.mark i{font-style:normal;margin-right:.35rem}.mark span+span{font-weight:400;color:CanvasText}
.notice{--tone:var(--notice)}.warning{--tone:var(--warning)}.critical{--tone:var(--critical)}.calm{--tone:var(--calm)}
.head{border-left:.3rem solid var(--tone);padding-left:.9rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .9rem;margin:0;font-variant-numeric:tabular-nums}
dt{opacity:.7}dd{margin:0}
.said{border-left:.3rem solid var(--calm);padding:.5rem .9rem;margin:1.25rem 0;font-weight:600}
form{margin:1.25rem 0 .5rem}form button{margin:0;padding:1rem;font-size:1.15rem}
.row{display:flex;gap:.75rem}.row .button{margin:.75rem 0 0;flex:1}
.button.call{border-color:var(--danger);color:var(--danger)}
ul{margin:0;padding-left:1.2rem}
.pictures{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))}
.pictures img{display:block;width:100%;min-height:3rem;border-radius:.4rem;background:var(--line)}
.steps{list-style:none;margin:0 0 1.25rem;padding:0}
.steps li{display:grid;grid-template-columns:4.2rem 1fr;gap:.75rem;padding:.3rem 0;font-size:.95rem}
.steps .day{display:block;border-bottom:1px solid var(--line);opacity:.7;font-size:.9rem;margin-top:.5rem}
.steps time{opacity:.7;font-variant-numeric:tabular-nums;font-size:.9rem}.steps span{opacity:.75}
.steps .strong span{font-weight:600;opacity:1}.steps small{display:block;font-weight:400}
.head+.hint{margin-top:1rem}.row+.hint{margin-top:.5rem}a:not(.button){color:var(--accent)}
:lang(ko){word-break:keep-all}`;

/** Of a page that says one thing only. */
export const calmStyle = `body{max-width:24rem;margin:14vh auto;padding:0 1.25rem}
h1{font-size:1.4rem;font-weight:600;margin:0 0 1.25rem}`;
