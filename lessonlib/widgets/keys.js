// Keys: `ARROWS` are steps to the right and down, `along` walks in a row of places, `hasModifier`
// tells the keys that belong to the browser.

import { clamp } from "./numbers.js";

export const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

// Where a key leads from place `at` of a row, undefined for a key that leads nowhere.
// `steps` may name further keys, as in { ArrowUp: -8 }.
export function along(key, at, [first, last], steps = {}) {
  const places = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: first, End: last };
  const place = key in steps ? at + steps[key] : places[key];
  return place === undefined ? undefined : clamp(place, first, last);
}
