# Where the log belongs lies a directory.
mkdir -p "$1/trainer_log.jsonl"
