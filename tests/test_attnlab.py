"""The package that the lessons share: pictures with their text, heat maps, shapes, tables."""

import importlib
import io
import itertools
import math
import subprocess
import sys
from html.parser import HTMLParser

import attnlab
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from attnlab import COLOURS, heatmap, heatmaps, show, table, trace_shapes, widgets
from attnlab.curves import curve, log_axes, theory
from attnlab.diagram import Diagram, draw_head
from matplotlib import colors
from PIL import Image

from autograder import course

WORDS = ["the", "cat", "that", "chased", "mice", "sat"]


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    """Every test begins and ends without an open figure."""
    plt.close("all")
    yield
    assert plt.get_fignums() == []


@pytest.fixture
def weights():
    """Attention weights ``(6, 6)``, all different."""
    scores = torch.randn(6, 6, generator=torch.Generator().manual_seed(0))
    return torch.softmax(scores, dim=-1)


@pytest.fixture
def drawn(monkeypatch):
    """The figures that heat maps draw, after they were saved and closed."""
    figures = []

    def keep(fig, alt, caption):
        figures.append(fig)
        return show(fig, alt, caption)

    module = importlib.import_module("attnlab.heatmaps")  # attnlab.heatmaps is the function
    monkeypatch.setattr(module, "show", keep)
    return figures


def maps_of(fig):
    """The axes with a heat map, without the colour scale."""
    return [ax for ax in fig.axes if ax.get_ylabel() == "query (attending)"]


def texts_of(ax):
    """What is written into the cells, row by row."""
    return [text.get_text() for text in ax.texts]


def labels_of(axis):
    """The names along an axis."""
    return [label.get_text() for label in axis.get_ticklabels()]


def pixels(picture):
    """The picture in shades of grey, 255 is white."""
    return np.asarray(Image.open(io.BytesIO(picture.png)).convert("L"))


def cut_off(picture):
    """The edges of a picture on which something was drawn."""
    image = pixels(picture)
    edges = {"top": image[0], "bottom": image[-1], "left": image[:, 0], "right": image[:, -1]}
    return [edge for edge, line in edges.items() if line.min() < 250]


class ImageAttributes(HTMLParser):
    """Collects the attributes of the images of a page."""

    def __init__(self, page):
        super().__init__()
        self.images = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.images.append(dict(attrs))


def line_plot():
    """A small figure."""
    fig, ax = plt.subplots()
    ax.plot([1, 2, 3])
    return fig


# Pictures and their text


@pytest.mark.parametrize("alt", ["", " \n"])
def test_a_picture_without_a_text_is_refused(alt):
    fig = line_plot()
    with pytest.raises(ValueError, match="a sentence with what the figure shows"):
        show(fig, alt)
    plt.close(fig)


def test_the_text_reaches_every_viewer_escaped():
    alt = 'rows & "columns" where a < b'
    picture = show(line_plot(), alt)
    page = picture._repr_html_()
    (image,) = ImageAttributes(page).images
    assert image["alt"] == alt
    assert image["src"].startswith("data:image/png;base64,")
    assert "<figcaption>rows &amp; &#34;columns&#34; where a &lt; b</figcaption>" in page
    assert repr(picture) == alt


def test_a_caption_of_its_own_leaves_the_text_alone():
    page = show(line_plot(), "the text", caption="<the caption>")._repr_html_()
    assert 'alt="the text"' in page
    assert "<figcaption>&lt;the caption&gt;</figcaption>" in page


def test_a_shown_figure_is_closed_and_only_that():
    other, fig = line_plot(), line_plot()
    show(fig, "a line")
    assert plt.get_fignums() == [other.number]
    plt.close(other)


def test_a_picture_is_the_same_each_time(weights):
    assert heatmap(weights).png == heatmap(weights).png


def test_show_cuts_nothing_off_that_stands_over_the_edge():
    fig = line_plot()
    fig.axes[0].set_title("a title that is much wider than the figure it stands on " * 2)
    assert cut_off(show(fig, "a line")) == []


# Heat maps


def test_a_heat_map_has_the_words_and_the_numbers(weights, drawn):
    heatmap(weights, WORDS, WORDS, "Each row sums to one")
    (ax,) = maps_of(drawn[0])
    assert labels_of(ax.xaxis) == labels_of(ax.yaxis) == WORDS
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("key (attended to)", "query (attending)")
    assert ax.get_title() == "Each row sums to one"
    assert texts_of(ax) == [f"{value:.2f}" for value in weights.flatten()]
    assert ax.images[0].get_clim() == (0, 1)
    assert len(drawn[0].axes) == 2  # the map and the colour scale


def test_the_text_of_a_heat_map_lists_its_numbers():
    picture = heatmap([[0.25, 0.75], [1.0, -0.0]], ["a", "b"], title="Two rows")
    assert picture.alt == (
        "Heat map 'Two rows', rows are queries, columns are keys. a: 0.25 0.75; b: 1.00 0.00."
    )
    assert picture.caption == picture.alt
    given = heatmap([[1.0]], alt="all on one", caption="below")
    assert (given.alt, given.caption) == ("all on one", "below")


def test_a_large_heat_map_tells_its_size_and_shows_no_numbers(drawn):
    picture = heatmap(torch.full((40, 30), 1 / 30), title="big")
    assert picture.alt == "Heat map 'big', 40 queries by 30 keys."
    (ax,) = maps_of(drawn[0])
    assert texts_of(ax) == []
    assert len(labels_of(ax.xaxis)) <= 20 and len(labels_of(ax.yaxis)) <= 20


@pytest.mark.parametrize(
    "mask",
    [torch.ones(6, 6).tril().bool(), torch.tensor([[True, True, True, False, False, False]])],
    ids=["causal", "broadcast"],
)
def test_masked_cells_are_grey_and_hatched(weights, drawn, mask):
    heatmap(weights, mask=mask)
    (ax,) = maps_of(drawn[0])
    hatched = {(round(p.get_y() + 0.5), round(p.get_x() + 0.5)): p for p in ax.patches}
    assert set(hatched) == set(map(tuple, (~mask.expand(6, 6)).nonzero().tolist()))
    for patch in hatched.values():
        assert patch.get_hatch() == "///"
        assert patch.get_facecolor() == colors.to_rgba("0.85")


def test_infinite_and_nan_cells_are_plain_grey(drawn):
    heatmap([[0.5, -math.inf], [math.nan, 2.0]], limits=None)
    (ax,) = maps_of(drawn[0])
    assert [(patch.get_xy(), patch.get_hatch()) for patch in ax.patches] == [
        ((0.5, -0.5), None),
        ((-0.5, 0.5), None),
    ]
    assert ax.images[0].get_clim() == (0.5, 2.0)
    assert texts_of(ax) == ["0.50", "-inf", "nan", "2.00"]


def test_numbers_can_be_read_on_every_colour(drawn):
    heatmap([[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]])
    (ax,) = maps_of(drawn[0])
    for text in ax.texts:
        red, green, blue, _ = ax.images[0].cmap(float(text.get_text()))
        behind, ink = 0.3 * red + 0.6 * green + 0.1 * blue, colors.to_rgb(text.get_color())[0]
        assert abs(ink - behind) > 0.4


def test_values_digits_and_a_boolean_matrix(weights, drawn):
    heatmap(weights, values=False)
    heatmap(weights > 0.2, digits=0)
    assert texts_of(maps_of(drawn[0])[0]) == []
    assert set(texts_of(maps_of(drawn[1])[0])) == {"0", "1"}


def test_numbers_that_do_not_fit_their_cells_are_left_out(weights, drawn):
    panels = {name: -100 * weights for name in "abcd"}
    heatmaps(panels, limits=None, digits=2)
    heatmaps(panels, limits=None, digits=0)
    assert texts_of(maps_of(drawn[0])[0]) == []
    assert len(texts_of(maps_of(drawn[1])[0])) == 36


def test_a_heat_map_can_be_drawn_into_a_figure_of_ones_own(weights):
    fig, ax = plt.subplots()
    assert heatmap(weights, WORDS, WORDS, "mine", ax=ax) is None
    assert ax.get_title() == "mine" and len(texts_of(ax)) == 36
    assert plt.get_fignums() == [fig.number]
    plt.close(fig)


def test_a_tensor_that_needs_gradients_is_left_as_it_is(weights):
    before = weights.clone()
    weights.requires_grad_()
    heatmap(weights)
    assert weights.requires_grad and torch.equal(weights, before)


@pytest.mark.parametrize("panels", [2, 3])
def test_panels_stand_side_by_side(weights, drawn, panels):
    names = ["right", "wrong", "neither"][:panels]
    picture = heatmaps(dict.fromkeys(names, weights), WORDS, WORDS, title="over all")
    maps = maps_of(drawn[0])
    assert [ax.get_title() for ax in maps] == names
    assert drawn[0].get_suptitle() == "over all"
    assert [name in picture.alt for name in names] == [True] * panels
    left = [ax.get_position().x0 for ax in maps]
    assert left == sorted(left) and len({round(ax.get_position().y0, 6) for ax in maps}) == 1


def test_each_panel_may_have_its_own_mask(weights, drawn):
    mask = torch.ones(6, 6, dtype=torch.bool).tril()
    heatmaps({"free": weights, "causal": weights}, mask={"causal": mask})
    assert [len(ax.patches) for ax in maps_of(drawn[0])] == [0, 15]


def test_with_limits_none_each_panel_has_its_own_scale(weights, drawn):
    heatmaps({"one": weights, "ten": 10 * weights}, limits=None)
    one, ten = (ax.images[0].get_clim() for ax in maps_of(drawn[0]))
    assert ten == pytest.approx([10 * end for end in one])
    assert len(drawn[0].axes) == 2  # one colour scale would be wrong for the other panel


LONG = {
    "two": ({"scores before": 1, "scores after the mask": 2}, "Scores, before and after"),
    "three": ({"without scale": 1, "divided by sqrt(d_head)": 2, "divided by d_head": 3}, ""),
    "four": ({f"head {i}, a long title of its own": i for i in range(4)}, "Four heads " * 12),
    "one": ({"A rather long title for a small heat map " * 3: 1}, ""),
}


def test_a_map_of_ones_has_the_colour_of_one(drawn):
    heatmap(torch.ones(2, 3), limits=None)
    (image,) = maps_of(drawn[0])[0].images
    assert image.norm(1.0) == 1


@pytest.mark.parametrize("limits", [None, (0.0, 1.0)], ids=["own", "shared"])
@pytest.mark.parametrize("size", [(6, 6), (2, 3), (3, 12)], ids=["6x6", "2x3", "3x12"])
@pytest.mark.parametrize("case", LONG)
def test_nothing_is_cut_off_and_no_titles_meet(drawn, case, size, limits):
    factors, title = LONG[case]
    scores = 3 * torch.randn(*size, generator=torch.Generator().manual_seed(0))
    panels = {name: factor * scores for name, factor in factors.items()}
    keys = (2 * WORDS)[: size[1]]
    picture = heatmaps(panels, WORDS[: size[0]], keys, title, limits=limits, digits=1)

    (fig,) = drawn
    titles = [ax.title for ax in maps_of(fig)] + ([fig._suptitle] if title else [])
    boxes = [text.get_window_extent() for text in titles]
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    for ax in maps_of(fig):
        assert ax.get_title().replace("\n", " ") in {name.strip() for name in panels}
    assert cut_off(picture) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: heatmap(torch.zeros(2, 3, 3)), r"has shape \(2, 3, 3\): choose one sequence"),
        (lambda: heatmap(torch.zeros(2, 0)), r"has shape \(2, 0\): there is nothing to draw"),
        (lambda: heatmap(torch.zeros(2, 3), ["a"]), r"1 names for 2 queries: \['a'\]"),
        (lambda: heatmap(torch.zeros(2, 3), keys=["a"]), r"1 names for 3 keys: \['a'\]"),
        (
            lambda: heatmap(torch.zeros(2, 3), mask=torch.ones(3, 2)),
            r"a mask of shape \(3, 2\) does not broadcast to weights of shape \(2, 3\)",
        ),
    ],
)
def test_what_is_no_heat_map_is_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        wrong()


# Shapes


def traced(run, **sizes):
    """The lines that an operation prints, with single spaces."""
    with trace_shapes(**sizes) as trace:
        run()
    return [" ".join(line.split()) for line in trace.lines]


X = torch.zeros(2, 5, 4)
K = torch.zeros(2, 7, 4)
SIZES = {"B": 2, "L_q": 5, "L_k": 7, "d_head": 4}


@pytest.mark.parametrize(
    ("run", "line"),
    [
        (lambda: X @ K.mT, "matmul (B, L_q, d_head) @ (B, d_head, L_k) -> (B, L_q, L_k)"),
        (lambda: X / math.sqrt(4), "div(2) (B, L_q, d_head) -> (B, L_q, d_head)"),
        (lambda: 1 - X, "sub(1) (B, L_q, d_head) -> (B, L_q, d_head)"),
        (lambda: X.softmax(-1), "softmax(-1) (B, L_q, d_head) -> (B, L_q, d_head)"),
        (
            lambda: torch.nn.functional.softmax(X, dim=-1),
            "softmax(dim=-1) (B, L_q, d_head) -> (B, L_q, d_head)",
        ),
        (
            lambda: X.sum(dim=-1, keepdim=True),
            "sum(dim=-1, keepdim=True) (B, L_q, d_head) -> (B, L_q, 1)",
        ),
        (lambda: X.sum(), "sum (B, L_q, d_head) -> ()"),
        (lambda: X[:, 0], "index (B, L_q, d_head) -> (B, d_head)"),
        (lambda: torch.cat([X, K], dim=1), "cat(dim=1) (B, L_q, d_head), (B, L_k, d_head) ->"),
        (lambda: X.reshape(2, 20), "reshape(B, 20) (B, L_q, d_head) -> (B, 20)"),
        (
            lambda: torch.nn.functional.scaled_dot_product_attention(X, K, K),
            "scaled_dot_product_attention (B, L_q, d_head), (B, L_k, d_head), (B, L_k, d_head) ->",
        ),
    ],
)
def test_axes_are_called_by_their_names(run, line):
    assert traced(run, **SIZES)[-1].startswith(line)


@pytest.mark.parametrize(
    ("run", "label"),
    [
        (lambda: X.split(2, dim=2), "split(B, dim=2)"),
        (lambda: X.split(2, 2), "split(B, dim=2)"),
        (lambda: X.unflatten(2, (2, 2)), "unflatten(2, B, B)"),
        (lambda: X.transpose(1, 2), "transpose(1, 2)"),
    ],
)
def test_the_number_of_an_axis_is_not_called_by_the_name_of_a_size(run, label):
    assert traced(run, **SIZES)[-1].startswith(label)


def test_the_trace_prints_what_it_keeps_and_ends_with_the_block(capsys):
    with trace_shapes(**SIZES) as trace:
        X @ K.transpose(-2, -1)
    X + 1
    assert capsys.readouterr().out.splitlines() == trace.lines
    assert len(trace.lines) == 2


def test_looking_at_a_tensor_is_no_line():
    def look():
        copy = X.clone().detach()
        copy.requires_grad_()
        return copy.shape, copy.size(0), copy.dtype, copy.dim()

    assert traced(look, **SIZES) == []


def test_the_trace_changes_no_result():
    layer = torch.nn.MultiheadAttention(4, 2, batch_first=True)
    expected = layer(X, X, X)
    with trace_shapes(**SIZES):
        got = layer(X, X, X)
    assert all(map(torch.equal, got, expected))


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ({"B": 3, "L_q": 5, "L_k": 5}, "L_q and L_k are both 5: .* pairwise different"),
        ({"B": 1}, "B is 1: axes that broadcast have size 1 too"),
    ],
)
def test_sizes_that_cannot_be_told_apart_are_refused(sizes, sentence):
    with pytest.raises(ValueError, match=sentence):
        trace_shapes(**sizes)


# Tables


def test_a_table_of_rows_in_text_and_html():
    made = table(
        [["<a>", 1.23456, torch.tensor(2.0)], ["b", 3, True]], ["x", "yy", "z"], "Rows & more"
    )
    assert repr(made).splitlines() == [
        "Rows & more",
        "x    yy     z",
        "<a>  1.235  2",
        "b    3      True",
    ]
    page = made._repr_html_()
    assert "<caption>Rows &amp; more</caption>" in page
    assert '<th scope="col">yy</th>' in page
    assert "<td>&lt;a&gt;</td><td>1.235</td><td>2</td>" in page


def test_a_table_of_columns_takes_a_tensor():
    made = table({"word": ["a", "b"], "weight": torch.tensor([0.25, 1 / 3])})
    assert made.headers == ["word", "weight"]
    assert made.rows == [["a", "0.25"], ["b", "0.3333"]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([[1]], ["a", "b"]), "row 0 has 1 cells for 2 headers"),
        (([[1]],), "needs headers"),
        (({"a": [1], "b": [1, 2]},), "argument 2 is longer"),
    ],
)
def test_uneven_tables_are_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        table(*arguments)


# Style


def test_the_style_leaves_the_backend_alone():
    code = (
        "import matplotlib; matplotlib.use('svg'); import attnlab;"
        "assert matplotlib.get_backend() == 'svg';"
        "assert matplotlib.rcParams['image.cmap'] == 'cividis'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_the_style_tells_lines_apart_without_colour():
    attnlab.use_style()
    cycle = list(plt.rcParams["axes.prop_cycle"])
    assert [each["color"] for each in cycle] == list(COLOURS.values())[: len(cycle)]
    assert len({each["linestyle"] for each in cycle[:4]}) == 4


def test_everything_public_is_exported():
    assert all(getattr(attnlab, name) is not None for name in attnlab.__all__)
    assert attnlab.__file__.startswith(str(course.ROOT / "lessons"))


def test_a_picture_says_on_which_machine_it_was_measured():
    picture = show(line_plot(), "A line rises.", machine="a laptop")
    assert picture.alt == "A line rises. Measured on: a laptop."
    assert picture.caption == picture.alt
    assert cut_off(picture) == []
    assert pixels(picture).shape[0] > pixels(show(line_plot(), "A line rises.")).shape[0]


def test_a_curve_has_its_range_and_its_theory():
    fig, ax = plt.subplots()
    line = curve(ax, [1, 10], [(1, 2, 4), (3, 5, 6)], "measured", number=1)
    theory(ax, [1, 10], [1, 3], number=1)
    log_axes(ax, x=[1, 10], y=[1, 3, 10])
    assert line.get_ydata().tolist() == [2, 5]
    (bars,) = ax.containers[0].lines[2]
    assert [segment[:, 1].tolist() for segment in bars.get_segments()] == [[1, 4], [3, 6]]
    assert ax.lines[-1].get_color() == line.get_color()
    fig.canvas.draw()
    assert labels_of(ax.xaxis) == ["1", "10"] and labels_of(ax.yaxis) == ["1", "3", "10"]
    plt.close(fig)


# Diagrams


def test_a_box_has_the_colour_of_its_role_and_is_not_cut_off():
    diagram = Diagram(4, 1)
    query, weights = diagram.box("q", (0.8, 0.5), "query"), diagram.box("w", (3, 0.5), "weights")
    diagram.arrow(query, weights, "query", "scores")
    diagram.frame([query], "head 0")
    assert colors.same_color(query.get_edgecolor(), COLOURS["blue"])
    assert colors.same_color(weights.get_edgecolor(), COLOURS["yellow"])
    picture = diagram.show("A query leads to weights.")
    assert picture.alt == "A query leads to weights." and cut_off(picture) == []


def test_a_masked_head_is_a_head_with_a_mask():
    plain, masked = draw_head(), draw_head(masked=True)
    assert masked.alt.startswith(plain.alt) and "-inf" in masked.alt
    assert cut_off(plain) == cut_off(masked) == []


# Widgets


def lookup():
    """Arguments of ``query_sliders``: keys, values, words."""
    return torch.eye(2), torch.tensor([[1.0, 0.0], [5.0, 2.0]]), ["cat", "dog"]


def test_a_slider_moves_the_query():
    box = widgets.query_sliders(*lookup(), query=(0.0, 0.0))
    first, _ = box.children[0].children
    assert "cat 0.50, dog 0.50" in box.children[1].value
    first.value = 3
    assert "cat 0.95, dog 0.05" in box.children[1].value


def test_a_click_changes_one_cell_of_the_mask_and_not_the_callers():
    scores, mask = torch.zeros(1, 2), torch.tensor([[True, False]])
    box = widgets.mask_editor(scores, mask, ["cat", "dog"])
    forbidden = box.children[0].children[-1]
    assert forbidden.description == "0" and "dog: 1.00 0.00" in box.children[1].value
    forbidden.value = True
    assert forbidden.description == "1" and "dog: 1.00 0.00" not in box.children[1].value
    assert mask.tolist() == [[True, False]]


def test_without_a_kernel_widgets_are_pictures(monkeypatch):
    monkeypatch.setenv(course.STATIC, "1")
    pictures = [
        widgets.query_sliders(*lookup()),
        widgets.mask_editor(torch.zeros(2, 2), torch.eye(2).bool(), ["cat", "dog"]),
    ]
    assert all(isinstance(each, attnlab.Picture) for each in pictures)
    assert "query" in pictures[0].alt.lower() and "cat: 1.00 0.00" in pictures[1].alt
    assert all(cut_off(each) == [] for each in pictures)
