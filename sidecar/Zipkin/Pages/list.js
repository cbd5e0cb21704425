// The list of traces, with its filter. The address holds the filter, in the words of Zipkin's own page.
import { h, percent, colours } from './dom.js';
import * as api from './api.js';
import { ago, duration, moment, parseDuration } from './time.js';
import { buildTrace } from './tree.js';

const LOOKBACKS = [['5m', '5 minutes'], ['15m', '15 minutes'], ['1h', 'hour'], ['6h', '6 hours'], ['1d', 'day']];
const MILLISECONDS = { '5m': 300e3, '15m': 900e3, '1h': 3600e3, '6h': 21600e3, '1d': 86400e3 };
const LIMITS = ['10', '25', '50', '100', '250'];
const DEFAULTS = { lookback: '1h', limit: '25' };

export async function showList(view) {
  document.title = 'Traces';
  const asked = { ...DEFAULTS, ...Object.fromEntries(new URLSearchParams(location.search)) };
  const services = await api.services();
  const names = asked.serviceName ? await api.spanNames(asked.serviceName) : [];
  const results = h('div', { id: 'results', 'aria-live': 'polite' });
  const form = filter(asked, services, names);
  const run = () => search(form, results);
  form.addEventListener('submit', event => {
    event.preventDefault();
    run();
  });
  form.addEventListener('change', async event => {
    if (event.target.name === 'serviceName') {
      const found = event.target.value ? await api.spanNames(event.target.value) : [];
      form.elements.spanName.replaceChildren(...options(['', ...found], '', 'any'));
    }
    run();
  });
  view.replaceChildren(h('h1', { class: 'unseen' }, 'Find traces'), form, results);
  await run();
}

function filter(asked, services, names) {
  const field = (label, control, kind = '') => h('label', { class: kind }, h('span', {}, label), control);
  const select = (name, values, none) => h('select', { name }, options(values, asked[name] ?? '', none));
  return h('form', { class: 'filter', 'aria-label': 'Filter' },
    field('Service', select('serviceName', ['', ...services], 'any')),
    field('Span name', select('spanName', ['', ...names], 'any'), 'wide'),
    field('At least', h('input', { name: 'minDuration', size: 7, value: asked.minDuration ?? '', placeholder: '100ms', autocomplete: 'off' })),
    field('Tags', h('input', { name: 'annotationQuery', value: asked.annotationQuery ?? '', placeholder: 'http.route=/orders and error', autocomplete: 'off', spellcheck: 'false' }), 'wide'),
    field('Of the last', h('select', { name: 'lookback' }, LOOKBACKS.map(([value, text]) => option(value, text, asked.lookback)))),
    field('At most', h('select', { name: 'limit' }, LIMITS.map(value => option(value, value, asked.limit)))),
    h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'errors', checked: asked.errors === 'on' }), h('span', {}, 'errors only')),
    h('button', { type: 'submit' }, 'Find'));
}

const option = (value, text, chosen) => h('option', { value, selected: value === chosen }, text);
const options = (values, chosen, none) => values.map(value => option(value, value || none, chosen));

async function search(form, results) {
  const asked = Object.fromEntries([...new FormData(form)].map(([name, text]) => [name, text.trim()]).filter(([, text]) => text));
  const microseconds = asked.minDuration ? parseDuration(asked.minDuration) : undefined;
  const wrong = asked.minDuration && !microseconds;
  form.elements.minDuration.setCustomValidity(wrong ? 'A time such as 250us, 100ms or 1.5s' : '');
  if (!form.reportValidity()) return;
  const shown = Object.fromEntries(Object.entries(asked).filter(([name, text]) => text !== DEFAULTS[name]));
  history.replaceState(null, '', `/zipkin/${Object.keys(shown).length > 0 ? `?${new URLSearchParams(shown)}` : ''}`);
  const { errors, annotationQuery, ...rest } = asked;
  const found = await api.traces({
    ...rest,
    annotationQuery: [annotationQuery, errors && 'error'].filter(Boolean).join(' and '),
    minDuration: microseconds,
    lookback: MILLISECONDS[asked.lookback] ?? MILLISECONDS['1h'],
  });
  const traces = found.filter(spans => spans.length > 0).map(spans => ({ id: spans[0].traceId, ...buildTrace(spans) }));
  const isFiltered = Object.keys(shown).some(name => name !== 'limit');
  results.replaceChildren(...(traces.length > 0 ? list(traces) : [nothing(isFiltered)]));
}

const nothing = isFiltered => h('section', { class: 'message' },
  h('h2', {}, isFiltered ? 'No trace matches' : 'No traces yet'),
  isFiltered
    ? h('p', {}, 'Ask for less: another service, a longer time, a shorter duration.')
    : h('p', {}, 'Place an order, then look again: ', h('code', {}, 'dotnet run --project cli -- place')));

function list(traces) {
  const longest = Math.max(...traces.map(trace => trace.end - trace.start), 1);
  const palette = colours(new Set(traces.flatMap(trace => [...trace.services.keys()])));
  return [
    h('p', { class: 'count' }, `${traces.length} ${traces.length === 1 ? 'trace' : 'traces'}, latest first`),
    h('ol', { class: 'traces' }, traces.map(trace => h('li', {}, row(trace, longest, palette)))),
  ];
}

function row({ id, root, start, end, rows, errors, services }, longest, palette) {
  return h('a', { href: `/zipkin/traces/${id}`, class: errors ? 'trace failed' : 'trace' },
    h('span', { class: 'what' },
      h('span', { class: `service ${palette.get(root.service)}` }, root.service), ' ', h('span', { class: 'name' }, root.name),
      errors > 0 && h('span', { class: 'error-badge' }, errors === 1 ? '1 error' : `${errors} errors`)),
    h('span', { class: 'when', title: moment(start) }, ago(start)),
    h('span', { class: 'length' }, h('span', { class: 'bar', style: { width: percent((end - start) / longest) } }), h('b', {}, duration(end - start))),
    h('span', { class: 'who' },
      h('span', { class: 'spans' }, `${rows.length} ${rows.length === 1 ? 'span' : 'spans'}`),
      [...services].map(([name, count]) => h('span', { class: `chip ${palette.get(name)}` }, name, h('i', {}, ` ${count}`)))));
}
