from .markers import close_turn, open_turn, quote_markers

DEFAULT_SYSTEM = "You answer briefly."


def render_turn(message):
    """Write one message between its markers."""
    text = message["content"]
    return open_turn(message["role"]) + text + close_turn()


def with_system(messages):
    """Put the default system message first where a chat has none."""
    if messages[0]["role"] == "system":
        return messages
    return [{"role": "system", "content": DEFAULT_SYSTEM}] + messages


def render_chat(messages, prompt=False):
    """Write a whole chat; prompt leaves an open turn for the answer."""
    turns = [render_turn(message) for message in with_system(messages)]
    if prompt:
        turns.append(open_turn("assistant"))
    return "".join(turns)


def escape_chat(messages):
    """Copy a chat with every marker inside its texts quoted."""
    return [
        {"role": message["role"], "content": quote_markers(message["content"])}
        for message in messages
    ]
