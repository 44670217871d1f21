from .render import render_chat

__all__ = ["render_chat"]
