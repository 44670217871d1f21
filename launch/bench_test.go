package launch

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/launch/database"
)

// cpu is the processor time of this process.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// A shelf is a backend with one directory of files, for reading.
type shelf struct{ Backend }

func (shelf) Open(_ context.Context, dir string, _ Handle, name string) (*OpenFile, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	return &OpenFile{ReaderAt: f, Closer: f, ID: "1", Size: info.Size(), ModTime: info.ModTime()}, err
}

func (shelf) List(context.Context, string, Handle, string) ([]Entry, error) {
	return nil, fs.ErrNotExist
}

// BenchmarkIngest reads a log of 100,000 lines, as LLaMA-Factory writes them, into
// the ledger.
func BenchmarkIngest(b *testing.B) {
	const points = 100_000
	var log strings.Builder
	for i := range points {
		fmt.Fprintf(&log, `{"current_steps": %d, "total_steps": %d, "loss": %.4f, "lr": 4.9e-05, "epoch": %.2f, "percentage": %.2f, "elapsed_time": "1:%02d:%02d", "remaining_time": "2:00:03", "throughput": 812.4, "total_tokens": %d}`+"\n",
			i+1, points, 1/float64(i+1), float64(i)/1000, float64(i)/1000, i/60%60, i%60, i*1000)
	}
	b.SetBytes(int64(log.Len()))
	var used time.Duration
	for b.Loop() {
		b.StopTimer()
		home := b.TempDir()
		ledger, err := OpenForTest(LedgerFile(home))
		if err != nil {
			b.Fatal(err)
		}
		l := &Launcher{Home: home, Ledger: ledger}
		run, err := ledger.Create(b.Context(), "0199aaaa", goodJob(), Command{Progress: "log.jsonl"})
		if err != nil {
			b.Fatal(err)
		}
		if err := os.MkdirAll(l.Dir(run), 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(l.Dir(run), "log.jsonl"), []byte(log.String()), 0o600); err != nil {
			b.Fatal(err)
		}
		before := cpu(b)
		b.StartTimer()
		if err := l.store(b.Context(), run, shelf{}, true); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		used += cpu(b) - before
		if run, err = ledger.Run(b.Context(), run.ID); err != nil || run.Step != points {
			b.Fatalf("step %d, %v", run.Step, err)
		}
		ledger.Close()
		b.StartTimer()
	}
	b.ReportMetric(points*float64(b.N)/used.Seconds(), "points/cpu-s")
}

// BenchmarkList lists 500 ended runs of 20,000 points, or of as many as the
// environment's TRAINYARD_BENCH_POINTS says, none with a validation loss, for which
// the newest figures were once looked up in the curves.
func BenchmarkList(b *testing.B) {
	const runs = 500
	points := 20_000
	if text := os.Getenv("TRAINYARD_BENCH_POINTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		points = n
	}
	home := b.TempDir()
	ledger, err := OpenLedger(LedgerFile(home))
	if err != nil {
		b.Fatal(err)
	}
	defer ledger.Close()
	for i := range runs {
		run, err := ledger.Create(b.Context(), fmt.Sprintf("%08d-aaaa", i), goodJob(), Command{})
		if err != nil {
			b.Fatal(err)
		}
		err = ledger.update(b.Context(), func(tx *database.Tx) error {
			_, err := tx.Exec(`WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM s WHERE i < ?)
				INSERT INTO points SELECT ?, i, 1.0/i FROM s`, points, i+1)
			if err == nil {
				_, err = tx.Exec(`UPDATE attempts SET state = 'succeeded', heard = 1, step = ?, total = ?, loss = 0.5 WHERE run = ?`, points, points, run.ID)
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	l := &Launcher{Home: home, Ledger: ledger}
	for b.Loop() {
		if all, err := l.List(b.Context(), 0); err != nil || len(all) != runs {
			b.Fatalf("%d runs, %v", len(all), err)
		}
	}
}
