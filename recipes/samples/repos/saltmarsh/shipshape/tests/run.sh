. lib/version.sh
. lib/changes.sh

failed=0

check() {
    if [ "$2" = "$3" ]; then
        echo "ok   $1"
    else
        echo "FAIL $1: want $3, got $2"
        failed=1
    fi
}

check "patch of a version" "$(version_part 1.4.2 3)" 2
check "next patch" "$(bump_version 1.4.2 patch)" 1.4.3
check "next major" "$(bump_version 1.4.2 major)" 2.0.0
check "entries of a release" "$(count_changes CHANGES 1.4.0)" 3
check "topmost release" "$(newest_release CHANGES)" 1.4.2
check "release that follows" "$(next_release CHANGES patch)" 1.4.3
exit $failed
