"""Settings that must hold wherever pytest looks for tests, the notebooks included."""

import os
from collections.abc import Generator

import pytest

pytest_plugins = ["notebook_limits", "lab_browser", "sharing_out"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a skipped browser test a failed one where a browser must be there, as in CI.

    A test that is also marked `network` may be skipped there: its other end may not answer.
    """
    report = yield
    required = os.environ.get("LESSONLIB_REQUIRE_BROWSER") == "1"
    needed = item.get_closest_marker("browser") and not item.get_closest_marker("network")
    if required and report.skipped and needed:
        report.outcome = "failed"
        report.longrepr = f"LESSONLIB_REQUIRE_BROWSER=1, but the test was skipped: {call.excinfo}"
    return report
