"""What the lessons share: figures that keep their text, heat maps, tables, a shape tracer."""

from attnlab.figures import Picture, show
from attnlab.heatmaps import heatmap, heatmaps
from attnlab.shapes import trace_shapes
from attnlab.style import COLOURS, use_style
from attnlab.tables import Table, table

use_style()

__all__ = [
    "COLOURS",
    "Picture",
    "Table",
    "heatmap",
    "heatmaps",
    "show",
    "table",
    "trace_shapes",
    "use_style",
]
