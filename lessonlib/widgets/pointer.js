// Mouse, finger and pen: `shareOf` is where they are in a node, `onDrag` follows them.

// [0, 0] in the upper left corner of the node, [1, 1] in the lower right one.
export function shareOf(node, event) {
  const box = node.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

// `grab` says whether the pointer has taken hold of something; then `move` follows it until `drop`.
export function onDrag(node, { grab, move, drop = () => {} }) {
  let held = false;
  node.addEventListener("pointerdown", (event) => {
    if (!grab(event)) return;
    held = true;
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", (event) => {
    if (held) move(event);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    node.addEventListener(name, () => {
      held = false;
      drop();
    });
  }
}
