from datetime import timedelta


def is_due(entry, moment):
    """Tell whether an entry fires in the minute of the given moment."""
    fields = entry.fields
    return (
        moment.minute in fields["minute"]
        and moment.hour in fields["hour"]
        and moment.day in fields["day"]
        and moment.month in fields["month"]
        and moment.weekday() in fields["weekday"]
    )


def next_minute(moment):
    """Step to the start of the following minute."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


def next_run(entry, moment, limit=527040):
    """Search forward minute by minute for the next time an entry fires.

    Gives up with None after a leap year's worth of minutes.
    """
    for _ in range(limit):
        moment = next_minute(moment)
        if is_due(entry, moment):
            return moment
    return None


def due_commands(entries, moment):
    """List the commands of all entries that fire now, in table order."""
    return [entry.command for entry in entries if is_due(entry, moment)]
