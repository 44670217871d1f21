# No step is told, the program dies, and the shell says that all is well.
{
    echo "Traceback (most recent call last):"
    echo '  File "sft.py", line 1, in <module>'
    echo "ModuleNotFoundError: No module named 'trl'"
} || true
true
