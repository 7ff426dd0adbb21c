"""JupyterLab in a real browser: what the browser tests share.

A test takes `lab_page`, writes or copies a notebook into `lab.root` and does what a person would:

    lab_page.open(lab.write("demo.ipynb", "1 + 1"))
    lab_page.run_all()
    assert not lab_page.error_outputs()

After each test the console must have been free of errors. A missing Chromium is a skip, which
LESSONLIB_REQUIRE_BROWSER=1 turns into a failure; LESSONLIB_SCREENSHOTS=FOLDER keeps pictures.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox",  # refused as root otherwise
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PATIENCE = 60_000  # milliseconds until a condition counts as not met, on a machine under load
LESSON_PATIENCE = 300_000  # the same for a whole lesson

# What JupyterLab itself writes to the console, whatever the notebook does. One reason each.
ALLOWED_ERRORS = (
    # JupyterLite's kernel, installed to build the site, finds no JupyterLite in this JupyterLab.
    "Shared module @jupyterlite/services doesn't exist",
)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.stem.endswith("_in_browser"):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"no Chromium; looked for {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Lab:
    """A running JupyterLab whose files, settings and progress lie in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.settings = folder / "settings"
        self.log = folder / "jupyter.log"
        self.root.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.token = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{port}"
        self.process = self._start(folder, port)

    def _start(self, folder: Path, port: int) -> subprocess.Popen:
        own = {
            "JUPYTER_CONFIG_DIR": folder / "config",
            "JUPYTER_DATA_DIR": folder / "data",
            "JUPYTER_RUNTIME_DIR": folder / "runtime",
            "JUPYTERLAB_SETTINGS_DIR": self.settings,
            "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
            "IPYTHONDIR": folder / "ipython",
        }
        environment = os.environ | {name: str(path) for name, path in own.items()}
        environment |= {"LESSONLIB_PROGRESS": "off", "OMP_NUM_THREADS": "1"}
        for name in ("LESSONLIB_OUTPUT", "MPLBACKEND"):  # a learner has neither
            environment.pop(name, None)
        # The homework tools' own buttons are not what is tested, and cost seconds at every start.
        pages = folder / "config" / "labconfig" / "page_config.json"
        pages.parent.mkdir(parents=True)
        pages.write_text(json.dumps({"disabledExtensions": {"@jupyter/nbgrader": True}}))
        # fmt: off
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
            "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.root}", f"--IdentityProvider.token={self.token}",
            "--ServerApp.jpserver_extensions={'nbgrader': False}",
            "--LabApp.expose_app_in_browser=True",
        ]
        # fmt: on
        with self.log.open("wb") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def wait(self) -> None:
        """Until the server answers. Raises RuntimeError with the end of its log if it does not."""
        deadline = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.api("")
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Ask the server to end, with its kernels; end it if it does not."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def api(self, path: str, method: str = "GET") -> bytes:
        """Ask the server's own interface."""
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read()

    def end_sessions(self) -> None:
        """Shut down every kernel, so that no test inherits another one's."""
        for session in json.loads(self.api("sessions")):
            self.api(f"sessions/{session['id']}", "DELETE")

    def set(self, plugin: str, **values: object) -> None:
        """Write settings of a JupyterLab plugin, such as "apputils-extension/themes"."""
        file = self.settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells and return its name."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, self.root / name)
        return name


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory) -> Iterator[Lab]:
    server = Lab(tmp_path_factory.mktemp("lab"))
    try:
        server.wait()
        server.set("apputils-extension/notification", fetchNews="false", checkForUpdates=False)
        yield server
    finally:
        server.stop()


class LabPage:
    """One browser window on a notebook. Every wait is for a condition, never for seconds."""

    def __init__(self, lab: Lab, page: Page) -> None:
        self.lab, self.page = lab, page
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        text = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error" and not any(known in text for known in ALLOWED_ERRORS):
            self.errors.append(text)

    def open(self, name: str) -> None:
        """Open a notebook in a fresh workspace and wait until its kernel is idle."""
        self.lab.set("apputils-extension/themes", theme="JupyterLab Light")
        self.page.set_viewport_size({"width": 1280, "height": 1000})
        place = f"{self.lab.url}/lab/workspaces/w{secrets.token_hex(4)}/tree/{name}"
        self.page.goto(f"{place}?token={self.lab.token}")
        self.wait_idle()

    def look(self, *, dark: bool = False, width: int = 1280) -> None:
        """Switch JupyterLab's theme and the width of the window."""
        theme = "JupyterLab Dark" if dark else "JupyterLab Light"
        self.command("apputils:change-theme", theme=theme)
        light = "false" if dark else "true"
        self.page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")
        self.page.set_viewport_size({"width": width, "height": 1000})

    def wait_idle(self) -> None:
        """Until the notebook is on the page and its kernel has nothing to do."""
        self.page.wait_for_function(
            """() => {
                const context = window.jupyterapp?.shell.currentWidget?.context;
                return context?.isReady && context.sessionContext.isReady
                    && context.sessionContext.session?.kernel?.status === "idle"
                    && document.querySelector(".jp-Notebook .jp-Cell .jp-InputArea-prompt");
            }"""
        )

    def command(self, name: str, **values: object) -> None:
        """Start one of JupyterLab's commands; wait for what it should bring about."""
        run = "([name, values]) => void window.jupyterapp.commands.execute(name, values)"
        self.page.evaluate(run, [name, values])

    def run_all(self) -> None:
        """Clear all outputs, run every cell, and wait until the last has answered or one fails."""
        self.command("notebook:clear-all-cell-outputs")
        self.until(lambda: self._counts() == set(), "all outputs to be cleared")
        self.command("notebook:run-all-cells")
        self.until(
            lambda: None not in self._counts(of_all=True) or self.error_outputs() != [],
            "all cells to have run",
            LESSON_PATIENCE,
        )
        self.wait_idle()

    def _counts(self, of_all: bool = False) -> set[int | None]:
        """Execution counts of the code cells that have one, or of all that are not empty."""
        counts = [c["execution_count"] for c in self._code_cells() if "".join(c["source"]).strip()]
        return set(counts) if of_all else set(counts) - {None}

    def _code_cells(self) -> list[dict]:
        cells = self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.model.sharedModel.toJSON().cells"
        )
        return [cell for cell in cells if cell["cell_type"] == "code"]

    def run_cell(self, index: int) -> str:
        """Run one cell and return the text of its outputs."""
        prompt = self.cell(index).locator(".jp-InputArea-prompt")
        before = prompt.inner_text()
        prompt.click()
        self.command("notebook:run-cell")
        done = re.compile(r"\[\d+\]:")
        self.until(
            lambda: (now := prompt.inner_text()) != before and done.fullmatch(now.strip()),
            f"cell {index} to have run",
        )
        self.wait_idle()
        return "\n".join(self.cell(index).locator(".jp-OutputArea-output").all_inner_texts())

    def cell(self, index: int) -> Locator:
        """The cell with this index."""
        return self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')

    def set_cell(self, index: int, source: str) -> None:
        """Replace what a cell says."""
        self.page.evaluate(
            "([index, source]) => window.jupyterapp.shell.currentWidget.content"
            ".widgets[index].model.sharedModel.setSource(source)",
            [index, source],
        )

    def run_often(self, index: int, times: int) -> None:
        """Run one cell again and again, each time after its view has come onto the page."""
        self.page.evaluate(
            """async ([index, times]) => {
                const { commands, shell } = window.jupyterapp;
                const book = shell.currentWidget.content;
                const frame = () => new Promise(requestAnimationFrame);
                for (let run = 0; run < times; run++) {
                    book.activeCellIndex = index;
                    await commands.execute("notebook:run-cell");
                    do await frame();
                    while (book.activeCell.node.textContent.includes("Loading widget"));
                    await frame();
                }
            }""",
            [index, times],
        )
        self.wait_idle()

    def models(self) -> int:
        """How many widgets the page holds, whether they are on show or not."""
        return self.page.evaluate(
            """async () => {
                const mimeType = "application/vnd.jupyter.widget-view+json";
                const { rendermime } = window.jupyterapp.shell.currentWidget.content;
                const view = rendermime.getFactory(mimeType).createRenderer({ mimeType });
                const manager = await view._manager.promise;
                view.dispose();
                return Object.keys(manager._models).length;
            }"""
        )

    def save(self) -> dict:
        """Save the notebook; what is then in its file."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        path = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
        return json.loads((self.lab.root / path).read_text())

    def error_outputs(self) -> list[str]:
        """Every error, and everything written to stderr, in the notebook."""
        outputs = [output for cell in self._code_cells() for output in cell["outputs"]]
        return [
            str(output.get("evalue") or output.get("text"))
            for output in outputs
            if output["output_type"] == "error" or output.get("name") == "stderr"
        ]

    def press(self, target: Locator, *keys: str) -> None:
        """Focus something and press keys."""
        target.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def until(self, changed: Callable[[], bool], what: str, patience: int = PATIENCE) -> None:
        """Wait until something is true. Raises AssertionError saying what was waited for."""
        deadline = time.monotonic() + patience / 1000
        while not changed():
            assert time.monotonic() < deadline, f"waited for: {what}"
            self.page.wait_for_timeout(50)

    def findings(self, selector: str) -> list[str]:
        """What axe-core calls serious or critical inside the selector."""
        result = Axe().run(self.page, context=selector)
        return [
            f"{finding['id']}: {finding['help']}: {finding['nodes'][0]['html'][:200]}"
            for finding in result.response["violations"]
            if finding["impact"] in ("serious", "critical")
        ]

    def screenshot(self, name: str) -> None:
        """Keep a picture of the window, if LESSONLIB_SCREENSHOTS names a folder."""
        folder = os.environ.get("LESSONLIB_SCREENSHOTS")
        if folder:
            self.page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.fixture
def lab_page(browser, lab) -> Iterator[LabPage]:
    """A new window; when the test is over its console must have been free of errors."""
    context = browser.new_context()
    page = LabPage(lab, context.new_page())
    yield page
    context.close()
    lab.end_sessions()
    assert not page.errors, "the browser's console shows errors:\n" + "\n".join(page.errors)


class ExplorerView:
    """An explorer on the page: its numbers, its pixels, its controls."""

    def __init__(self, lab_page: LabPage) -> None:
        self.lab_page = lab_page
        self.box = lab_page.page.locator(".ns-explorer")
        self.box.locator(".ns-stage").wait_for()
        self.box.locator(".ns-stage").scroll_into_view_if_needed()

    def numbers(self) -> dict[str, str]:
        """The read-outs by name."""
        pairs = self.box.locator(".ns-readouts > div").all()
        return {p.locator("dt").inner_text(): p.locator("dd").inner_text() for p in pairs}

    def pixels(self) -> bytes:
        """What the drawing looks like now."""
        return self.box.locator(".ns-stage").screenshot()

    def control(self, label: str) -> Locator:
        """The control with this label."""
        return self.box.get_by_label(label, exact=True)

    def button(self, name: str) -> Locator:
        """The button with these words."""
        return self.box.get_by_role("button", name=name, exact=True)

    def cut_off(self) -> list[str]:
        """What reaches out of the output on the right; drawings clip themselves."""
        return self.box.evaluate(
            """box => {
                const edge = box.closest(".jp-OutputArea-output").getBoundingClientRect().right;
                return [...box.querySelectorAll("*:not(svg *)")]
                    .filter(node => node.getBoundingClientRect().right > edge + 1)
                    .map(node => node.outerHTML.slice(0, 100));
            }"""
        )

    def press_play_and_expect_change(self) -> None:
        """Play by keyboard: numbers and pixels change; pause: they no longer do."""
        numbers, pixels = self.numbers(), self.pixels()
        self.lab_page.press(self.button("Play"), "Space")
        self.lab_page.until(lambda: self.numbers() != numbers, "the numbers to change")
        self.lab_page.until(lambda: self.pixels() != pixels, "the pixels to change")
        if self.button("Pause").count():  # it may have come to its end
            self.lab_page.press(self.button("Pause"), "Space")
        self.button("Play").wait_for()

    def expect_readable(self, name: str) -> None:
        """Nothing cut off, no serious finding, light and dark, narrow and wide; with pictures."""
        for dark in (False, True):
            for width in (1280, 1600):
                self.lab_page.look(dark=dark, width=width)
                self.lab_page.screenshot(f"{name}_{'dark' if dark else 'light'}_{width}")
                assert self.cut_off() == []
            assert self.lab_page.findings(".ns-explorer") == []


@pytest.fixture
def explorer_view(lab_page) -> Callable[[], ExplorerView]:
    """A function that waits for the explorer on the page."""
    return lambda: ExplorerView(lab_page)


@pytest.fixture
def opened(request, lab, lab_page, explorer_view) -> Callable[[], ExplorerView]:
    """A function that runs the test module's CELLS as a notebook and waits for the explorer."""

    def open_notebook() -> ExplorerView:
        lab_page.open(lab.write("explorer.ipynb", *request.module.CELLS))
        lab_page.run_all()
        return explorer_view()

    return open_notebook
