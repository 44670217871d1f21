# A trainer that does its three steps.
mkdir -p "$1"
for i in 1 2 3; do echo "{\"current_steps\": $i, \"total_steps\": 3, \"loss\": $i.5}"; done > "$1/trainer_log.jsonl"
