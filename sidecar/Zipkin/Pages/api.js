// Zipkin's v2 API, so these pages also read a real Zipkin's.

async function get(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
  const response = await fetch(`/api/v2/${path}${query.size > 0 ? `?${query}` : ''}`);
  if (!response.ok) throw Object.assign(new Error((await response.text()).trim() || response.statusText), { status: response.status });
  return response.json();
}

export const services = () => get('services');
export const spanNames = serviceName => get('spans', { serviceName });
export const traces = query => get('traces', query);
export const trace = id => get(`trace/${encodeURIComponent(id)}`);
export const dependencies = (endTs, lookback) => get('dependencies', { endTs, lookback });
