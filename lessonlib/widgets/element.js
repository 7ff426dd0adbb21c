// Nodes of the page: `element` makes one, `set` changes its attributes, `eachChild` keeps one child
// for each item of a list; `OWN_KEYS` keeps JupyterLab's shortcuts away from a node.

// JupyterLab answers keys with its own shortcuts, unless the focused node carries this mark.
export const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

// A name such as "svg:path" makes a node of a drawing. The attribute `text` is the node's words.
export function element(name, attributes = {}, parent = null) {
  const node = name.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4))
    : document.createElement(name);
  set(node, attributes);
  if (parent) parent.append(node);
  return node;
}

// Writes only what has changed, so that nothing else is laid out or spoken again.
export function set(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    const text = String(value);
    if (key === "text") {
      if (node.textContent !== text) node.textContent = text;
    } else if (node.getAttribute(key) !== text) node.setAttribute(key, text);
  }
}

// Children that are missing are made, those that are too many removed, and all are updated.
export function eachChild(parent, items, make, update) {
  while (parent.children.length > items.length) parent.lastChild.remove();
  items.forEach((item, k) => update(parent.children[k] ?? make(k), item, k));
}
