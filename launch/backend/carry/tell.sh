# Prints a file as it grows, as the log of a container of its own: sh tell.sh FILE
set -u
file=$1 at=0 going=1
tell() {
	size=$(stat -c %s "$file" 2>/dev/null) || return 0
	[ "$size" -ge "$at" ] || at=0 # begun anew
	[ "$size" -gt "$at" ] || return 0
	tail -c "+$((at + 1))" "$file" | head -c "$((size - at))"
	at=$size
}
trap 'going=0' TERM INT
while [ $going = 1 ]; do
	tell
	sleep "${TY_EVERY:-2}" &
	wait $!
done
tell
