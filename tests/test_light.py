"""What starts often, or waits for workers that import torch, does not import it itself."""

import subprocess
import sys

import pytest

STATEMENTS = {
    "the command line": "import autograder.cli",
    "the process that runs a class": "import autograder.classroom.run",
    "what names the worker's task": "import autograder.submissions.worker",
    "what starts the server": "import autograder.sandbox.processes",
    "a check of the edits": "from autograder.authoring import edits\nassert not edits.stale()",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS.keys())
def test_torch_is_not_imported(statement):
    code = f"import sys\n{statement}\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
