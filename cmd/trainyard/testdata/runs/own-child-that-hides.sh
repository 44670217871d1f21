# A helper leaves the group, the session and the environment of its trainer.
env -i setsid /bin/sleep 654 < /dev/null > /dev/null 2>&1 &
until pgrep -f "sleep 654" > /dev/null; do sleep 0.02; done
exit 0
