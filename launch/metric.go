package launch

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"time"
)

// A Metric is one line of a trainer's log: its figures by key, and those that
// trainyard itself goes by, whatever the trainer calls them. A figure the line does
// not have is nil or zero.
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
	// GradNorm is the norm of the gradient; NaN and infinities are kept.
	GradNorm *Figure `json:"grad_norm,omitempty"`
	// Diverged says that a loss was there and was NaN or infinite, which is
	// why Loss or EvalLoss is nil; or that the gradient was NaN beside a loss of
	// 0, which transformers writes for a NaN that it filters out.
	Diverged bool `json:"diverged,omitempty"`
	// Figures are all numbers of the line but its step and the number of all steps,
	// as the trainer named them; times are in seconds.
	Figures Figures `json:"figures,omitempty"`
}

// parseClock reads Python's str(timedelta), "1 day, 2:03:04" or "0:00:02", and
// ms-swift's "1h 2m 3s"; anything else is 0.
func parseClock(s string) time.Duration {
	if !strings.Contains(s, ":") {
		return parseUnits(s)
	}
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
	return seconds((float64(days)*24+float64(h))*3600 + float64(m)*60 + sec)
}

// parseUnits reads numbers with their units, the largest first.
func parseUnits(s string) time.Duration {
	total := 0.0
	for _, part := range strings.Fields(s) {
		unit, known := map[byte]float64{'d': 24 * 3600, 'h': 3600, 'm': 60, 's': 1}[part[len(part)-1]]
		n, err := strconv.ParseFloat(part[:len(part)-1], 64)
		if !known || err != nil {
			return 0
		}
		total += n * unit
	}
	return seconds(total)
}

// merge lays a newer line over m: figures the newer one
// lacks stay, but for Figures.
func (m Metric) merge(newer Metric) Metric {
	newer.TotalSteps = cmp.Or(newer.TotalSteps, m.TotalSteps) // a trainer may plan anew
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
	if newer.GradNorm == nil {
		newer.GradNorm = m.GradNorm
	}
	if newer.TokensPerSecond == 0 {
		newer.TokensPerSecond = m.TokensPerSecond
	}
	return newer
}
