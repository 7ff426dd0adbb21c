"""The playground as a person meets it: keyboard, mouse, play, comparison, the cell run again."""

import statistics
from itertools import pairwise

import pytest

pytestmark = pytest.mark.exhaustive

CELLS = (
    "from lessonlib.explorers import PlaygroundExplorer",
    "explorer = PlaygroundExplorer()\nexplorer",
    "6 * 7, explorer.model.epochs",
)
FEWEST_FRAMES = 8  # per second, on a machine under load; an idle one gives 30

# The times at which the read-out of the epoch changed, over three seconds.
FRAME_TIMES = """() => new Promise(done => {
    const times = [];
    const watch = new MutationObserver(() => times.push(performance.now()));
    watch.observe(document.querySelector(".ns-readouts dd"), {
        childList: true, characterData: true, subtree: true,
    });
    setTimeout(() => { watch.disconnect(); done(times); }, 3000);
})"""


@pytest.fixture
def opened(opened):
    """The playground in an open notebook, its units drawn."""

    def open_notebook():
        view = opened()
        view.box.locator(".ns-unit.ns-seen").wait_for()
        return view

    return open_notebook


def epoch(view):
    return int(view.numbers()["epoch"].replace(",", ""))


def unfold(view):
    view.lab_page.press(view.box.locator("summary"), "Enter")
    view.button("Keep this run").wait_for()


def test_every_control_obeys_the_keyboard(opened, lab_page):
    view = opened()
    numbers, pixels = view.numbers(), view.pixels()
    lab_page.press(view.button("Step"), "Enter")
    lab_page.until(lambda: epoch(view) == 41, "one epoch more")
    assert view.pixels() != pixels
    lab_page.press(view.control("Data"), "Home")
    lab_page.until(lambda: epoch(view) == 0, "the circle's data")

    assert not view.button("Keep this run").is_visible()
    unfold(view)
    noise = view.control("Noise")
    lab_page.press(noise, "ArrowRight", "ArrowRight")
    lab_page.until(lambda: noise.get_attribute("aria-valuetext") == "0.25", "the noise")
    lab_page.press(view.control("sin x₁"), "Space")
    lab_page.until(lambda: view.numbers()["parameters"] == "113", "a third input")
    lab_page.press(view.control("Units of layer 1"), "ArrowDown")
    lab_page.until(lambda: view.numbers()["parameters"] == "101", "one unit fewer")
    lab_page.press(view.button("Add a hidden layer of 4 units"), "Enter")
    lab_page.until(lambda: view.box.locator(".ns-head").count() == 5, "a third layer")
    lab_page.press(view.button("Remove the last hidden layer"), "Enter")
    lab_page.until(lambda: view.box.locator(".ns-head").count() == 4, "two layers again")
    lab_page.press(view.control("Penalty"), "End")
    lab_page.until(lambda: "L2 penalty" in view.numbers(), "the penalty")
    lab_page.press(view.control("Learning rate"), "ArrowDown")
    lab_page.press(view.control("Batch size"), "ArrowRight")
    lab_page.press(view.control("Activation"), "ArrowDown")
    lab_page.until(lambda: "relu, rate 0.3" in view.box.inner_html(), "rate and activation")
    lab_page.press(view.button("Step"), "Enter")
    lab_page.until(lambda: epoch(view) == 1, "an epoch with all this")
    assert view.numbers()["training loss"] != numbers["training loss"]
    lab_page.set_cell(2, "s = explorer.settings; s.noise, s.hidden, s.batch, s.lr, s.features")
    assert "(0.25, (7, 8), 11, 0.3, ('x1', 'x2', 'sin(x1)'))" in lab_page.run_cell(2)
    assert view.box.get_by_role("alert").inner_text() == ""


def test_units_show_their_map_and_weights_by_key_and_by_mouse(opened, lab_page):
    view = opened()
    output = view.box.locator(".ns-map").get_attribute("aria-label")
    assert output.startswith("Map of the output")
    assert view.box.locator(".ns-field").count() == 0
    unit = view.box.get_by_role("button", name="unit 1.3, weights from x₁")
    unit.hover()
    fields = view.box.locator(".ns-field")
    lab_page.until(lambda: fields.count() == 3, "its two weights and its bias")
    assert view.box.locator(".ns-map").get_attribute("aria-label").startswith("Map of the unit 1.3")
    lab_page.page.mouse.move(5, 5)
    lab_page.until(lambda: fields.count() == 0, "the output again")

    # by keyboard: Tab goes to the network once, arrows go on inside it
    stop = view.box.locator(".ns-unit[tabindex='0']")
    lab_page.press(stop, "ArrowLeft", "ArrowLeft", "ArrowDown")
    lab_page.until(lambda: "Weights into unit 1.2" in view.box.inner_text(), "unit 1.2")
    words = lab_page.page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    assert words.startswith("unit 1.2, weights from x₁ ")
    lab_page.page.keyboard.press("Tab")
    lab_page.page.keyboard.type("2.5")
    lab_page.page.keyboard.press("Enter")
    lab_page.set_cell(2, "float(explorer.network[0].weight.data[1, 0])")
    lab_page.until(lambda: "x₁ 2.50" in view.box.inner_html(), "the weight to be taken")
    assert "2.5" in lab_page.run_cell(2)


def test_a_line_under_the_pointer_tells_its_weight(opened, lab_page):
    view = opened()
    first, second = (view.box.locator(".ns-unit").nth(k).bounding_box() for k in (0, 2))
    tip = view.box.locator(".ns-tip")
    x = (first["x"] + 36 + second["x"]) / 2
    for step in range(60):  # down through the bundle of lines until one is met
        lab_page.page.mouse.move(x, second["y"] + 5 * step)
        if tip.is_visible():
            break
    words = tip.inner_text()
    assert words.startswith(("x₁ → unit 1.", "x₂ → unit 1."))
    assert words.split(": ")[1].replace("−", "-").replace(".", "").lstrip("-").isdigit()


def test_it_plays_while_cells_run_and_running_its_cell_again_stops_the_old_one(opened, lab_page):
    view = opened()
    view.press_play_and_expect_change()
    paused = epoch(view)
    view.button("Play").click()
    lab_page.until(lambda: epoch(view) > paused + 20, "twenty epochs")
    answer = lab_page.run_cell(2)
    assert "42" in answer  # a cell runs while it plays
    seen = epoch(view)
    lab_page.until(lambda: epoch(view) > seen, "the play to go on")
    lab_page.page.evaluate("() => { window.old = document.querySelector('.ns-explorer'); }")
    lab_page.run_cell(1)
    lab_page.page.wait_for_function("() => !window.old.isConnected")
    lab_page.until(lambda: view.box.count() == 1, "one explorer")
    assert view.numbers()["epoch"] == "40"
    assert view.button("Pause").count() == 0
    assert "(42, 40)" in lab_page.run_cell(2)


def test_runs_are_kept_repeated_stored_and_put_back(opened, lab_page):
    view = opened()
    numbers = view.numbers()
    unfold(view)
    view.button("Keep this run").click()
    lab_page.until(lambda: "run 1: spirals, 2-8-8-1 tanh" in view.box.inner_text(), "the ghost")
    lab_page.set_cell(2, "state = explorer.state; explorer.set(data='gauss', lr=0.05)")
    lab_page.run_cell(2)
    lab_page.until(lambda: view.control("Data").input_value() == "gauss", "the menu to follow")
    assert view.control("Learning rate").input_value() == "0.05"
    lab_page.set_cell(2, "explorer.state = state")
    lab_page.run_cell(2)
    lab_page.until(lambda: view.numbers() == numbers, "the stored run")
    view.button("Reset").click()
    lab_page.until(lambda: epoch(view) == 0, "the beginning")
    lab_page.set_cell(2, "explorer.step(40)")
    lab_page.run_cell(2)
    lab_page.until(lambda: view.numbers() == numbers, "the same numbers from the same seed")
    view.button("Forget kept runs").click()
    lab_page.until(lambda: "run 1" not in view.box.inner_text(), "no ghost")


def test_divergence_is_said_and_play_starts_again(opened, lab_page):
    view = opened()
    lab_page.set_cell(2, "explorer.set(activation='linear', lr=30.0)")
    lab_page.run_cell(2)
    view.button("Play").click()
    lab_page.until(lambda: "Training diverged" in view.box.inner_text(), "the sentence")
    view.button("Play").wait_for()
    assert view.numbers()["test loss"] == "not a number"
    unfold(view)
    lab_page.press(view.control("Learning rate"), "Home")
    view.button("Play").click()
    lab_page.until(lambda: view.numbers()["test loss"] != "not a number", "a number")
    view.button("Pause").wait_for()


def test_frames_come_fast_enough_to_be_a_film(opened, lab_page, record_property):
    view = opened()
    view.button("Play").click()
    view.button("Pause").wait_for()
    times = lab_page.page.evaluate(FRAME_TIMES)
    rate = 1000 / statistics.median(later - earlier for earlier, later in pairwise(times))
    record_property("frames_per_second", round(rate, 1))
    print(f"{rate:.1f} frames a second (median), {len(times) / 3:.1f} (mean)")
    assert rate >= FEWEST_FRAMES


def test_it_is_readable_in_both_themes(opened, lab_page):
    view = opened()
    view.expect_readable("playground_start")
    unfold(view)
    view.button("Keep this run").click()
    for label in ("x₁²", "sin x₂"):
        view.control(label).click()
    view.button("Add a hidden layer of 4 units").click()
    view.control("Show test points").click()
    view.button("Step").click()
    lab_page.until(lambda: epoch(view) == 1, "the new network")
    view.box.get_by_role("button", name="unit 2.3,").focus()
    view.expect_readable("playground_more")


def test_reduced_motion_gives_one_large_step_a_second(opened, lab_page):
    lab_page.page.emulate_media(reduced_motion="reduce")
    view = opened()
    view.button("Play").click()
    lab_page.until(lambda: epoch(view) >= 100, "two frames")
    view.button("Pause").click()
    view.button("Play").wait_for()
    assert (epoch(view) - 40) % 30 == 0  # 30 epochs a second, in one frame
    assert lab_page.page.evaluate("() => document.getAnimations().length") == 0
