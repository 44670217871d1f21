package launch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A Metric is one line of a trainer's log. A figure the line does not have is
// nil or zero.
type Metric struct {
	Step            int64         `json:"step"`
	TotalSteps      int64         `json:"total_steps"`
	Loss            *float64      `json:"loss,omitempty"`
	EvalLoss        *float64      `json:"eval_loss,omitempty"`
	LR              *float64      `json:"lr,omitempty"`
	Epoch           *float64      `json:"epoch,omitempty"`
	TokensPerSecond float64       `json:"tokens_per_second,omitempty"`
	TotalTokens     int64         `json:"total_tokens,omitempty"`
	Elapsed         time.Duration `json:"elapsed_ns,omitempty"`
	Left            time.Duration `json:"left_ns,omitempty"`
	// Diverged says that a loss was there and was NaN or infinite, which is
	// why Loss or EvalLoss is nil.
	Diverged bool `json:"diverged,omitempty"`
}

// logLine has the names of LLaMA-Factory's trainer_log.jsonl
// (src/llamafactory/train/callbacks.py), which our smoke trainer writes too.
type logLine struct {
	Step        *int64 `json:"current_steps"`
	Total       int64  `json:"total_steps"`
	Loss        figure `json:"loss"`
	EvalLoss    figure `json:"eval_loss"`
	LR          figure `json:"lr"`
	Epoch       figure `json:"epoch"`
	Elapsed     string `json:"elapsed_time"`
	Left        string `json:"remaining_time"`
	Throughput  figure `json:"throughput"`
	TotalTokens figure `json:"total_tokens"`
}

// A figure is a number that may come as a string (transformers 5) or as a
// word that JSON does not have.
type figure struct {
	value *float64
	bad   bool // present but not finite
}

func (f *figure) UnmarshalJSON(data []byte) error {
	text := strings.Trim(string(data), `"`)
	if text == "null" || text == "" {
		return nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return err
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		f.bad = true
		return nil
	}
	f.value = &v
	return nil
}

func (f figure) or0() float64 {
	if f.value == nil {
		return 0
	}
	return *f.value
}

// pythonNumbers are what json.dumps of Python writes for numbers that JSON
// lacks. Only whole values match, so text inside strings stays.
var pythonNumbers = regexp.MustCompile(`(:\s*)(NaN|-?Infinity)(\s*[,}])`)

// ParseMetric reads one line of a trainer's log. Lines that are not JSON
// objects with current_steps are none of ours: ok is false.
func ParseMetric(line []byte) (m Metric, ok bool) {
	line = pythonNumbers.ReplaceAll(line, []byte(`$1"$2"$3`))
	var l logLine
	if json.Unmarshal(line, &l) != nil || l.Step == nil {
		return Metric{}, false
	}
	return Metric{
		Step: *l.Step, TotalSteps: l.Total,
		Loss: l.Loss.value, EvalLoss: l.EvalLoss.value, LR: l.LR.value, Epoch: l.Epoch.value,
		TokensPerSecond: l.Throughput.or0(), TotalTokens: int64(l.TotalTokens.or0()),
		Elapsed: parseClock(l.Elapsed), Left: parseClock(l.Left),
		Diverged: l.Loss.bad || l.EvalLoss.bad,
	}, true
}

// parseClock reads Python's str(timedelta), "1 day, 2:03:04" or "0:00:02";
// anything else is 0.
func parseClock(s string) time.Duration {
	var days int
	if before, rest, found := strings.Cut(s, ", "); found {
		number, _, _ := strings.Cut(before, " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			return 0
		}
		days, s = n, rest
	}
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return 0
	}
	h, errH := strconv.Atoi(parts[0])
	m, errM := strconv.Atoi(parts[1])
	sec, errS := strconv.ParseFloat(parts[2], 64)
	if errors.Join(errH, errM, errS) != nil {
		return 0
	}
	return time.Duration(days*24+h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec*float64(time.Second))
}

// readMetrics reads the complete lines of r. A last line without its newline
// is still being written: it is left for the next call, which starts at the
// returned number of bytes further on.
func readMetrics(r io.Reader) (metrics []Metric, consumed int64, err error) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return metrics, consumed, nil
		}
		if err != nil {
			return metrics, consumed, err
		}
		consumed += int64(len(line))
		if m, ok := ParseMetric(bytes.TrimSpace(line)); ok {
			metrics = append(metrics, m)
		}
	}
}

// merge lays a newer line over m: figures the newer one lacks stay.
func (m Metric) merge(newer Metric) Metric {
	newer.TotalSteps = max(m.TotalSteps, newer.TotalSteps)
	newer.TotalTokens = max(m.TotalTokens, newer.TotalTokens)
	if newer.Loss == nil && !newer.Diverged {
		newer.Loss, newer.Diverged = m.Loss, m.Diverged
	}
	if newer.EvalLoss == nil {
		newer.EvalLoss = m.EvalLoss
	}
	if newer.LR == nil {
		newer.LR = m.LR
	}
	if newer.Epoch == nil {
		newer.Epoch = m.Epoch
	}
	if newer.TokensPerSecond == 0 {
		newer.TokensPerSecond = m.TokensPerSecond
	}
	return newer
}
