// The playground: controls above, the network on the left, map, losses and numbers on the right.

import { element } from "../../../widgets/element.js";
import { explorer } from "../../../widgets/explorer.js";
import { palette, watchLook } from "../../../widgets/paint.js";
import { controlPanel } from "./controls.js";
import { weightFields } from "./fields.js";
import { networkView } from "./network.js";
import { lossView, mapView } from "./plots.js";

const HELP =
  "Solid orange lines are positive weights, dashed blue ones negative; wide ones are large. " +
  "Point at a line to read its weight. Choose a unit to see its map large and to read and " +
  "change its weights. Keys: Tab to the network, arrows go from unit to unit, Escape to the " +
  "output.";

// What is looked at: the unit under the pointer, else the chosen one, else the output.
function lookAt(redraw) {
  let hovered = null;
  let chosen = null;
  return {
    at: () => hovered || chosen,
    hover(at) {
      if (String(at) === String(hovered)) return;
      hovered = at;
      redraw();
    },
    choose(at) {
      hovered = null;
      chosen = at;
      redraw();
    },
    keepInside(sizes) {
      hovered = null;
      if (chosen && !(chosen[1] < sizes[chosen[0]])) chosen = null;
    },
  };
}

function playgroundView(stage, ask) {
  const view = stage.closest(".ns-view");
  const side = view.querySelector(".ns-side");
  view.classList.add("ns-playground");
  let frame = null;
  let colours = null;
  const again = () => {
    if (frame) draw(frame);
  };
  const look = lookAt(again);
  const network = networkView(stage, look);
  element("p", { class: "ns-help", text: HELP }, stage);
  const fields = weightFields(stage, ask);
  const pictures = element("div", { class: "ns-pictures" });
  side.prepend(pictures);
  const map = mapView(pictures);
  const losses = lossView(pictures);
  const above = element("div", {});
  view.prepend(above);
  const controls = controlPanel(above, ask, map.options, again);

  function draw(next) {
    frame = next;
    if (!network.board.clientWidth) return; // not on the page yet; its arrival is watched below
    colours ||= palette(view, ["train", "test"]);
    controls(frame);
    network.draw(frame, colours);
    const at = look.at() || [network.net.sizes.length - 1, 0];
    map.draw(frame, network.net, at, colours);
    losses(frame, colours);
    fields(network.net, look.at());
  }
  draw.end = watchLook(network.board, () => {
    colours = null; // the theme may be another one
    again();
  });
  return draw;
}

export default explorer(playgroundView);
