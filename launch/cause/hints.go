package cause

import "strings"

// signalHints say what usually sends a signal to a training process.
var signalHints = map[int]string{
	1:  "SIGHUP: its terminal went away",
	2:  "SIGINT: an interrupt from a keyboard or a scheduler",
	4:  "SIGILL: a binary built for another processor",
	6:  "SIGABRT: an assertion, or the NCCL watchdog after a collective hung",
	7:  "SIGBUS: most often /dev/shm is too small for the data loaders",
	9:  "SIGKILL: most often the host ran out of memory; else a kill -9",
	11: "SIGSEGV: a crash in native code",
	15: "SIGTERM: asked to end from outside, by a scheduler or a shutdown",
}

// SignalHint is what usually lies behind a signal, in brackets with a blank before
// them; empty where nothing is known.
func SignalHint(signal int) string {
	if hint := signalHints[signal]; hint != "" {
		return " (" + hint + ")"
	}
	return ""
}

// errorHints name a known trouble by words of an error. The first that fits is
// told, so the more telling ones come first.
var errorHints = []struct{ words, hint string }{
	{"CUDA out of memory", "the GPU ran out of memory: use a smaller window or per-device batch, LoRA, or more GPUs"},
	{"CUDA error: out of memory", "the GPU ran out of memory: use a smaller window or per-device batch, LoRA, or more GPUs"},
	{"HIP out of memory", "the GPU ran out of memory: use a smaller window or per-device batch, LoRA, or more GPUs"},
	{"failure 2 'out of memory'", "the GPU ran out of memory: use a smaller window or per-device batch, LoRA, or more GPUs"},
	{"running low on memory", "the host ran out of memory: use fewer workers and less offload, or a machine with more"},
	{"Exceeded job memory limit", "a worker was killed because the job's memory was used up"},
	{"Watchdog caught collective operation timeout", "a NCCL collective timed out: a rank died or was slow, as while one rank tokenizes"},
	{"No space left on device", "a disk is full"},
	{"return code = -9", "a worker was killed: most often the host ran out of memory"},
	{"return code = -7", "a worker got SIGBUS: most often /dev/shm is too small"},
	{"oom_kill event", "a worker was killed because the job's memory was used up"},
	{"Cannot find valid samples", "the trainer accepted no row of the dataset"},
	{"GatedRepoError", "the model is gated: accept its licence and set HF_TOKEN"},
	{"gated repo", "the model is gated: accept its licence and set HF_TOKEN"},
	{"No module named", "a Python module is missing in the trainer's environment"},
	{"Output directory already exists and is not empty", "the output directory holds something that is no checkpoint"},
}

func hint(words string) string {
	for _, h := range errorHints {
		if strings.Contains(words, h.words) {
			return h.hint
		}
	}
	return ""
}
