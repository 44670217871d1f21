# Versions have three numbers: major.minor.patch.

# version_part prints one number of a version: 1 major, 2 minor, 3 patch.
version_part() {
    echo "$1" | cut -d. -f"$2"
}

# bump_version raises the major, minor or patch number and clears the lower ones.
bump_version() {
    major=$(version_part "$1" 1)
    minor=$(version_part "$1" 2)
    patch=$(version_part "$1" 3)
    case $2 in
    major) echo "$((major + 1)).0.0" ;;
    minor) echo "$major.$((minor + 1)).$patch" ;;
    patch) echo "$major.$minor.$((patch + 1))" ;;
    *) return 2 ;;
    esac
}

# is_newer succeeds when the first version is later than the second.
is_newer() {
    [ "$1" = "$2" ] && return 1
    last=$(printf '%s\n%s\n' "$1" "$2" | sort | tail -n 1)
    [ "$last" = "$1" ]
}
