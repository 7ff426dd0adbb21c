// A row with a word, a bar from 0 to 1 and a number; `look` begins the names of its classes.

import { element, set } from "./element.js";

export function barRow(parent, look) {
  const row = element("div", { class: `${look}-row` }, parent);
  element("span", { class: `${look}-word` }, row);
  element("span", { class: `${look}-fill` }, element("span", { class: `${look}-track` }, row));
  element("span", { class: `${look}-number` }, row);
  return row;
}

export function showBar(row, word, share, number) {
  const [name, track, value] = row.children;
  set(name, { text: word });
  track.firstChild.style.width = `${100 * share}%`;
  set(value, { text: number });
}
