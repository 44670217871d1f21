package launch

import (
	"bytes"
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A reading is what was understood of one member's value.
type reading struct {
	Metric
	hasStep bool
	flawed  bool // a member that should hold a number holds something else
	loss    bool // a loss stands there, finite or not
}

// take reads one member. Whatever is a number is kept under its key. The names
// that mean something here are those of LLaMA-Factory's trainer_log.jsonl
// (src/llamafactory/train/callbacks.py), which our smoke trainer writes too, of
// transformers' trainer_state.json and of the dicts that it prints, of TRL
// (num_tokens), of ms-swift's logging.jsonl, and of verl's file logger, which puts
// all but the step into a member of its own (verl/utils/tracking.py).
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
	case "elapsed_time":
		r.Elapsed = r.clock("elapsed_time", value)
	case "remaining_time":
		r.Left = r.clock("remaining_time", value)
	case "data":
		if len(value) > 0 && value[0] == '{' {
			scanObject(value, r.take)
		}
	default:
		r.figure(key, value)
	}
}

// figure keeps a number under its key.
func (r *reading) figure(key, value []byte) {
	use := meaning(string(key))
	means := use != nil
	if !means && !mayBeNumber(value) {
		return
	}
	flawed := r.flawed
	v, ok := r.number(value)
	_, ours := meanings[string(key)]
	if r.flawed = flawed || r.flawed && ours; !ok || len(key) > maxKey {
		return
	}
	r.Figures = append(r.Figures, Named{string(key), Figure(v)})
	if means {
		use(r, v)
	}
}

// understand takes a figure as it comes back from the ledger.
func (r *reading) understand(key string, v float64) {
	r.Figures = append(r.Figures, Named{key, Figure(v)})
	switch use := meaning(key); {
	case use != nil:
		use(r, v)
	case key == "elapsed_time":
		r.Elapsed = seconds(v)
	case key == "remaining_time":
		r.Left = seconds(v)
	}
}

// maxKey is the longest key that is kept, in bytes: what is longer is a text.
const maxKey = 200

// mayBeNumber looks at the first character only: most members that are no numbers
// are words.
func mayBeNumber(value []byte) bool {
	text := unquote(value)
	return len(text) > 0 && strings.IndexByte("0123456789+-.NnIita", text[0]) >= 0
}

// meanings are what trainyard itself takes from a figure, by its key.
var meanings = map[string]func(r *reading, v float64){
	"loss":       func(r *reading, v float64) { r.lossInto(&r.Loss, v) },
	"train/loss": func(r *reading, v float64) { r.lossInto(&r.Loss, v) },
	"eval_loss":  func(r *reading, v float64) { r.lossInto(&r.EvalLoss, v) },
	"val/loss":   func(r *reading, v float64) { r.lossInto(&r.EvalLoss, v) },

	"grad_norm":       func(r *reading, v float64) { r.GradNorm = (*Figure)(&v) },
	"train/grad_norm": func(r *reading, v float64) { r.GradNorm = (*Figure)(&v) },

	"lr":            func(r *reading, v float64) { finiteInto(&r.LR, v) },
	"learning_rate": func(r *reading, v float64) { finiteInto(&r.LR, v) },
	"train/lr":      func(r *reading, v float64) { finiteInto(&r.LR, v) },
	"epoch":         func(r *reading, v float64) { finiteInto(&r.Epoch, v) },

	"throughput":            func(r *reading, v float64) { r.TokensPerSecond = finite(v) },
	"total_tokens":          func(r *reading, v float64) { r.TotalTokens = count(v) },
	"num_input_tokens_seen": func(r *reading, v float64) { r.TotalTokens = count(v) },
	"num_tokens":            func(r *reading, v float64) { r.TotalTokens = count(v) },
	"train/total_tokens(B)": func(r *reading, v float64) { r.TotalTokens = count(math.Round(v * 1e9)) },

	"train_runtime": func(r *reading, v float64) { r.Elapsed = seconds(v) },
}

// meaning is what is taken from a figure; nil for nothing. A loss by any other name is no
// point of our curve, but one that is no number shows a divergence all the same: not the
// best one so far, which is infinite until there is one.
func meaning(key string) func(r *reading, v float64) {
	if use := meanings[key]; use != nil {
		return use
	}
	if rest, isLoss := strings.CutSuffix(key, "loss"); isLoss && rest != "" && strings.Contains("_/ .-", rest[len(rest)-1:]) && !soFar.MatchString(rest) {
		return func(r *reading, v float64) { r.Diverged = r.Diverged || math.IsNaN(v) || math.IsInf(v, 0) }
	}
	return nil
}

// soFar matches a part of the name of a figure that keeps the best of others.
var soFar = regexp.MustCompile(`(?i)(^|[_/ .-])(best|min|lowest)[_/ .-]`)

// clock keeps a length of time, in seconds.
func (r *reading) clock(key string, value []byte) time.Duration {
	d := parseClock(string(unquote(value)))
	if d > 0 {
		r.Figures = append(r.Figures, Named{key, Figure(d.Seconds())})
	}
	return d
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
	if !ok {
		return 0
	}
	return count(f)
}

func count(f float64) int64 {
	if !(f >= 0 && f <= maxWhole) {
		return 0
	}
	return int64(f)
}

func (r *reading) lossInto(into **float64, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		r.Diverged = true
	} else {
		*into = &v
	}
	r.loss = true
}

func finiteInto(into **float64, v float64) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		*into = &v
	}
}

func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// number reads a number that may stand in quotes (transformers 5), be a word that JSON
// does not have, or be what Python prints of a tensor or of a number of NumPy. Nothing,
// null and None are no number and no flaw.
func (r *reading) number(value []byte) (float64, bool) {
	text := bytes.TrimSpace(unwrap(bytes.TrimSpace(unquote(value))))
	switch string(text) {
	case "", "null", "None":
		return 0, false
	case "-nan", "-NaN", "+nan": // as C prints it
		return math.NaN(), true
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		r.flawed = true
		return 0, false
	}
	return v, true
}

// unwrap takes the number out of tensor(1.5, device='cuda:0') and np.float32(1.5).
func unwrap(text []byte) []byte {
	if n := len(text); n == 0 || text[n-1] != ')' {
		return text
	}
	open := bytes.IndexByte(text, '(')
	switch name := string(text[:max(open, 0)]); {
	case name == "tensor", strings.HasPrefix(name, "np.float"), strings.HasPrefix(name, "np.int"), strings.HasPrefix(name, "numpy.float"), strings.HasPrefix(name, "array"):
		first, _, _ := bytes.Cut(text[open+1:len(text)-1], []byte(","))
		return first
	}
	return text
}

func unquote(value []byte) []byte {
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		return value[1 : n-1]
	}
	return value
}

// finish draws the conclusion that needs several members.
func (r *Metric) finish() {
	nan := r.GradNorm != nil && math.IsNaN(float64(*r.GradNorm))
	if nan && (r.Loss == nil || *r.Loss == 0) {
		r.Diverged = true
	}
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
