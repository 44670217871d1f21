from .wrap import fold_text

__all__ = ["fold_text"]
