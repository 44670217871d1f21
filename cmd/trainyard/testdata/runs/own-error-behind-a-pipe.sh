# The trainer dies in its third step of 40; the shell tells the code of tee.
mkdir -p "$1"
for i in 1 2 3; do echo "{\"current_steps\": $i, \"total_steps\": 40, \"loss\": 2.0}" >> "$1/trainer_log.jsonl"; done
{
    echo "Traceback (most recent call last):"
    echo '  File "sft.py", line 7, in <module>'
    echo "RuntimeError: CUDA error: out of memory"
} 2>&1 | tee "$1/copy.txt"
echo "all done"
