"""The book: every page in a browser, and what it leaves out."""

import re
from pathlib import Path

import browser
import pytest

from autograder import course
from autograder.authoring import book
from autograder.authoring.book import pages, site
from autograder.course import CourseError

pytestmark = [
    pytest.mark.slow,
    # Of myst-parser and the theme, about Sphinx 11, which the course's range leaves out.
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

LESSONS = sorted(each.stem for each in (course.ROOT / "lessons").glob("[0-9][0-9]_*.ipynb"))
UNITS = [each for each in course.units().values() if not each.is_lesson]
TYPICAL = (
    "index.html",
    "lessons/00_start_here.html",
    "exercises/02_masks/padding_mask.html",
    "explanations/06_kv_cache/index.html",
    "docs/syllabus.html",
)
PHONE = {"width": 380, "height": 800}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("book") / "book"
    book.write(made)
    return made


@pytest.fixture
def built(folder):
    return sorted(each for each in folder.rglob("*.html") if "_static" not in each.parts)


@pytest.fixture(scope="module")
def address(folder):
    with browser.served(folder) as address:
        yield address


def test_there_is_a_page_for_each_lesson_exercise_and_explanation(folder, built):
    names = {each.relative_to(folder).as_posix() for each in built}
    assert {f"lessons/{each}.html" for each in LESSONS} <= names
    for unit in UNITS:
        for exercise in unit.with_points:
            assert f"exercises/{unit.name}/{exercise.id}.html" in names
            explained = f"explanations/{unit.name}/{exercise.id}.html" in names
            assert explained == bool(exercise.explanation)


def test_no_page_holds_a_solution(built):
    for page in built:
        assert course.SOLUTION_MARK not in page.read_text(encoding="utf-8"), page


def test_every_page_fits_a_phone_and_asks_for_nothing_elsewhere(folder, built, address):
    with browser.page() as opened:
        opened.set_viewport_size(PHONE)
        for page in built:
            opened.goto(f"{address}/{page.relative_to(folder).as_posix()}")
            wide = opened.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"], page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_typical_pages_shut_nobody_out(address, scheme):
    with browser.page() as opened:
        opened.emulate_media(color_scheme=scheme)
        for name in TYPICAL:
            opened.goto(f"{address}/{name}")
            assert opened.locator("html").get_attribute("data-theme") == scheme
            assert browser.barriers(opened, "body") == [], name


def test_a_reader_answers_a_question_unfolds_a_hint_and_finds_a_word(address):
    with browser.page() as opened:
        opened.goto(f"{address}/lessons/01_single_head.html")
        said = opened.get_by_text("Weights follow e^s, not s.")
        assert not said.is_visible() and opened.locator(".formula math").first.is_visible()
        opened.locator("summary", has_text=re.compile("^twice$")).press("Enter")
        assert said.is_visible()
        assert opened.get_by_alt_text(re.compile(r"^Query \(1, 1\): weights")).is_visible()
        opened.get_by_role("link", name="The exercises of this unit").click()
        opened.locator("article").get_by_role("link", name="A softmax that never overflows").click()
        hint = opened.locator("details", has_text="Hint 1")
        assert hint.get_attribute("open") is None
        hint.locator("summary").click()
        assert hint.locator("p").is_visible()
        opened.goto(f"{address}/search.html?q=bottom-right")
        opened.locator("#search-results a", has_text="No looking ahead").first.wait_for()


def test_explanations_can_be_left_out():
    for name, text in pages._pages(explanations=False):
        assert not name.startswith("explanations/") and "explanations/" not in text
    assert "explanations/" not in pages._index(LESSONS, explanations=False)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("", "See it"), ("https://host/a/", "See [it](https://host/a/blob/HEAD/tests/browser.py)")],
)
def test_links_to_files_that_are_no_pages(monkeypatch, address, expected):
    monkeypatch.setenv("BOOK_REPOSITORY", address)
    assert pages._linked("See [it](../tests/browser.py)", "docs/checks.md", set()) == expected
    same = "[a](learning.md#installing) [b](https://a/b) ![c](../lessons/pictures/c.png) [d](#e)"
    assert pages._linked(same, "docs/checks.md", {"docs/learning.md"}) == same
    with pytest.raises(CourseError, match="docs/checks.md has a link to gone.md"):
        pages._linked("[a](gone.md)", "docs/checks.md", set())


def test_buttons_lead_to_a_repository_on_github_and_to_colab():
    options = site._of_repository("https://github.com/OWNER/NAME")
    assert options["repository_url"].endswith("OWNER/NAME") and options["launch_buttons"]
    assert site._of_repository("") == site._of_repository("https://codeberg.org/a/b") == {}


def test_a_warning_stops_the_book_and_leaves_the_old_one(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(pages, "lay_out", lambda sources, explanations: _broken(sources))
    (tmp_path / ".buildinfo").touch()
    with pytest.raises(CourseError, match="what is above says why"):
        book.write(tmp_path)
    assert "gone" in capfd.readouterr().err and (tmp_path / ".buildinfo").exists()


def _broken(sources: Path) -> None:
    sources.mkdir()
    (sources / "index.md").write_text("# Title\n\n```{toctree}\ngone\n```\n")


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(CourseError, match="holds something that is no book"):
        book.write(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
