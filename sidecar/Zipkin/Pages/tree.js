// The tree of a trace, with what its rows show.

const MESSAGING = { PRODUCER: 'producer', CONSUMER: 'consumer', CLIENT: 'client', SERVER: 'server' };

export function buildTrace(spans) {
  const nodes = spans.map(span => ({
    span,
    service: span.localEndpoint?.serviceName ?? 'unknown',
    name: span.name ?? 'unknown',
    kind: MESSAGING[span.kind] ?? 'internal',
    error: span.tags?.error !== undefined,
    start: span.timestamp ?? 0,
    end: (span.timestamp ?? 0) + (span.duration ?? 0),
    children: [],
  }));
  const own = new Map(nodes.filter(node => !node.span.shared).map(node => [node.span.id, node]));
  const servers = new Map(nodes.filter(node => node.span.shared).map(node => [node.span.id, node]));
  const roots = [];
  for (const node of nodes) {
    const { shared, id, parentId } = node.span;
    // A server that shares its client's id is below it; what the server did is below the server.
    const server = servers.get(parentId);
    const parent = shared
      ? own.get(id) ?? own.get(parentId)
      : server?.service === node.service ? server : own.get(parentId) ?? server;
    node.lost = parentId !== undefined && !parent;
    if (parent && parent !== node && !isBelow(parent, node)) {
      node.parent = parent;
      parent.children.push(node);
    } else {
      roots.push(node);
    }
  }

  // Spans without a time stand where their parent does.
  const known = nodes.filter(node => node.start > 0);
  const start = known.length > 0 ? known.reduce((least, node) => Math.min(least, node.start), Infinity) : 0;
  const rows = [];
  const waiting = order(roots).map(node => [node, 0]).reverse();
  while (waiting.length > 0) {
    const [node, depth] = waiting.pop();
    node.depth = depth;
    if (node.start === 0) node.start = node.end = node.parent?.start ?? start;
    node.inside = 0;
    rows.push(node);
    for (const child of order(node.children).reverse()) waiting.push([child, depth + 1]);
  }

  for (const node of [...rows].reverse()) if (node.parent) node.parent.inside += node.inside + 1;
  const end = rows.reduce((most, node) => Math.max(most, node.end), start);
  return { rows, start, end, root: rows[0], errors: rows.filter(node => node.error).length, services: countServices(rows) };
}

export function countServices(nodes) {
  const counts = new Map();
  for (const { service } of nodes) counts.set(service, (counts.get(service) ?? 0) + 1);
  return new Map([...counts].sort(([one, ones], [other, others]) => others - ones || one.localeCompare(other)));
}

// Which traces a span names besides its own: Zipkin's format has no links, so they are told by tags that hold a traceparent.
export function linksOf(span) {
  return Object.entries(span.tags ?? {}).flatMap(([key, text]) =>
    [...text.matchAll(/\b00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}\b/g)].map(([, traceId, spanId]) => ({ key, traceId, spanId })));
}

const order = nodes => nodes.sort((one, other) => one.start - other.start || one.end - other.end);

function isBelow(node, other) {
  for (let above = node; above; above = above.parent) if (above === other) return true;
  return false;
}
