package attempt

import (
	"context"
	"time"

	"trainyard/launch/task"
)

// A Machine runs attempts: this one ([Here]), or one behind a session ([Client]).
// Every directory is absolute there, or lies below the machine's root. Methods may be
// called at once from many goroutines. Errors keep what a caller branches on, over any
// session: task.ErrClaimed, task.ErrNeverStarted, task.ErrGone, fs.ErrNotExist,
// files.ErrNotRegular, ErrNoSpace, ErrOffset, ErrDigest, ErrProtocol, exec.ErrNotFound.
// ErrDisconnected says that the session is over and that nothing is known of what was
// asked: a Start may have started, which Find tells.
type Machine interface {
	// Hello tells what the machine is, as it is now.
	Hello(ctx context.Context) (Box, error)
	// LookPath is exec.LookPath there.
	LookPath(ctx context.Context, program string) (string, error)

	// Has tells how many bytes of an object the store has, and whether that is all of
	// it and its digest was right. A digest is SHA-256 in lower case hexadecimals.
	Has(ctx context.Context, digest string) (size int64, whole bool, err error)
	// Put appends to an object of size bytes in all, at the offset where what is there
	// ends; chunks that come a little early wait for those before them. The first one
	// asks for the room (ErrNoSpace), the last one checks the digest (ErrDigest, after
	// which nothing of it is there). What was put stays when a session ends.
	Put(ctx context.Context, digest string, size, offset int64, data []byte) error
	// Place writes files below a directory and makes links, for a caller that lays out
	// a dataset or code from objects. A file that is there already is replaced.
	Place(ctx context.Context, dir string, files []task.File) error

	// Start claims the directory of the order and starts its supervisor: of any number
	// of calls, over any number of sessions, one starts something, the others get
	// task.ErrClaimed. After any other error the caller asks Find.
	Start(ctx context.Context, order Order) (task.Handle, error)
	// Find returns the handle of what was started in a directory, else
	// task.ErrNeverStarted, after it has made sure that nothing can be started there.
	Find(ctx context.Context, dir string) (task.Handle, error)
	// Status looks and changes nothing.
	Status(ctx context.Context, dir string, h task.Handle) (task.Status, error)
	// Stop asks the trainer to end, and its supervisor to end it by force when grace
	// has passed.
	Stop(ctx context.Context, dir string, h task.Handle, grace time.Duration) error
	// Collected says that the caller has all it wants of an attempt that has ended: its
	// supervisor goes on to destroy the box at once, where it was told to.
	Collected(ctx context.Context, dir string) error

	// Open opens a regular file of the directory and never waits for a writer. Over a
	// session, every ReadAt is a request.
	Open(ctx context.Context, dir, name string) (*task.OpenFile, error)
	// List tells the regular files and directories in one of the directory's, by name.
	List(ctx context.Context, dir, name string) ([]task.Entry, error)

	// Exec runs a program to its end, as sbatch on a login node: no shell sees argv, and
	// when ctx ends it is killed there. At most 16 MiB are kept of each output.
	// A code other than 0 is no error.
	Exec(ctx context.Context, argv []string, stdin []byte) (Result, error)
	// Close ends the session; attempts go on.
	Close() error
}

// An Order is one attempt to start on a machine. Task.Dir is its directory there.
// Values of secrets in Command.Env reach the supervisor's environment and no file.
type Order struct {
	task.Task
	// Rank is this machine's place among Nodes, from 0; Master is where rank 0 is
	// reached. With more than one node they reach the trainer as NNODES, NODE_RANK,
	// MASTER_ADDR and MASTER_PORT, and as torchrun's PET_NNODES and so on.
	Rank       int
	Master     string
	MasterPort int
	// Slots is how many of the machine's GPUs the attempt takes for itself: it waits in
	// their queue, which lies in the machine's root, and sees them alone
	// (CUDA_VISIBLE_DEVICES). 0 takes none and sees all.
	Slots int
	// RankLogs keeps what each rank of torchrun says below ranks, too, by setting
	// PET_LOG_DIR and PET_TEE: the log has the words of all still.
	RankLogs bool
	// PricePerHour and Budget, in one currency, end the attempt before what it costs
	// goes beyond, its grace and the time to collect included; Spent is what the box had
	// cost before its supervisor started.
	PricePerHour, Budget, Spent float64
	// MinFree is the free room, in bytes, below which a warning is written; 0 is 2 GiB,
	// or a twentieth of a small disk.
	MinFree int64
	// Collect is how long the box waits after the end for its caller to collect.
	Collect time.Duration
	// Destroy ends the box itself after that; nil leaves it.
	Destroy *Destroy
}

// A Destroy is the request that destroys a box, repeated with backoff until it is gone.
// ${NAME} in URL and in the values of Header is the value of that variable of the
// supervisor's environment, so that no key stands in the order: what has no value is a
// fault of the order.
type Destroy struct {
	Method string            `json:"method"`
	URL    string            `json:"url"`
	Header map[string]string `json:"header,omitempty"`
	Body   string            `json:"body,omitempty"`
	// Check is a URL to GET until it answers 404 or 410; empty: the request itself is
	// repeated until it does.
	Check string `json:"check,omitempty"`
}

// A Result is what a program said and how it ended.
type Result struct {
	Code   int    `json:"code"` // 128+signal for a signal
	Stdout []byte `json:"stdout"`
	Stderr []byte `json:"stderr"`
}

// Protocol is the version of what a session speaks. It grows when a machine of one
// version cannot serve a client of another.
const Protocol = 1

// A Box is what a machine says of itself.
type Box struct {
	Protocol int
	ID       BoxID
	OS, Arch string // as GOOS and GOARCH
	Home     string // home directory, where there is one
	Root     string // where attempts, store and GPU locks lie
	Store    string // the object with a digest is Store/DIGEST: a target for links
	Free     int64  // bytes, below Root
	Cores    int
	GPUs     []GPU // as nvidia-smi tells them, or as /dev names them
	// Slots are GPUs that attempts may take: those of CUDA_VISIBLE_DEVICES where it is set.
	// Taken are those of them that attempts have, Waiting the attempts in the queue.
	Slots, Taken, Waiting int
}

// A GPU is one of a box.
type GPU struct {
	Index  int
	Name   string `json:",omitempty"` // empty: not known
	Memory int64  `json:",omitempty"` // bytes; 0: not known
}
