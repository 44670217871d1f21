package launch

import (
	"io"
	"strings"
	"testing"

	"trainyard/launch/cause"
)

// What a trainer went on after did not end it.
func TestAnErrorThatWasHandledIsNotWhatEndedARun(t *testing.T) {
	const trace = "Traceback (most recent call last):\n  File \"train.py\", line 3, in f\n"
	const handled = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB\n"
	for name, c := range map[string]struct {
		log  string
		want cause.Class
	}{
		"handled, then another":       {handled + "retrying with batch 1\n" + trace + "RuntimeError: the labels have another length\n", cause.Unrecognized},
		"another while handling":      {trace + handled + "\nDuring handling of the above exception, another exception occurred:\n\n" + trace + "AttributeError: no shape\n", cause.Unrecognized},
		"raised from":                 {trace + handled + "\nThe above exception was the direct cause of the following exception:\n\n" + trace + "TrainError: step 3\n", cause.OutOfMemory},
		"a module that may be absent": {trace + "ModuleNotFoundError: No module named 'flash_attn'\nfalling back to sdpa\n{'loss': 1.0}\n" + trace + "ValueError: unsupported dtype\n", cause.Unrecognized},
		"nothing after it":            {"step 3\n" + trace + handled, cause.OutOfMemory},
		"the kernel's word":           {"slurmstepd: error: Detected 1 oom_kill event in StepId=7.0\n" + trace + "RuntimeError: a worker is gone\n", cause.HostMemory},
		"shown without a traceback":   {handled + "exiting\n", cause.OutOfMemory},
		"behind the exception":        {trace + "RuntimeError: save failed\nOSError: [Errno 28] No space left on device\n", cause.DiskFull},
	} {
		found, err := diagnosed(func() io.Reader { return strings.NewReader(c.log) }, cause.Finding{Class: cause.Unrecognized}, func(s string) string { return s })
		if err != nil || found.Class != c.want {
			t.Errorf("%s: %+v, %v; want %s", name, found, err, c.want)
		}
	}
}
