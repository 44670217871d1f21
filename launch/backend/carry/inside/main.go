package inside

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
)

// Where a container has what concerns it. A platform mounts start and ask, which are
// read alone, and own, a directory that nothing else uses.
const (
	Home     = "/trainyard"
	StartDir = Home + "/start"
	AskDir   = Home + "/ask"
	OwnDir   = Home + "/own"
)

// Names in these directories.
const (
	OrderName = "order.json"
	FilesName = "files." // and a number: the packed files of the command, in pieces
	StopName  = "stop"   // in ask, with the seconds of grace; empty as long as nothing is asked
)

// A Box is where the parts of the container lie.
type Box struct {
	Start, Ask, Own string
	Last            string // the file of its last words
	Rank            int    // among the containers that train together
	Cell            string // begins the names of what is this cell's in Start; empty: the container is of no batch
}

// rankName is the variable with the number of a pod of an indexed Job.
const rankName = "JOB_COMPLETION_INDEX"

// CellName begins the names, in Start, of what one cell of a batch has for itself. All of
// its pods have the files of all cells.
func CellName(index int) string { return fmt.Sprintf("cell-%d.", index) }

// Container is the box as a platform makes it.
func Container() Box {
	number, _ := strconv.Atoi(os.Getenv(rankName)) // not set where there is one
	return Box{Start: StartDir, Ask: AskDir, Own: OwnDir, Last: "/dev/termination-log"}.numbered(number)
}

// numbered takes a pod's number as its rank, or, where there is an order of that cell, as
// which attempt of a batch it is to run.
func (b Box) numbered(number int) Box {
	if _, err := os.Stat(filepath.Join(b.Start, CellName(number)+OrderName)); err == nil {
		b.Cell = CellName(number)
		return b
	}
	b.Rank = number
	return b
}

// Main is `agent inside run` and `agent inside tell FILE`, and gives the code to exit
// with. Without a FILE, it is the progress file of the order.
func Main(ctx context.Context, args []string) int {
	switch {
	case len(args) == 1 && args[0] == "run":
		return Container().Run(ctx, os.Stdout)
	case len(args) == 1 && args[0] == "tell":
		file, err := Container().progress()
		if err != nil {
			fmt.Fprintln(os.Stderr, "trainyard:", err)
			return 1
		}
		return tell(ctx, file)
	case len(args) == 2 && args[0] == "tell":
		return tell(ctx, args[1])
	}
	fmt.Fprintf(os.Stderr, "inside %q: it takes run, tell or tell FILE; the script that brings the agent runs it\n", args)
	return 2
}

func tell(ctx context.Context, file string) int {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := Tell(ctx, file, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "trainyard:", err)
		return 1
	}
	return 0
}
