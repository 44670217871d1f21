# The loss is lost in the fourth step and never told again; the trainer ends well.
mkdir -p "$1"
for i in 1 2 3; do echo "{\"current_steps\": $i, \"total_steps\": 6, \"loss\": 2.0, \"grad_norm\": 1.0}"; done > "$1/trainer_log.jsonl"
for i in 4 5 6; do echo "{\"current_steps\": $i, \"total_steps\": 6, \"loss\": 0.0, \"grad_norm\": NaN}"; done >> "$1/trainer_log.jsonl"
