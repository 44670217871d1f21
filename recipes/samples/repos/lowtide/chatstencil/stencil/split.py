from .markers import CLOSE, OPEN


def split_turns(text):
    """Cut a rendered chat into (speaker, text) pairs."""
    turns = []
    for block in text.split(OPEN)[1:]:
        body = block.split(CLOSE)[0]
        speaker, _, content = body.partition("\n")
        turns.append((speaker, content))
    return turns


def count_turns(text, speaker=None):
    """Count the turns of a rendered chat, of one speaker or of all."""
    turns = split_turns(text)
    if speaker is None:
        return len(turns)
    return sum(1 for name, _ in turns if name is speaker)


def last_answer(text):
    """Return what the assistant said last, or None."""
    for speaker, content in reversed(split_turns(text)):
        if speaker == "assistant":
            return content
    return None
