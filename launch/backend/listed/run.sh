# Runs a trainer where no session reaches: sh run.sh DIR PROGRAM ARGUMENT...
# All that a user typed comes as arguments or in the environment, never as text of
# this script. Numbers come as TY_DEADLINE, TY_STALL and TY_GRACE, in seconds.
set -u
umask 077
# TY_START has the packed files, TY_ASK is a file that asks for the end, TY_LAST takes the record.
start=$TY_START ask=$TY_ASK last=$TY_LAST
dir=$1
shift

fail() {
	echo "trainyard: $1" >&2
	printf '{"code":126,"why":"unready","words":"%s"}\n' "$1" >"$last"
	exit 126
}
mkdir -p "$dir" && cd "$dir" || fail "the attempt's directory cannot be made"
# Other nodes may have the same directory, and a bucket takes no pipe and no append.
own=$(mktemp -d) || fail "no temporary directory can be made"
log=$dir/log
[ "${NODE_RANK:-0}" = 0 ] || log=$dir/log-node-$NODE_RANK
(: >>"$log") 2>/dev/null || log=$own/log # in a subshell: a shell ends where a redirection of : fails
if [ -e "$start/files.000" ]; then
	cat "$start"/files.* | gzip -dc | tar -xf - || fail "the files of the command cannot be unpacked: does the image have tar and gzip?"
fi
cd "${TY_WORK:-$dir}" || fail "the working directory is not there"

now() { read -r up rest </proc/uptime; echo "${up%%.*}"; }
size() { stat -c %s "$log" ${TY_PROGRESS:+"$dir/$TY_PROGRESS"} 2>/dev/null | tr '\n' ' '; }
living() { kill -0 "-$1" 2>/dev/null || kill -0 "$1" 2>/dev/null; }
signal() { kill "-$1" "-$2" 2>/dev/null || kill "-$1" "$2" 2>/dev/null; }

# because WHY: the first reason is the one that is told.
because() { [ -e "$own/why" ] || echo "$1" >"$own/why"; }

# end WHY GRACE
end() {
	because "$1"
	signal TERM "$trainer"
	until=$(($(now) + $2))
	while living "$trainer" && [ "$(now)" -lt "$until" ]; do sleep 0.2; done
	signal KILL "$trainer"
}

# whole NUMBER DEFAULT keeps to digits, whatever stands in a file.
whole() { case $1 in '' | *[!0-9]*) echo "$2" ;; *) echo "$1" ;; esac; }

watch() {
	trap - TERM
	began=$(now) heard=$began told=$(size)
	while living "$trainer"; do
		sleep 1
		if [ -s "$ask" ]; then
			read -r grace <"$ask" || :
			end stopped "$(whole "$grace" 30)"
			return
		fi
		if [ "${TY_DEADLINE:-0}" -gt 0 ] && [ $(($(now) - began)) -ge "$TY_DEADLINE" ]; then
			end deadline "${TY_GRACE:-30}"
			return
		fi
		tells=$(size)
		if [ "$tells" != "$told" ]; then told=$tells heard=$(now); fi
		if [ "${TY_STALL:-0}" -gt 0 ] && [ $(($(now) - heard)) -ge "$TY_STALL" ]; then
			end stalled "${TY_GRACE:-30}"
			return
		fi
	done
}

mkfifo "$own/pipe" || fail "no pipe can be made in a temporary directory"
late=
trap 'late=1' TERM # from here on something would be left that holds our output
(trap '' TERM INT && exec tee -a "$log" <"$own/pipe") & # a signal for the whole group leaves the last words their way out
tee=$!
since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
# A shell waits for the trainer and writes its code down. What it would say of signals is
# no word of the trainer's; a signal for the group does not end it, and one that it catches
# is none that the trainer ignores.
waits='exec 3>&2 2>/dev/null; trap : TERM INT; "$@" 2>&3 3>&-; echo $? >"$0"'
if command -v setsid >/dev/null; then
	setsid /bin/sh -c "$waits" "$own/code" "$@" >"$own/pipe" 2>&1 &
else
	/bin/sh -c "$waits" "$own/code" "$@" >"$own/pipe" 2>&1 &
fi
trainer=$!
trap 'because ended; end ended "${TY_GRACE:-30}" &' TERM
[ -z "$late" ] || end ended "${TY_GRACE:-30}" &
: >"$start/ready"
watch &
watcher=$!
while :; do
	{ wait "$trainer"; } 2>/dev/null # bash tells of signals; one for us cuts a wait off
	code=$?
	kill -0 "$trainer" 2>/dev/null || break
done
[ -s "$own/code" ] && read -r code <"$own/code" # else its shell was killed, as it was
[ "$code" != 143 ] || [ -e "$own/why" ] || sleep 1 # what ends all of a job reaches us a moment after the trainer
trap '' TERM
kill "$watcher" 2>/dev/null
signal KILL "$trainer" # what it left behind would hold the GPUs
for _ in 1 2 3 4 5 6 7 8 9 10; do
	kill -0 "$tee" 2>/dev/null || break
	sleep 0.3
done
why=exited
[ -e "$own/why" ] && read -r why <"$own/why"
rm -rf "$own"
printf '{"code":%d,"why":"%s","started":"%s","ended":"%s"}\n' "$code" "$why" "$since" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$last"
exit "$code"
