package launch

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Figure is a number whose JSON form has words for what JSON lacks: "NaN",
// "Infinity", "-Infinity".
type Figure float64

// MarshalJSON writes a number, or one of the three words.
func (f Figure) MarshalJSON() ([]byte, error) {
	switch v := float64(f); {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 0):
		return []byte(strings.NewReplacer("+Inf", `"Infinity"`, "-Inf", `"-Infinity"`).Replace(strconv.FormatFloat(v, 'g', -1, 64))), nil
	default:
		return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
	}
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figure) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
	*f = Figure(v)
	return err
}

// A reading is what was understood of one member's value.
type reading struct {
	Metric
	hasStep bool
	flawed  bool // a member that should hold a number holds something else
	loss    bool // a loss stands there, finite or not
}

// take reads one member. The names are those of LLaMA-Factory's
// trainer_log.jsonl (src/llamafactory/train/callbacks.py), which our smoke
// trainer writes too, those of transformers' trainer_state.json and of the dicts
// that it prints, and those of ms-swift's logging.jsonl.
func (r *reading) take(key, value []byte) {
	switch string(key) {
	case "current_steps", "global_step", "step":
		r.step(value)
	case "global_step/max_steps":
		step, total, _ := bytes.Cut(unquote(value), []byte("/"))
		r.step(step)
		r.TotalSteps = r.whole(total)
	case "total_steps", "max_steps":
		r.TotalSteps = r.whole(value)
	case "loss":
		r.lossInto(&r.Loss, value)
	case "eval_loss":
		r.lossInto(&r.EvalLoss, value)
	case "grad_norm":
		if v, ok := r.number(value); ok {
			r.GradNorm = (*Figure)(&v)
		}
	case "lr", "learning_rate":
		r.finiteInto(&r.LR, value)
	case "epoch":
		r.finiteInto(&r.Epoch, value)
	case "throughput":
		r.TokensPerSecond = r.finite(value)
	case "total_tokens", "num_input_tokens_seen":
		r.TotalTokens = r.whole(value)
	case "elapsed_time":
		r.Elapsed = parseClock(string(unquote(value)))
	case "remaining_time":
		r.Left = parseClock(string(unquote(value)))
	}
}

func (r *reading) step(value []byte) {
	if f, ok := r.number(value); ok && f >= 0 && f <= maxWhole && f == math.Trunc(f) {
		r.Step, r.hasStep = int64(f), true
		return
	}
	r.flawed = true
}

// maxWhole is the largest whole number that a float64 holds exactly; what is
// counted here stays far below.
const maxWhole = 1 << 53

// whole is 0 for what is no count: trainers write -1 for "not known".
func (r *reading) whole(value []byte) int64 {
	f, ok := r.number(value)
	if !ok || !(f >= 0 && f <= maxWhole) {
		return 0
	}
	return int64(f)
}

func (r *reading) lossInto(into **float64, value []byte) {
	v, ok := r.number(value)
	switch {
	case !ok:
		return
	case math.IsNaN(v) || math.IsInf(v, 0):
		r.Diverged = true
	default:
		*into = &v
	}
	r.loss = true
}

func (r *reading) finiteInto(into **float64, value []byte) {
	if v, ok := r.number(value); ok && !math.IsNaN(v) && !math.IsInf(v, 0) {
		*into = &v
	}
}

func (r *reading) finite(value []byte) float64 {
	var v *float64
	r.finiteInto(&v, value)
	if v == nil {
		return 0
	}
	return *v
}

// number reads a number that may stand in quotes (transformers 5) or be a word
// that JSON does not have. Nothing, null and None are no number and no flaw.
func (r *reading) number(value []byte) (float64, bool) {
	text := bytes.TrimSpace(unquote(value))
	switch string(text) {
	case "", "null", "None":
		return 0, false
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		r.flawed = true
		return 0, false
	}
	return v, true
}

func unquote(value []byte) []byte {
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		return value[1 : n-1]
	}
	return value
}

// finish draws the conclusion that needs several members.
func (r *reading) finish() {
	nan := r.GradNorm != nil && math.IsNaN(float64(*r.GradNorm))
	if nan && (r.Loss == nil || *r.Loss == 0) {
		r.Diverged = true
	}
}

// ParseMetric reads the first object with a step in one line of a trainer's log.
// Lines without one are none of ours: ok is false.
func ParseMetric(line []byte) (m Metric, ok bool) {
	metrics, _ := readLine(nil, line)
	if len(metrics) == 0 {
		return Metric{}, false
	}
	return metrics[0], true
}

// readLine adds the metrics of a line to metrics: a progress bar may stand before
// an object, and two writers may put two on one line. unread says that something
// stands there which was not understood.
func readLine(metrics []Metric, line []byte) (all []Metric, unread bool) {
	if len(line) == 0 {
		return metrics, false
	}
	before := len(metrics)
	for range maxObjects {
		at := bytes.IndexByte(line, '{')
		if at < 0 {
			break
		}
		line = line[at:]
		var r reading
		n, whole := scanObject(line, r.take)
		if whole && r.hasStep {
			r.finish()
			metrics = append(metrics, r.Metric)
			unread = unread || r.flawed
		}
		line = line[max(n, 1):]
	}
	return metrics, unread || len(metrics) == before
}

// maxObjects bounds the places of a line at which an object is looked for.
const maxObjects = 16

func seconds(s float64) time.Duration {
	if !(s > 0) { // NaN too
		return 0
	}
	return time.Duration(min(s, maxSeconds) * float64(time.Second))
}

// maxSeconds, 100 years, is far more than a run takes and far less than a
// time.Duration holds.
const maxSeconds = 100 * 365 * 24 * 3600
