// Who calls whom, of all traces that are kept.
import { h, percent, colours } from './dom.js';
import * as api from './api.js';

const DAY = 86400e3;

export async function showDependencies(view) {
  document.title = 'Dependencies';
  const links = (await api.dependencies(Date.now(), DAY)).sort((one, other) => one.parent.localeCompare(other.parent) || other.callCount - one.callCount);
  const palette = colours(new Set(links.flatMap(link => [link.parent, link.child])));
  const most = Math.max(...links.map(link => link.callCount), 1);
  const service = name => h('span', { class: `chip ${palette.get(name)}` }, name);
  view.replaceChildren(
    h('h1', {}, 'Who calls whom'),
    links.length === 0
      ? h('section', { class: 'message' }, h('p', {}, 'No calls between services in the traces of the last day.'))
      : h('table', { class: 'dependencies' },
        h('thead', {}, h('tr', {}, ['From', 'To', 'Calls', 'Failed'].map(name => h('th', { scope: 'col' }, name)))),
        h('tbody', {}, links.map(({ parent, child, callCount, errorCount = 0 }) => h('tr', {},
          h('td', {}, service(parent)), h('td', {}, service(child)),
          h('td', { class: 'calls' }, h('span', { class: 'bar', style: { width: percent(callCount / most * 0.7) } }), String(callCount)),
          h('td', {}, errorCount > 0 ? h('span', { class: 'error-badge' }, String(errorCount)) : '–'))))));
}
