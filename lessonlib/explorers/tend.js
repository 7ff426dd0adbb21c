// The whole script of an invisible view that only tends the controls in the box around it.
export default {
  render({ model, el }) {
    const tended = tendControls(el, `.${model.get("box_class")}`);
    return () => tended.disconnect();
  },
};
