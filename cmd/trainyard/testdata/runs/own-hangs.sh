# The trainer does three steps of a second each and then hangs.
mkdir -p "$1"
for i in 1 2 3; do echo "{\"current_steps\": $i, \"total_steps\": 600, \"loss\": 1.0, \"elapsed_time\": \"0:00:0$i\"}"; done > "$1/trainer_log.jsonl"
exec sleep 987
