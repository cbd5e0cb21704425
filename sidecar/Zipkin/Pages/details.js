// What is known of one span.
import { h } from './dom.js';
import { duration, moment } from './time.js';
import { linksOf } from './tree.js';

export function details(node, trace, traceId) {
  const { span } = node;
  const tags = Object.entries(span.tags ?? {}).sort(([one], [other]) => Number(other === 'error') - Number(one === 'error') || one.localeCompare(other));
  const links = linksOf(span);
  return h('div', { class: 'details', role: 'row' }, h('div', { role: 'gridcell' },
    table('Span', [
      ['Began', `${duration(node.start - trace.start)} after the trace, ${moment(node.start)}`],
      ['Took', duration(node.end - node.start)],
      ['Kind', node.kind],
      ['Service', endpoint(span.localEndpoint)],
      ['Other side', endpoint(span.remoteEndpoint)],
      ['Span id', h('code', {}, span.id)],
      ['Parent', span.parentId && h('code', {}, span.parentId)],
      ['Address', h('a', { href: `/zipkin/traces/${traceId}#${span.id}` }, 'of this span')],
    ].filter(([, value]) => value)),
    tags.length > 0 && table('Tags', tags.map(([key, value]) => [key, value]), 'tags'),
    span.annotations?.length > 0
      && table('Events', span.annotations.map(({ timestamp, value }) => [duration(timestamp - trace.start), value])),
    links.length > 0 && table('Links', links.map(link => [link.key,
      h('a', { href: `/zipkin/traces/${link.traceId}#${link.spanId}` },
        link.traceId === span.traceId ? `span ${link.spanId} of this trace` : `span ${link.spanId} of trace ${link.traceId}`)]))));
}

function table(caption, lines, kind = '') {
  return h('table', { class: kind }, h('caption', {}, caption), h('tbody', {},
    lines.map(([name, value]) => h('tr', { class: name === 'error' ? 'failed' : undefined }, h('th', { scope: 'row' }, name), h('td', {}, value)))));
}

const endpoint = known => known
  && [known.serviceName, [known.ipv4 ?? known.ipv6, known.port].filter(Boolean).join(':')].filter(Boolean).join(', ');
