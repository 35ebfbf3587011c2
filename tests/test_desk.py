"""What nbgrader's side of a class run makes of what nbgrader says."""

import shutil
import traceback

import pytest
from class_folders import UNIT

from autograder import course
from autograder.classroom.desk import Desk, reason

pytestmark = pytest.mark.slow


def traceback_of(problem, cause=None) -> str:
    try:
        raise problem from cause
    except Exception:
        return traceback.format_exc()


@pytest.mark.parametrize(
    ("messages", "says"),
    [
        (["There was an error", traceback_of(KeyError("x")), "See above"], "KeyError: 'x'"),
        ([traceback_of(OSError("outer"), ValueError("inner"))], "OSError: outer"),
        ([traceback_of(ValueError("first\n  second\nthird"))], "ValueError: first"),
        (["No notebooks were matched", "See above"], "No notebooks were matched"),
        (["NbGraderException: "], "NbGraderException:"),
    ],
)
def test_a_log_of_nbgrader_becomes_one_sentence(messages, says):
    assert reason(messages) == says


def test_a_class_of_jupyterhub_is_seen_from_a_shell_outside_of_it(tmp_path, monkeypatch):
    """Where nbgrader asks JupyterHub for the courses of a student."""
    shutil.copy(course.ROOT / "nbgrader_config.py", tmp_path)
    with (tmp_path / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write("\nc.Authenticator.plugin_class = 'nbgrader.auth.JupyterHubAuthPlugin'\n")
    (tmp_path / ".lab" / "exchange").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for name in ("JUPYTERHUB_USER", "JUPYTERHUB_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert "is in the gradebook" in Desk(UNIT).release()
