"""The machines of Gradescope and GitHub in small: their folders, stubs of what they install."""

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile

PYTHON = f"python3.{sys.version_info.minor}"


def environment(stubs, **more):
    """The variables of such a machine: nothing of ours but where Python is."""
    path = f"{stubs}{os.pathsep}/usr/bin{os.pathsep}/bin"
    return {"PATH": path, "HOME": str(stubs), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", **more}


def stub(folder, name, text):
    """A program of this name."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def installed(folder):
    """What `uv venv` and `uv pip install` leave, from what is installed here."""
    script = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(script, check=True)
    packages = folder / "lib" / PYTHON / "site-packages"
    (packages / "here.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")


def gradescope(folder, archive):
    """Gradescope's folders with the archive unpacked, and stubs for what setup.sh calls."""
    for name in ("source", "submission", "results"):
        (folder / "autograder" / name).mkdir(parents=True)
    root, stubs = folder / "autograder", folder / "stubs"
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(root / "source")
        for entry in packed.infolist():
            os.chmod(root / "source" / entry.filename, entry.external_attr >> 16)
    shutil.copy2(root / "source/run_autograder", root / "run_autograder")
    installed(folder / "made")
    log = folder / "calls"
    stub(stubs, "apt-get", f'echo "apt-get $*" >> {log}')
    stub(stubs, "uv", f'echo "uv $*" >> {log}\n[ "$1" = venv ] && cp -a {folder}/made "$4" || true')
    stub(stubs, "pip", f'echo "python $*" >> {log}')
    made = f"mkdir -p $3/bin; cp {stubs}/uv $3/bin/uv; cp {stubs}/pip $3/bin/python"
    stub(stubs, "python3", f'echo "python3 $*" >> {log}\n{made}')
    return root, environment(stubs), log
