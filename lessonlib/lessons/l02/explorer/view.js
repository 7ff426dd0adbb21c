// The playground: controls above, the network on the left, map, losses and numbers on the right.

const NETWORK_HELP =
  "Solid orange lines are positive weights, dashed blue ones negative; wide ones are large. Point at a line to " +
  "read its weight. Choose a unit to see its map large and to read and change its weights. Keys: Tab to the " +
  "network, arrows go from unit to unit, Escape to the output.";

// What is looked at: the unit under the pointer, else the chosen one, else the output.
function lookAt(redraw) {
  let hovered = null;
  let chosen = null;
  const same = (a, b) => String(a) === String(b);
  return {
    at: () => hovered || chosen,
    hover(at) {
      if (same(at, hovered)) return;
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
  element("p", { class: "ns-help", text: NETWORK_HELP }, stage);
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
    if (!network.board.clientWidth) return; // not on the page yet; the observer below sees its arrival
    colours ||= palette(view);
    controls(frame);
    network.draw(frame, colours);
    const at = look.at() || [network.net.sizes.length - 1, 0];
    map.draw(frame, network.net, at, colours);
    losses(frame, colours);
    fields(network.net, look.at());
  }
  const resized = new ResizeObserver(again);
  resized.observe(network.board);
  const themed = new MutationObserver(() => {
    colours = null;
    again();
  });
  themed.observe(document.body, { attributeFilter: ["data-jp-theme-name"] });
  draw.end = () => {
    resized.disconnect();
    themed.disconnect();
  };
  return draw;
}

export default explorer(playgroundView);
