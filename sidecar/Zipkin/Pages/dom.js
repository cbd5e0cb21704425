// Makes elements. Texts become text nodes and nothing else, so data is never read as HTML.

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name === 'style') for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== undefined && child !== null && child !== false));
  return element;
}

export const percent = share => `${(share * 100).toFixed(3)}%`;

// A colour per service: by its name, so that it is the same in every trace; the next free one where two names meet in one trace.
const COLOURS = 12;

export function colours(services) {
  const taken = new Map();
  const used = new Set();
  for (const name of [...services].sort()) {
    let place = [...name].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) >>> 0, 7) % COLOURS;
    for (let tries = 0; used.has(place) && tries < COLOURS; tries++) place = (place + 1) % COLOURS;
    used.add(place);
    taken.set(name, `c${place}`);
  }
  return taken;
}
