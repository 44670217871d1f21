# Rank 2 fails first; rank 0 only loses its peer, and prints last.
echo "[rank2]: Traceback (most recent call last):"
echo '[rank2]:   File "sft.py", line 3, in <module>'
echo "[rank2]: FileNotFoundError: no such checkpoint"
echo "[rank0]: Traceback (most recent call last):"
echo '[rank0]:   File "sft.py", line 9, in <module>'
echo "[rank0]: RuntimeError: Connection closed by peer [10.0.0.2]:4411"
echo "Root Cause (first observed failure):"
echo "[0]:"
echo "  time      : 2026-11-28_05:00:00"
echo "  host      : node-7"
echo "  rank      : 2 (local_rank: 0)"
echo "  exitcode  : 1 (pid: 99)"
echo "  error_file: <N/A>"
echo "  traceback : To enable traceback see: the handbook"
echo "============================================================"
exit 1
