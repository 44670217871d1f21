# Has the agent run what no session reaches. With the agent packed beside this script:
# sh start.sh ARCH SHA256 COMMAND... With one that the image has: sh start.sh PATH '' COMMAND...
set -u
umask 077
start=${TY_START:-/trainyard/start} own=${TY_OWN:-/trainyard/own} last=${TY_LAST:-/dev/termination-log}
trap 'exit 143' TERM # process 1 of a container hears no signal that it has no trap for
fail() {
	echo "trainyard: $1" >&2
	printf '{"state":"failed","code":126,"why":"unready","reason":"%s"}\n' "$(printf %s "$1" | tr -d '"\\' | tr '\n\t\r' '   ')" >"$last"
	exit 126
}
agent=$1 sum=$2
if [ -n "$sum" ]; then
	case $(uname -sm) in
	'Linux x86_64') arch=amd64 ;;
	'Linux aarch64') arch=arm64 ;;
	*) arch=$(uname -sm) ;;
	esac
	[ "$arch" = "$1" ] || fail "the node is $arch, and the agent that goes along is for $1: give the place arch: $arch (there are amd64 and arm64)"
	agent=$(mktemp "$own/agent.XXXXXX") || fail "the agent cannot be written to $own"
	words=$(cat "$start"/agent.* | gzip -dc 2>&1 >"$agent") || fail "the agent cannot be unpacked into $own: there is no room, or the image has no gzip: $words"
	came=$(sha256sum "$agent") || fail "the image has no sha256sum to check the agent with"
	[ "${came%% *}" = "$sum" ] || fail "the agent that came is not the one that was sent: its sha256 is ${came%% *}, not $sum"
	chmod 700 "$agent" || fail "the agent cannot be made a program in $own"
fi
words=$("$agent" version 2>&1) || case $words in
*'ermission denied'*) fail "the agent may not be run: $words: its file system is mounted noexec, or it is no program" ;;
*) fail "the agent does not run here: $words" ;;
esac
shift 2
exec "$agent" inside "$@"
