from .items import Item, Lot
from .orders import allocate, release, reserve

__all__ = ["Item", "Lot", "allocate", "release", "reserve"]
