// SPDX-License-Identifier: Apache-2.0
// The look of listings and what keys do in them: style, symbols and the one script, as text that stands in the page.

/** Added to the style of all pages of ours. */
export const LISTING_STYLE = `
.symbols{display:none}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1rem;margin-top:.75rem}.bar p{margin:0;flex:1}.bar form{display:flex}
input[type=search]{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.35rem .7rem;width:min(14rem,60vw)}
.box{margin-top:1rem}
td a{display:flex;align-items:center;gap:.75rem}td a span{min-width:0;overflow-wrap:anywhere;white-space:pre-wrap}
th a{color:inherit}th[aria-sort] a{color:var(--ink)}th[aria-sort=ascending] a::after{content:" ↑"}th[aria-sort=descending] a::after{content:" ↓"}
i{position:relative;flex:none;width:2rem;height:2rem;display:grid;place-items:center;border-radius:5px;overflow:hidden}
i svg{width:1.35rem;height:1.35rem;fill:none;stroke:var(--soft);stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}
.folder i svg{stroke:var(--mark)}
i img{position:absolute;inset:0;width:100%;height:100%;object-fit:cover;background:var(--card)}
a:focus-visible,input:focus-visible{outline:2px solid var(--mark);outline-offset:2px;border-radius:6px}
nav{display:flex;flex-wrap:wrap;gap:.4rem 1.25rem;margin-top:1rem}nav span{color:var(--soft);opacity:.5}nav b{font-weight:500}
.note{font-size:.9rem}
.tiles .box{background:none;border:0;border-radius:0;overflow:visible}.tiles table,.tiles tbody{display:block}
.tiles thead tr{display:flex;gap:1rem}.tiles th{border:0;padding:0}
.tiles tbody{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:1rem;margin-top:.75rem}
.tiles tbody tr{display:block}.tiles tbody tr:hover{background:none}
.tiles td{display:block;border:0;padding:0;width:auto}.tiles td+td{display:inline-block;font-size:.8rem;margin-right:.6rem}.tiles td:nth-child(3){display:none}
.tiles td a{display:block}.tiles td a span{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;line-height:1.3;font-size:.9rem;margin-top:.4rem}
.tiles i{width:100%;height:auto;aspect-ratio:1;background:var(--card);border:1px solid var(--line);border-radius:10px}.tiles i svg{width:2.5rem;height:2.5rem}`;

/** What an entry is, as a symbol shows it. */
export type Icon = 'up' | 'folder' | 'file' | 'text' | 'picture' | 'film' | 'sound';

const PATHS: Readonly<Record<Icon, string>> = {
  up: 'M12 19V5m-6 6 6-6 6 6',
  folder: 'M3 6.5V18a1.5 1.5 0 0 0 1.5 1.5h15A1.5 1.5 0 0 0 21 18V9a1.5 1.5 0 0 0-1.5-1.5H12L9.8 5H4.5A1.5 1.5 0 0 0 3 6.5z',
  file: 'M13.5 3H7a1.5 1.5 0 0 0-1.5 1.5v15A1.5 1.5 0 0 0 7 21h10a1.5 1.5 0 0 0 1.5-1.5V8zm0 0v5h5',
  text: 'M13.5 3H7a1.5 1.5 0 0 0-1.5 1.5v15A1.5 1.5 0 0 0 7 21h10a1.5 1.5 0 0 0 1.5-1.5V8zm0 0v5h5M9 12.5h6M9 16h6',
  picture:
    'M4.5 4h15A1.5 1.5 0 0 1 21 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 18.5v-13A1.5 1.5 0 0 1 4.5 4zM3 16l5-5 4.5 4.5M12.5 15.5l3-3L21 18M15.5 9h.01',
  film: 'M4.5 5h15A1.5 1.5 0 0 1 21 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5v-11A1.5 1.5 0 0 1 4.5 5zM10 9v6l5-3z',
  sound: 'M9 18V5.5L20 3.5V16M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zm11-2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z',
};

/** The symbols, to be used by `#i-<name>`. */
export const SYMBOLS = Object.entries(PATHS)
  .map(([name, path]) => `<symbol id="i-${name}" viewBox="0 0 24 24"><path d="${path}"/></symbol>`)
  .join('');

/**
 * Arrows, Home and End go from entry to entry, Enter opens; left and right turn pages (of tiles, N and P do); Backspace goes up,
 * and / to the filter. Times become the reader's own, and pictures that do not load make room for their symbol.
 */
export const LISTING_SCRIPT = `(()=>{
const links=[...document.querySelectorAll('tbody a')],filter=document.querySelector('[type=search]');
const columns=()=>{const y=links.map(a=>a.getBoundingClientRect().top),n=y.findIndex(t=>t>y[0]+8);return n<1?links.length:n};
const go=i=>{const a=links[Math.max(0,Math.min(links.length-1,i))];if(a){a.focus();a.scrollIntoView({block:'nearest'})}};
const follow=s=>document.querySelector(s)?.click();
addEventListener('keydown',e=>{
if(e.ctrlKey||e.metaKey||e.altKey||e.defaultPrevented)return;
if(e.target===filter){if(e.key==='Escape')filter.blur();else if(e.key==='ArrowDown'){e.preventDefault();go(0)}return}
const at=links.indexOf(document.activeElement),tiles=document.body.classList.contains('tiles'),n=tiles?columns():1;
const does={ArrowDown:()=>go(at<0?0:at+n),ArrowUp:()=>go(at<0?0:at-n),Home:()=>go(0),End:()=>go(links.length-1),
ArrowRight:()=>tiles?go(at+1):follow('[rel=next]'),ArrowLeft:()=>tiles?go(at<0?0:at-1):follow('[rel=prev]'),
n:()=>follow('[rel=next]'),p:()=>follow('[rel=prev]'),Backspace:()=>follow('tbody a[href="../"]'),'/':()=>filter?.focus()}[e.key];
if(does){e.preventDefault();does()}});
for(const time of document.querySelectorAll('time'))time.textContent=new Date(time.dateTime).toLocaleString(undefined,{dateStyle:'medium',timeStyle:'short'});
for(const utc of document.querySelectorAll('.utc'))utc.textContent='Changed';
const fail=i=>i.remove();
for(const i of document.images)if(i.complete&&!i.naturalWidth)fail(i);
addEventListener('error',e=>e.target instanceof HTMLImageElement&&fail(e.target),true);
})()`;
