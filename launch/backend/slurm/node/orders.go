package node

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Orders are the lines of the orders file, as far as they are known words.
type Orders struct {
	// Stop asks for the end; zero where none was asked for.
	Stop Stop
	// Warned are the warnings of Slurm, by restart.
	Warned map[int]Warning
	// Newest is the newest restart that has begun.
	Newest int
}

// A Stop is a request for the end, and how long that may take.
type Stop struct {
	At    time.Time
	Grace time.Duration
}

// Line is the stop as a line of the file.
func (s Stop) Line() string { return fmt.Sprintf("stop %d %d\n", s.At.UnixMilli(), s.Grace) }

// A Warning is what Slurm said when it sent the signal before the end: how long the job
// had run, and how long it may. Zero is not known, or no limit.
type Warning struct {
	Elapsed, Limit time.Duration
}

// nearLimit is more than the time before its limit at which a job is warned.
const nearLimit = 3 * time.Minute

// ForLimit reports whether the job was warned of its time limit; else it is preempted.
func (w Warning) ForLimit() bool { return w.Limit > 0 && w.Limit-w.Elapsed <= nearLimit }

// ReadOrders reads the file of an attempt's directory here; one that is not there has
// no orders.
func ReadOrders(dir string) (Orders, error) {
	data, err := os.ReadFile(filepath.Join(dir, OrdersName))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return ParseOrders(data), err
}

// ParseOrders leaves out a last line that is not whole yet, and words it does not know.
func ParseOrders(data []byte) Orders {
	o := Orders{Warned: map[int]Warning{}}
	for line := range bytes.Lines(data) {
		fields := strings.Fields(string(line))
		if len(fields) < 2 || !bytes.HasSuffix(line, []byte("\n")) {
			continue
		}
		number, err := strconv.ParseInt(fields[1], 10, 64)
		if err == nil {
			o.take(fields[0], number, fields[2:])
		}
	}
	return o
}

func (o *Orders) take(word string, number int64, rest []string) {
	switch {
	case word == "begin":
		o.Newest = max(o.Newest, int(number))
	case word == "warn":
		w := Warning{}
		if len(rest) >= 2 {
			w.Elapsed, w.Limit = Duration(rest[0]), Duration(rest[1])
		}
		o.Warned[int(number)] = w
	case word == "stop" && len(rest) >= 1 && o.Stop.At.IsZero():
		if grace, err := strconv.ParseInt(rest[0], 10, 64); err == nil {
			o.Stop = Stop{At: time.UnixMilli(number), Grace: time.Duration(grace)}
		}
	}
}

// Duration reads a time as Slurm writes it, [DAYS-]HOURS:MINUTES:SECONDS with as many of
// them as are needed; what is none, such as UNLIMITED, is 0.
func Duration(text string) time.Duration {
	days, clock, has := strings.Cut(text, "-")
	total := 0
	if has {
		n, err := strconv.Atoi(days)
		if err != nil {
			return 0
		}
		total = n * 24
	} else {
		clock = text
	}
	parts := strings.Split(clock, ":")
	for len(parts) < 3 {
		parts = append([]string{"0"}, parts...)
	}
	seconds := total * 3600
	for i, unit := range []int{3600, 60, 1} {
		n, err := strconv.Atoi(parts[i])
		if err != nil || len(parts) > 3 {
			return 0
		}
		seconds += n * unit
	}
	return time.Duration(seconds) * time.Second
}

// begin writes that a restart has begun: an earlier start that lives still ends itself.
func begin(dir string, restart int) error {
	f, err := os.OpenFile(filepath.Join(dir, OrdersName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "begin %d\n", restart)
	return errors.Join(err, f.Sync(), f.Close())
}
