// Which view an address shows. Addresses are those of Zipkin's own pages.
import { h } from './dom.js';
import { showList } from './list.js';
import { showTrace } from './trace.js';
import { showDependencies } from './dependencies.js';

const view = document.getElementById('view');

async function show() {
  const path = location.pathname.replace(/\/$/, '');
  const traceId = /^\/zipkin\/traces\/([^/]+)$/.exec(path)?.[1];
  const current = path === '/zipkin/dependency' ? 'dependencies' : 'list';
  for (const link of document.querySelectorAll('nav [data-view]')) {
    if (link.dataset.view === current && !traceId) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }

  try {
    if (traceId) await showTrace(view, decodeURIComponent(traceId));
    else if (path === '/zipkin/dependency') await showDependencies(view);
    else if (path === '/zipkin') await showList(view);
    else view.replaceChildren(h('section', { class: 'message' }, h('h1', {}, 'There is no such page'), h('p', {}, h('a', { href: '/zipkin/' }, 'Find traces'))));
  } catch (error) {
    view.replaceChildren(h('section', { class: 'message', role: 'alert' },
      h('h1', {}, 'The traces cannot be read'), h('p', {}, error.message), h('p', {}, 'Is the sidecar still running? Spans are kept in its memory, and end with it.')));
  }
}

document.querySelector('.goto').addEventListener('submit', event => {
  event.preventDefault();
  const id = new FormData(event.target).get('id').trim().toLowerCase();
  if (id) location.assign(`/zipkin/traces/${encodeURIComponent(id)}`);
});
window.addEventListener('popstate', show);
show();
