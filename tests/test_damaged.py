"""Files that took damage on their way, lie elsewhere or are something else: read, or named."""

import io
import json
import shutil
import time
import zipfile

import pytest
from support import notebook_with, reference_answers, write_notebook

from autograder import course
from autograder.submissions import damaged
from autograder.submissions.handed_in import read_handed_in
from autograder.submissions.read import released

UNIT = course.unit("02_masks")
NAME = f"{UNIT.name}.ipynb"
FULL = notebook_with(UNIT, reference_answers(UNIT))
TEXT = json.dumps(FULL, ensure_ascii=False, indent=1)
ACCENTED = TEXT.replace("### BEGIN SOLUTION", "# die Lösung")
COMMA = TEXT.replace('"nbformat_minor": 5\n', '"nbformat_minor": 5,\n')
CONFLICT = COMMA.replace("}\n", "}\n<<<<<<< HEAD\n=======\n,{{{\n>>>>>>> theirs\n", 1)
LOWER = TEXT.replace(' "cells": [', '<<<<<<< HEAD\n"cells": {\n=======\n"cells": [\n>>>>>>> b', 1)
BLANK = json.dumps(released(UNIT))
PYTHON = "\n\n\n".join([UNIT.setup, *reference_answers(UNIT).values()])


def zipped(**files: str) -> bytes:
    """A zip of these files; two underscores stand for a slash."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".ipynb", text)
    return made.getvalue()


# How the full answers are handed in, and what is said about it.
READ = {
    "plain": ({NAME: TEXT.encode()}, ""),
    "BOM": ({NAME: TEXT.encode("utf-8-sig")}, ""),
    "UTF-16": ({NAME: TEXT.encode("utf-16")}, ""),
    "UTF-16 without BOM": ({NAME: TEXT.encode("utf-16-be")}, ""),
    "Latin-1": ({NAME: ACCENTED.encode("latin-1", "replace")}, "not in UTF-8"),
    "comma": ({NAME: COMMA.encode()}, "without a stray comma"),
    "conflict": ({NAME: CONFLICT.encode()}, "upper side of its git conflict"),
    "lower side": ({NAME: LOWER.encode()}, "lower side of its git conflict"),
    "capitals": ({"02_MASKS.IPYNB": TEXT.encode()}, "was called 02_MASKS.IPYNB"),
    "text": ({f"{NAME}.txt": TEXT.encode()}, f"was called {NAME}.txt"),
    "one too deep": ({f"{UNIT.name}/{NAME}": TEXT.encode()}, f"called {UNIT.name}/{NAME}"),
    "two too deep": ({f"a/b/{NAME}": TEXT.encode()}, f"was called a/b/{NAME}"),
    "zip": ({"work.zip": zipped(a__b=TEXT)}, "was called work.zip"),
    "zip of a course": (
        {"ann.zip": zipped(c__02_masks=TEXT, c__01_single_head="{}")},
        "was called ann.zip",
    ),
    "zip by this name": ({NAME: zipped(a=TEXT)}, ""),
    "Python": ({"answers.py": PYTHON.encode()}, "was called answers.py"),
    "a blank one beside it": (
        {NAME: BLANK.encode(), "02_masks (1).ipynb": TEXT.encode()},
        "was called 02_masks (1).ipynb",
    ),
    "half a one beside it": (
        {NAME: TEXT[:900].encode(), "02_masks-Copy1.ipynb": TEXT.encode()},
        "was called 02_masks-Copy1.ipynb",
    ),
    "a checkpoint beside it": (
        {f".ipynb_checkpoints/{NAME}": BLANK.encode(), "a.ipynb": TEXT.encode()},
        "was called a.ipynb",
    ),
    "twice the same": ({"a.ipynb": TEXT.encode(), "b.ipynb": TEXT.encode()}, "was called a.ipynb"),
    "with a copy as Python": (
        {"a.ipynb": TEXT.encode(), "a.py": PYTHON.encode()},
        "called a.ipynb",
    ),
}
OTHER = json.dumps(released(course.unit("01_single_head")))
SMALL = TEXT.replace("### BEGIN SOLUTION", "# mine")
UNREAD = {
    "another unit": ({NAME: OTHER.encode()}, "is 01_single_head"),
    "no exercise": ({NAME: b'{"nbformat": 4, "cells": []}'}, "holds no exercise of 02_masks"),
    "half": ({NAME: TEXT[: len(TEXT) // 2].encode()}, "breaks off in the middle"),
    "a login page": ({NAME: b"\n<!DOCTYPE html><title>Sign in"}, "is a web page, such as a login"),
    "empty": ({NAME: b""}, "is empty"),
    "words": ({NAME: b"see my mail"}, "is not a notebook"),
    "both sides broken": ({NAME: LOWER.replace('"cells": [', "[", 1).encode()}, "not a readable"),
    "another kind": ({"masks.docx": b"PK"}, "this was handed in: masks.docx"),
    "nothing": ({}, "this was handed in: nothing"),
    "two that differ": (
        {"a.ipynb": TEXT.encode(), "b.ipynb": SMALL.encode()},
        "different answers: a.ipynb, b",
    ),
    "zip of two": ({"a.zip": zipped(b=TEXT, c=TEXT)}, "is a zip of 2 .ipynb files"),
    "zip of none": ({"a.zip": b"PK\x03\x04junk"}, "is a zip that cannot be read"),
}


def handed_in(tmp_path, files):
    path = tmp_path / "ann" / UNIT.name / NAME
    path.parent.mkdir(parents=True)
    for name, data in files.items():
        (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / name).write_bytes(data)
    return read_handed_in(UNIT, path)


@pytest.mark.parametrize("how", READ)
def test_the_answer_that_is_there_is_taken_and_what_was_odd_is_said(tmp_path, how):
    files, says = READ[how]
    found = handed_in(tmp_path, files)
    assert not found.error, found.error
    code = "".join("".join(each["source"]) for each in found.notebook["cells"])
    for each in UNIT.exercises:
        assert each.solution.rpartition("### END SOLUTION")[0][-40:] in code
    assert any(says in notice for notice in found.notices) if says else not found.notices


@pytest.mark.parametrize("how", UNREAD)
def test_what_cannot_be_read_is_named_with_its_reason(tmp_path, how):
    files, says = UNREAD[how]
    found = handed_in(tmp_path, files)
    assert found.error and says in found.error.message
    assert len(found.error.message) < 300 and found.error.message.endswith(".")


def test_a_name_that_two_answers_could_mean_is_settled_by_the_right_name(tmp_path):
    found = handed_in(tmp_path, {NAME: SMALL.encode(), "better.ipynb": TEXT.encode()})
    assert not found.error and "# mine" in json.dumps(found.notebook) and not found.notices


def test_folders_and_files_that_are_links_are_not_looked_into(tmp_path):
    own = write_notebook(tmp_path / "bob" / UNIT.name / NAME, FULL).parent
    folder = tmp_path / "ann" / UNIT.name
    folder.mkdir(parents=True)
    (folder / "deeper").symlink_to(own)
    assert read_handed_in(UNIT, folder / NAME).error.kind == "missing_file"
    (folder / "a.ipynb").symlink_to(own / NAME)
    assert "of its own" in read_handed_in(UNIT, folder / NAME).error.message


HOSTILE = {
    "quotes": '{"' + '\\"' * 2_000_000,
    "commas": "{" + ", " * 2_000_000,
    "spaces": '{"a": 1,' + " " * 4_000_000,
    "marks": "{\n" + "<<<<<<<\n=======\n" * 200_000,
    "openings": '{"cells": [' * 300_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_mending_takes_a_time_that_grows_with_the_file(text):
    began = time.process_time()
    with pytest.raises((damaged.Damaged, RecursionError)):
        damaged.parsed(text)
    assert time.process_time() - began < 20  # quadratic, it would be hours


def test_of_a_zip_no_more_is_unpacked_than_asked_for(tmp_path):
    name, data = damaged.unzipped(zipped(a="0" * 50_000_000), "a", 1000)
    assert (name, len(data)) == ("a.ipynb", 1000)
    found = handed_in(tmp_path, {"a.zip": zipped(a=" " * (51 << 20))})
    assert found.error.kind == "too_large"
    shutil.rmtree(tmp_path / "ann")
    found = handed_in(tmp_path, {"a.zip": b"PK\x03\x04" + b"\0" * damaged.MAX_ZIP})
    assert "more than 8 MiB" in found.error.message
