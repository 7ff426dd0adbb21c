// A square drawing of a plane whose points are dragged and moved by arrow keys.

import { set } from "./element.js";
import { ARROWS } from "./keys.js";
import { clamp } from "./numbers.js";
import { shareOf } from "./pointer.js";

// `middle` and `edge` (from there to the border) say what is on show; points stay within `reach`.
export class Plane {
  constructor(svg, side) {
    Object.assign(this, { svg, side, middle: [0, 0], edge: 1, reach: 1 });
  }

  toX(x) {
    return (this.side / 2) * (1 + (x - this.middle[0]) / this.edge);
  }

  toY(y) {
    return (this.side / 2) * (1 - (y - this.middle[1]) / this.edge);
  }

  hold([x, y]) {
    const [a, b] = this.middle;
    return [clamp(x, a - this.reach, a + this.reach), clamp(y, b - this.reach, b + this.reach)];
  }

  // The point of the plane under the pointer.
  at(event) {
    const [u, v] = shareOf(this.svg, event);
    const [a, b] = this.middle;
    return this.hold([a + this.edge * (2 * u - 1), b + this.edge * (1 - 2 * v)]);
  }

  // The point that an arrow key reaches from [x, y] in a step of `share` of the reach.
  nudged([x, y], key, share) {
    const [right, down] = ARROWS[key];
    return this.hold([x + right * share * this.reach, y - down * share * this.reach]);
  }

  place(node, [x, y]) {
    set(node, { transform: `translate(${this.toX(x)} ${this.toY(y)})` });
  }
}
