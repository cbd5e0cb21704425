// One trace: a waterfall. Rows are a tree grid that keys move through.
import { h, percent, colours } from './dom.js';
import * as api from './api.js';
import { details } from './details.js';
import { duration, findWaits, moment, timeScale } from './time.js';
import { buildTrace } from './tree.js';

// Shortened from the start where waiting is most of the trace: at full scale everything else would be a hair.
const SHORTEN_FROM = 0.5;

// Deeper spans are indented as these: their names need room, too.
const DEPTH_MAX = 24;

export async function showTrace(view, id) {
  document.title = `Trace ${id}`;
  let spans;
  try {
    spans = await api.trace(id);
  } catch (error) {
    if (error.status !== 404 && error.status !== 400) throw error;
    view.replaceChildren(unknown(id, error));
    return;
  }

  const trace = buildTrace(spans);
  const palette = colours(trace.services.keys());
  const waits = findWaits(trace.rows.flatMap(node => [node.start, node.end]));
  const waited = waits.reduce((sum, wait) => sum + wait.to - wait.from, 0);
  const state = { shorten: waited > (trace.end - trace.start) * SHORTEN_FROM, closed: new Set(), open: new Set(), matches: undefined };
  document.title = `${trace.root.service}: ${trace.root.name}`;
  const grid = h('div', { class: 'rows', role: 'treegrid', 'aria-label': 'Spans' });
  const axis = h('div', { class: 'axis' });
  const draw = () => {
    const scale = timeScale(trace.start, trace.end, state.shorten ? waits : []);
    const shortened = state.shorten ? waits : [];
    axis.replaceChildren(h('span', { class: 'axis-name' }, 'Service and span'), h('div', { class: 'track' }, ruler(scale, shortened)));
    drawRows(grid, trace, scale, shortened, palette, state, id);
  };
  grid.addEventListener('keydown', event => steer(event, grid, state, draw));
  view.replaceChildren(head(trace, id, palette), tools(trace, waits, waited, state, draw), h('section', { class: 'waterfall' }, axis, grid));
  draw();
  const target = location.hash.slice(1);
  const wanted = target && grid.querySelector(`[data-id="${CSS.escape(target)}"]`);
  if (wanted) toggleDetails(wanted, state, draw);
}

function unknown(id, error) {
  return h('section', { class: 'message' },
    h('h1', {}, error.status === 404 ? 'This trace is not here' : 'This is no trace id'),
    h('p', {}, h('code', {}, id)),
    error.status === 404
      ? h('p', {}, 'It was not sampled, its spans are still on their way (reload in some seconds), or newer ones took its place: the newest are kept, in memory.')
      : h('p', {}, error.message),
    h('p', {}, h('a', { href: '/zipkin/' }, 'Find traces')));
}

function head({ root, rows, start, end, errors, services }, id, palette) {
  const fact = (name, ...values) => h('div', {}, h('dt', {}, name), h('dd', {}, values));
  const depth = rows.reduce((most, node) => Math.max(most, node.depth), 0) + 1;
  return h('section', { class: 'head' },
    h('h1', {}, h('span', { class: `service ${palette.get(root.service)}` }, root.service), ' ', root.name),
    h('dl', { class: 'facts' },
      fact('Duration', duration(end - start)), fact('Spans', String(rows.length)), fact('Depth', String(depth)),
      errors > 0 && fact('Errors', h('span', { class: 'error-badge' }, String(errors))),
      fact('Began', moment(start)), fact('Trace', h('code', {}, id))),
    h('ul', { class: 'legend', 'aria-label': 'Services' },
      [...services].map(([name, count]) => h('li', { class: `chip ${palette.get(name)}` }, name, h('i', {}, ` ${count}`)))));
}

function tools(trace, waits, waited, state, draw) {
  const search = h('input', {
    type: 'search', placeholder: 'Find in names and tags', 'aria-label': 'Find in names and tags', oninput: event => {
      const words = event.target.value.trim().toLowerCase();
      state.matches = words ? new Set(trace.rows.filter(node => textOf(node).includes(words))) : undefined;
      found.textContent = state.matches ? `${state.matches.size} of ${trace.rows.length}` : '';
      draw();
    },
  });
  const found = h('output', {});
  const parents = trace.rows.filter(node => node.children.length > 0);
  return h('div', { class: 'tools' },
    search, found,
    h('span', { class: 'space' }),
    waits.length > 0 && h('label', { class: 'check' },
      h('input', { type: 'checkbox', checked: state.shorten, onchange: event => { state.shorten = event.target.checked; draw(); } }),
      h('span', {}, `shorten ${waits.length === 1 ? 'a wait' : `${waits.length} waits`} of ${duration(waited)}`)),
    h('button', { type: 'button', onclick: () => { state.closed.clear(); draw(); } }, 'Expand all'),
    h('button', { type: 'button', onclick: () => { parents.forEach(node => state.closed.add(node)); draw(); } }, 'Collapse all'));
}

const textOf = ({ service, name, span }) =>
  [service, name, span.id, ...Object.entries(span.tags ?? {}).flat()].join('\n').toLowerCase();

function ruler({ place, ticks }, waits) {
  return [
    ...ticks.map(({ share, label }) => h('span', { class: 'tick', style: { left: percent(share) } }, label)),
    ...waits.map(({ from, to }) => h('span', {
      class: 'wait-label', title: `nothing begins or ends for ${duration(to - from)}; not to scale`, style: { left: percent((place(from) + place(to)) / 2) },
    }, `⋯ ${duration(to - from)} ⋯`)),
  ];
}

function drawRows(grid, trace, scale, waits, palette, state, traceId) {
  const focused = grid.querySelector('[tabindex="0"]')?.dataset.key;
  const visible = [];
  const hidden = new Set();
  for (const node of trace.rows) {
    if (node.parent && (hidden.has(node.parent) || state.closed.has(node.parent))) hidden.add(node);
    else visible.push(node);
  }

  const elements = [];
  for (const node of visible) {
    node.key ??= String(trace.rows.indexOf(node));
    elements.push(row(node, trace, scale, waits, palette, state, grid));
    if (state.open.has(node)) elements.push(details(node, trace, traceId));
  }

  grid.replaceChildren(...elements);
  const current = grid.querySelector(`[data-key="${focused}"]`) ?? grid.firstElementChild;
  current?.setAttribute('tabindex', '0');
  const redraw = () => drawRows(grid, trace, scale, waits, palette, state, traceId);
  grid.onclick = event => {
    const element = event.target.closest('.row');
    if (!element) return;
    if (event.target.closest('.twisty')) toggle(element.node, state, redraw);
    else toggleDetails(element, state, redraw);
    focus(grid, element.dataset.key);
  };
}

function row(node, trace, { place, ticks }, waits, palette, state) {
  const isOpen = state.open.has(node);
  const isClosed = state.closed.has(node);
  const left = place(node.start);
  const width = place(node.end) - left;
  const isParent = node.children.length > 0;
  const element = h('div', {
    role: 'row', class: `row ${palette.get(node.service)}${node.error ? ' failed' : ''}${isOpen ? ' open' : ''}`
      + `${state.matches && !state.matches.has(node) ? ' dim' : ''}`,
    'data-key': node.key, 'data-id': node.span.id, tabindex: '-1', 'aria-level': node.depth + 1,
    'aria-expanded': isParent ? String(!isClosed) : undefined,
    style: { '--depth': String(Math.min(node.depth, DEPTH_MAX)), '--from': percent(left), '--length': percent(width) },
  },
    h('div', { class: 'label', role: 'gridcell', title: `${node.service}: ${node.name}` },
      h('span', { class: 'twisty', 'aria-hidden': 'true' }, isParent ? (isClosed ? '▸' : '▾') : ''),
      isClosed && h('span', { class: 'inside', title: 'spans below' }, String(node.inside)),
      h('span', { class: 'service' }, node.service), h('span', { class: `kind ${node.kind}`, title: node.kind }, ARROWS[node.kind]),
      h('span', { class: 'name' }, node.name),
      node.error && h('span', { class: 'error-badge' }, 'error'),
      node.lost && h('span', { class: 'lost', title: `its parent ${node.span.parentId} was not reported` }, 'no parent')),
    h('div', { class: 'track', role: 'gridcell' },
      ticks.map(({ share }) => h('span', { class: 'line', style: { left: percent(share) } })),
      h('span', { class: 'bar' }),
      waits.map(({ from, to }) => h('span', { class: 'wait', style: { left: percent(place(from)), width: percent(place(to) - place(from)) } })),
      (node.span.annotations ?? []).map(({ timestamp, value }) =>
        h('span', { class: 'mark', title: `${value} at ${duration(timestamp - trace.start)}`, style: { left: percent(place(timestamp)) } })),
      // The label is where there is room for it: after the bar, before it, or inside.
      h('span', { class: `took${left + width < 0.88 ? '' : left > 0.12 ? ' before' : ' within'}` }, duration(node.end - node.start))));
  element.node = node;
  return element;
}

// Which way the call goes; messages have a dashed one.
const ARROWS = { client: '→', server: '←', producer: '⇢', consumer: '⇠', internal: '·' };

function toggle(node, state, draw) {
  if (node.children.length === 0) return;
  if (!state.closed.delete(node)) state.closed.add(node);
  draw();
}

function toggleDetails({ node }, state, draw) {
  if (!state.open.delete(node)) state.open.add(node);
  draw();
}

function focus(grid, key) {
  for (const row of grid.querySelectorAll('.row[tabindex="0"]')) row.setAttribute('tabindex', '-1');
  const row = grid.querySelector(`[data-key="${key}"]`);
  row?.setAttribute('tabindex', '0');
  row?.focus({ preventScroll: false });
}

// The keys of the tree grid pattern (WAI-ARIA Authoring Practices).
function steer(event, grid, state, draw) {
  const current = event.target.closest('.row');
  if (!current || event.target !== current || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...grid.querySelectorAll('.row')];
  const at = rows.indexOf(current);
  const { node } = current;
  const isClosed = state.closed.has(node);
  const go = row => row && focus(grid, row.dataset.key);
  const change = action => { action(); focus(grid, node.key); };
  const keys = {
    ArrowDown: () => go(rows[at + 1]),
    ArrowUp: () => go(rows[at - 1]),
    Home: () => go(rows[0]),
    End: () => go(rows.at(-1)),
    ArrowRight: () => (isClosed ? change(() => toggle(node, state, draw)) : node.children.length > 0 && go(rows[at + 1])),
    ArrowLeft: () => (node.children.length > 0 && !isClosed ? change(() => toggle(node, state, draw)) : node.parent && focus(grid, node.parent.key)),
    Enter: () => change(() => toggleDetails(current, state, draw)),
    ' ': () => change(() => toggleDetails(current, state, draw)),
    Escape: () => state.open.has(node) && change(() => toggleDetails(current, state, draw)),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}
