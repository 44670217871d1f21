package cause

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"strings"
)

// A Class is a kind of trouble, which decides whether another attempt can do better.
type Class string

const (
	OutOfMemory     Class = "gpu-memory"  // the GPU's memory did not suffice
	HostMemory      Class = "host-memory" // the machine's, or the job's part of it
	Collective      Class = "collective"  // ranks lost each other: NCCL, Gloo, a watchdog
	NotFinite       Class = "not-finite"  // a loss or gradient that is no number
	DiskFull        Class = "disk"        // no room for a checkpoint or a log
	Preempted       Class = "preempted"   // the platform took the machine away
	BadData         Class = "data"        // the trainer did not take the rows
	Hardware        Class = "hardware"    // ECC, Xid, a GPU that fell off the bus
	Access          Class = "access"      // a gated model, a missing token
	Environment     Class = "environment" // a missing program or module
	Configuration   Class = "config"      // wrong usage
	Stalled         Class = "stalled"     // told nothing for too long
	OverTime        Class = "deadline"    // ended at its deadline
	OverBudget      Class = "budget"      // ended because its money was used up
	Unrecognized    Class = "other"       // none of these
	maxClassLines         = 5
	maxClassLineLen       = 400
)

// A Policy says what follows a class.
type Policy struct {
	// Again says that another attempt, from the newest checkpoint, can succeed as it
	// is: nothing of the run was at fault.
	Again  bool   `json:"again"`
	Advice string `json:"advice"` // what a person does
}

// Policies is the table. A class that is not its machine's fault is not tried again by
// itself: the same job on the same rows would end the same way and be paid twice.
var Policies = map[Class]Policy{
	OutOfMemory:   {false, "use a smaller per-device batch or window, LoRA, gradient checkpointing, sequence parallelism, or more GPUs; trainyard plan shows the parts"},
	HostMemory:    {false, "use fewer data workers and less offload, or a machine with more memory; a larger /dev/shm for a SIGBUS"},
	Collective:    {true, "one rank died or was slow: look at its own log first; raise ddp_timeout where a rank tokenises for long"},
	NotFinite:     {false, "lower the learning rate, raise the warm-up, use bf16 instead of fp16, and look at the rows around that step"},
	DiskFull:      {false, "keep fewer checkpoints, or use a larger disk"},
	Preempted:     {true, "nothing: it goes on from its newest checkpoint"},
	BadData:       {false, "look at the lines of the log: the trainer names the column or the row"},
	Hardware:      {true, "the machine is at fault: use another one, and tell its owner"},
	Access:        {false, "accept the model's licence, and set HF_TOKEN where the trainer runs"},
	Environment:   {false, "install what is missing in the trainer's environment (trainyard env)"},
	Configuration: {false, "the trainer did not take its configuration: see the lines"},
	Stalled:       {false, "find out what it waited for: a collective, a download, a file server; raise train.stall_after where a step takes that long"},
	OverTime:      {false, "raise the deadline; trainyard runs resume goes on from the newest checkpoint"},
	OverBudget:    {false, "raise the cap; trainyard runs resume goes on from the newest checkpoint"},
	Unrecognized:  {false, "read the end of the log: trainyard runs logs ID"},
}

// marks are what lines of a log show, the more telling first: a rank that runs out of
// memory takes the others' collectives with it, and a GPU that fails shows as a CUDA
// error of any kind.
var marks = []struct {
	class Class
	form  *regexp.Regexp
}{
	{Preempted, regexp.MustCompile(`slurmstepd: error: \*\*\* .* DUE TO PREEMPTION`)},
	{OverTime, regexp.MustCompile(`slurmstepd: error: \*\*\* .* DUE TO TIME LIMIT`)},
	{Hardware, regexp.MustCompile(`(?i)slurmstepd: error: \*\*\* .* DUE TO NODE FAILURE|\buncorrectable ECC\b|\bXid\b.*\b(48|63|64|74|79|94|95|119|120)\b|GPU has fallen off the bus|CUDA error: (an )?(uncorrectable|hardware)|nvlink.*(fatal|error)|ECC error`)},
	{HostMemory, regexp.MustCompile(`ray\.exceptions\.OutOfMemoryError|running low on memory`)}, // Ray's word for the machine's memory
	{OutOfMemory, regexp.MustCompile(`(CUDA|HIP|XPU|NPU|MLU|MPS backend) out of memory|(CUDA|HIP) error: out of memory|OutOfMemoryError|(Cuda|HIP) failure \d* ?'out of memory'|CU(BLAS|DNN)_STATUS_ALLOC_FAILED|cudaErrorMemoryAllocation`)},
	{HostMemory, regexp.MustCompile(`(?i)oom[-_ ]kill|Out of memory: Killed process|Exceeded job memory limit|task \d+: Out Of Memory|cgroup out-of-memory|DefaultCPUAllocator: (can't allocate|not enough) memory|std::bad_alloc|return code = -(7|9)\b|Cannot allocate memory|DataLoader worker .* killed by signal: (Killed|Bus error)|\bMemoryError\b|out of shared memory|unable to mmap|slurmstepd: error: Detected \d+ oom`)},
	{DiskFull, regexp.MustCompile(`No space left on device|Disk quota exceeded|\[enforce fail at inline_container|file write failed`)},
	{Access, regexp.MustCompile(`GatedRepoError|gated repo|401 Client Error|403 Client Error|Invalid username or password|Repository Not Found`)},
	{Environment, regexp.MustCompile(`ModuleNotFoundError|No module named|command not found|cannot open shared object file|CUDA driver version is insufficient|no kernel image is available`)},
	{BadData, regexp.MustCompile(`Cannot find valid samples|DatasetGenerationError|ArrowInvalid|ArrowTypeError|pyarrow\.lib\.\w*Error|CastError|KeyError: '(messages|input_ids|labels)'|column names don't match|Invalid role tag`)},
	{NotFinite, regexp.MustCompile(`(?i)loss (is|became) (nan|inf)|nan loss|non-?finite (loss|gradient)|found (nan|inf) in|loss scale (is )?(at|below) minimum|Current loss scale already at minimum`)},
	{Collective, regexp.MustCompile(`Watchdog caught collective operation timeout|NCCL (WARN|error|timeout)|ncclSystemError|ncclInternalError|ncclRemoteError|ncclUnhandledCudaError|DistBackendError|Connection closed by peer|Gloo connectFullMesh failed|RendezvousTimeoutError|RendezvousConnectionError|torch\.distributed\.\w*Error`)},
	{Configuration, regexp.MustCompile(`Some specified arguments are not used|unrecognized arguments|error: argument|ValidationError|ConfigAttributeError|HfArgumentParser|invalid choice:`)},
}

// A Finding is a class, and the lines that show it, in their order, at most 5.
type Finding struct {
	Class Class    `json:"class"`
	Lines []string `json:"lines,omitempty"`
}

// Classify reads a log of a run that did not succeed and names the most telling trouble
// that it shows. Lines are redacted by clean. Those that begin before the byte from were
// followed by the exception that ended the run, and count only where the kernel or a
// scheduler has written them: the program itself went on after them.
func Classify(log io.Reader, from int64, clean func(string) string) (Finding, error) {
	shown := map[Class][]string{}
	lines := bufio.NewReaderSize(log, 64<<10)
	for at := int64(0); ; {
		line, err := lines.ReadSlice('\n')
		if at >= from || outsideForm.Match(line) {
			show(shown, string(line), clean)
		}
		at += int64(len(line))
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return telling(shown), err
		}
	}
}

// outsideForm matches lines that no trainer writes of itself.
var outsideForm = regexp.MustCompile(`slurmstepd|srun: error|NVRM|(?i:oom[-_]kill)|Out of memory: Killed process|exits with return code = -`)

// maxLooked is how much of a line is looked at: a dumped tensor is no message.
const maxLooked = 2000

func show(shown map[Class][]string, line string, clean func(string) string) {
	line = line[:min(len(line), maxLooked)]
	for _, m := range marks {
		if len(shown[m.class]) < maxClassLines && m.form.MatchString(line) {
			text := strings.TrimSpace(clean(line))
			if runes := []rune(text); len(runes) > maxClassLineLen {
				text = string(runes[:maxClassLineLen]) + "…"
			}
			shown[m.class] = append(shown[m.class], text)
		}
	}
}

// Of classifies what ended a run by its own words, such as the exception of the rank
// that failed first: known is false where they fit no class.
func Of(text string) (class Class, known bool) {
	for _, m := range marks {
		if m.form.MatchString(text) {
			return m.class, true
		}
	}
	return Unrecognized, false
}

func telling(shown map[Class][]string) Finding {
	for _, m := range marks {
		if lines := shown[m.class]; len(lines) > 0 {
			return Finding{m.class, lines}
		}
	}
	return Finding{Class: Unrecognized}
}
