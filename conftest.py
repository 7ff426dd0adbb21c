"""Settings that must hold wherever pytest looks for tests, the notebooks included."""

pytest_plugins = ["notebook_limits"]
