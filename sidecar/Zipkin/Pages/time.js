// Times: microseconds in Zipkin's JSON, words and places on the page.

export function duration(microseconds) {
  if (microseconds === 0) return '0';
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`;
  if (microseconds < 1e6) return `${digits(microseconds / 1000)} ms`;
  if (microseconds < 60e6) return `${digits(microseconds / 1e6)} s`;
  const seconds = Math.round(microseconds / 1e6);
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}

// Three digits say enough.
const digits = number => String(Number(number.toFixed(number < 10 ? 2 : number < 100 ? 1 : 0)));

export const moment = microseconds => {
  const time = new Date(microseconds / 1000);
  const two = number => String(number).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} `
    + `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`;
};

export function ago(microseconds) {
  const seconds = Math.max(0, Math.round((Date.now() - microseconds / 1000) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86400)} d ago`;
}

// "100ms", "1.5 s", "250us" or a bare number of milliseconds, in microseconds; undefined for anything else.
export function parseDuration(text) {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(us|µs|ms|s|min|m)?\s*$/.exec(text);
  const unit = { us: 1, 'µs': 1, ms: 1e3, s: 1e6, min: 60e6, m: 60e6 };
  return found ? Math.round(Number(found[1]) * unit[found[2] ?? 'ms']) : undefined;
}

// A wait is a time in which no span begins or ends: this share of the trace, and longer than work usually takes.
const WAIT_SHARE = 0.15;
const WAIT_MIN = 500_000;
const WAIT_WIDTH = 0.07;
const TICKS = 6;
const TICK_WIDTH = 0.07;

export function findWaits(moments) {
  const sorted = [...new Set(moments)].sort((one, other) => one - other);
  const total = sorted.at(-1) - sorted[0];
  return sorted.slice(1)
    .map((to, index) => ({ from: sorted[index], to }))
    .filter(({ from, to }) => to - from >= Math.max(WAIT_MIN, total * WAIT_SHARE));
}

// Places moments between 0 and 1: to scale, but for the waits that are shortened.
export function timeScale(start, end, waits) {
  const total = Math.max(1, end - start);
  const waited = waits.reduce((sum, wait) => sum + wait.to - wait.from, 0);
  const active = Math.max(1, total - waited);
  const room = 1 - waits.length * WAIT_WIDTH;
  const place = moment => {
    let share = 0;
    let reached = start;
    for (const { from, to } of waits) {
      if (moment <= from) break;
      share += (from - reached) / active * room;
      if (moment < to) return share + (moment - from) / (to - from) * WAIT_WIDTH;
      share += WAIT_WIDTH;
      reached = to;
    }
    return Math.min(1, share + Math.max(0, moment - reached) / active * room);
  };
  return { place, ticks: ticks(start, end, waits, active, place) };
}

function ticks(start, end, waits, active, place) {
  const rough = active / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough));
  const found = [];
  let from = start;
  for (const { from: until, to } of [...waits, { from: end, to: end }]) {
    const first = Math.ceil((from - start) / step) * step;
    // Counted, because a moment far ahead is a number so large that a step no longer changes it.
    for (let at = start + first, count = 0; at <= until && count <= TICKS; at = start + first + ++count * step) {
      const share = place(at);
      const isLabelled = waits.some(wait => Math.abs(share + TICK_WIDTH / 2 - (place(wait.from) + place(wait.to)) / 2) < TICK_WIDTH);
      if (!isLabelled && share < 0.96 && share - (found.at(-1)?.share ?? -1) > TICK_WIDTH) found.push({ share, label: duration(at - start) });
    }
    from = to;
  }
  return found;
}
