"""Where a value stands in a request, and how its client encoded it.

The same function places harmless values and attacks, so that nothing but the value tells the
classes apart.
"""

from trainer.placement.encoding import STYLES, Style
from trainer.placement.place import MIX, PLACEMENTS, draw_placement, place

__all__ = ["MIX", "PLACEMENTS", "STYLES", "Style", "draw_placement", "place"]
