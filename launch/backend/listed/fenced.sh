# Lets one start of an attempt train: sh -c THIS sh DIR PROGRAM ARGUMENT...
set -u
umask 077
dir=$1
work=$(mktemp -d) || exit 126
say() { echo "trainyard: record $(cat "$1")"; }
mkdir -p "$dir" || { echo 'trainyard: record {"code":126,"why":"unready","words":"the directory of runs cannot be written"}'; exit 126; }
if [ -e "$dir/done" ]; then # it was trained before: the same end again
	say "$dir/done"
	exit "$(sed -n 's/^{"code":\([0-9]*\),.*/\1/p' "$dir/done")"
fi
if ! mkdir "$dir/begun${TY_NODE:+-$TY_NODE}" 2>/dev/null; then
	echo 'trainyard: record {"code":75,"why":"fenced","words":"it has begun before and left no end"}'
	exit 75
fi
mkdir "$work/start"
printf %s "$TY_RUN" | base64 -d >"$work/start/run.sh"
if [ -n "${TY_FILES:-}" ]; then printf %s "$TY_FILES" | base64 -d >"$work/start/files.000"; fi
unset TY_RUN TY_FILES
export TY_START="$work/start" TY_ASK="$dir/stop" TY_LAST="$work/last"
asked=
trap asked=1 TERM INT
sh "$work/start/run.sh" "$@" &
child=$!
while :; do
	if [ -n "$asked" ]; then # a signal is lost on a process that does not run its own program yet
		until [ -e "$TY_START/ready" ] || ! kill -0 "$child" 2>/dev/null; do sleep 0.1; done
		asked=
		kill -TERM "$child" 2>/dev/null
	fi
	wait "$child"
	code=$?
	kill -0 "$child" 2>/dev/null || break
done
if [ -s "$work/last" ]; then
	if [ -z "${TY_NODE:-}" ] || [ "$TY_NODE" = 0 ]; then cp "$work/last" "$dir/done~" && mv "$dir/done~" "$dir/done"; fi
	say "$work/last"
fi
rm -rf "$work"
exit "$code"
