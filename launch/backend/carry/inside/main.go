package inside

import (
	"context"
	"fmt"
	"os"
	"os/signal"
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
}

// rankName is the variable with the number of a pod of an indexed Job.
const rankName = "JOB_COMPLETION_INDEX"

// Container is the box as a platform makes it.
func Container() Box {
	rank, _ := strconv.Atoi(os.Getenv(rankName)) // not set where there is one
	return Box{StartDir, AskDir, OwnDir, "/dev/termination-log", rank}
}

// Main is `agent inside run` and `agent inside tell FILE`, and gives the code to exit
// with.
func Main(ctx context.Context, args []string) int {
	switch {
	case len(args) == 1 && args[0] == "run":
		return Container().Run(ctx, os.Stdout)
	case len(args) == 2 && args[0] == "tell":
		ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
		defer stop()
		if err := Tell(ctx, args[1], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "trainyard:", err)
			return 1
		}
		return 0
	}
	fmt.Fprintf(os.Stderr, "inside %q: it takes run or tell FILE; the script that brings the agent runs it\n", args)
	return 2
}
