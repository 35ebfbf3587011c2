"""nbgrader's configuration: the course's folders, and the grader in place of nbgrader's own."""

import os
import sys
from pathlib import Path

from autograder import gradebook

c = get_config()  # noqa: F821

# nbgrader starts the bare program `alembic`: find it also where .venv is not activated.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")

c.CourseDirectory.course_id = "attention_heads"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
# Nothing but notebooks is carried along: what else lies in a submission may be a trap. What the
# exchange writes beside them goes along all the same, by the classes of `gradebook` below.
c.CourseDirectory.ignore = [
    *(".*", "*[!b]", "*[!n]b", "*[!y]nb", "*[!p]ynb", "*[!i]pynb", "*[!.]ipynb"),
]

# The folder that Jupyter's Assignment List looks into; it must be writable.
c.Exchange.root = str(Path(__file__).resolve().parent / ".lab" / "exchange")
c.ExchangeFactory.collect = gradebook.Collect
c.ExchangeFactory.release_feedback = gradebook.ReleaseFeedback

c.GenerateAssignment.preprocessors = gradebook.release_preprocessors()

c.Autograde.exporter_class = gradebook.LenientExporter
c.Autograde.pre_convert_hook = gradebook.adopt_renamed
c.Autograde.sanitize_preprocessors = gradebook.sanitize_preprocessors()
c.Autograde.autograde_preprocessors = gradebook.autograde_preprocessors()

# Feedback shows points given by hand and penalties, of which its files cannot tell whether they are
# as they were: it is made anew each time.
c.GenerateFeedback.force = True
c.GenerateFeedback.preprocessors = gradebook.feedback_preprocessors()

# Formulas are drawn without MathJax, which nbconvert's templates ask another machine for: nothing
# leaves this one, and feedback can be read without a network.
c.HTMLExporter.filters = {"markdown2html": gradebook.markdown2html}
os.environ["JUPYTER_PATH"] = os.pathsep.join(
    filter(None, [str(gradebook.SHARE), os.environ.get("JUPYTER_PATH")])
)
