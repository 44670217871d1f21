def select_columns(rows, names):
    """Keep only the named columns, in the order of the names."""
    return [{name: row[name] for name in names} for row in rows]


def group_rows(rows, name):
    """Collect rows that share a value, first seen value first."""
    groups = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups


def sum_column(rows, name):
    """Add up a column, counting empty cells as nothing."""
    return sum(row[name] for row in rows)


def totals_by(rows, key, name):
    """Add up one column per value of another."""
    groups = group_rows(rows, key)
    return {value: sum_column(group, name) for value, group in groups.items()}


def join_tables(left, right, name):
    """Join two tables on a column; rows without a partner are left out."""
    index = {row[name]: row for row in right}
    joined = []
    for row in left:
        partner = index.get(row[name])
        if partner is not None:
            joined.append({**row, **partner})
    return joined


def sort_rows(rows, names, descending=False):
    """Sort rows by several columns, mixed types last rather than failing."""
    def key(row):
        return [(isinstance(row[name], str), row[name]) for name in names]
    return sorted(rows, key=key, reverse=descending)
