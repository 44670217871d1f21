# A change list has a heading "== VERSION" per release and "- " per entry.

# changes_for prints the entries of one release.
changes_for() {
    sed -n "/^== $2\$/,/^== /p" "$1" | grep '^- '
}

# count_changes prints how many entries one release has.
count_changes() {
    changes_for "$1" "$2" | grep -c '^- '
}

# newest_release prints the version of the topmost heading.
newest_release() {
    sed -n 's/^== //p' "$1" | head -n 1
}

# next_release prints the version that follows the topmost heading.
next_release() {
    bump_version "$(newest_release "$1")" "$2"
}
