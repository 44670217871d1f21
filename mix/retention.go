package mix

// RetentionWindows are the windows for which a manifest says what fits: those at
// which coder models are trained.
var RetentionWindows = []int{8 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10}

// A Retention tells what of a source's trajectories windows hold: of those within
// reach, which are accepted, wanted, clean and unlike each other (Funnel.Unique),
// as long as they were before any was made to fit.
type Retention struct {
	All     Held   `json:"all"`
	Longest int64  `json:"longest"` // in tokens
	Windows []Held `json:"windows"` // for each of RetentionWindows
	// Fitted are those that were made to fit into the recipe's window: as they
	// were, and as their rows are.
	Fitted *Fitted `json:"fitted,omitempty"`
}

// Held is what a window holds whole, of it and no other.
type Held struct {
	Window        int   `json:"window,omitempty"`
	Records       int64 `json:"records"`
	Tokens        int64 `json:"tokens"`
	TrainedTokens int64 `json:"trained_tokens"`
}

func (h *Held) add(l length) {
	h.Records++
	h.Tokens += int64(l.tokens)
	h.TrainedTokens += int64(l.trained)
}

// Fitted tells what making trajectories fit did. Split ones have more tokens
// after it, for their parts overlap, and as many trained ones.
type Fitted struct {
	Was  Held  `json:"was"`
	Is   Held  `json:"is"`
	Rows int64 `json:"rows"`
}

// retentions measures every source.
func retentions(r *reading) []Retention {
	list := make([]Retention, len(r.cfg.Sources))
	for k := range list {
		for _, window := range RetentionWindows {
			list[k].Windows = append(list[k].Windows, Held{Window: window})
		}
	}
	for i := range r.entries.lines {
		l := &r.entries.lines[i]
		if l.item < 0 || Outcomes[l.outcome] == Contaminated || Outcomes[l.outcome] == Duplicate {
			continue
		}
		it := &r.items[l.item]
		list[it.Source].add(it)
	}
	return list
}

func (r *Retention) add(it *Item) {
	whole := it.whole()
	r.All.add(whole)
	r.Longest = max(r.Longest, int64(whole.tokens))
	for n := range r.Windows {
		if int(whole.tokens) <= r.Windows[n].Window {
			r.Windows[n].add(whole)
		}
	}
	fit := it.fit()
	if fit == nil || fit.why != "" {
		return
	}
	if r.Fitted == nil {
		r.Fitted = &Fitted{}
	}
	r.Fitted.Was.add(whole)
	r.Fitted.Is.add(length{it.Tokens, it.Trained})
	r.Fitted.Rows += int64(it.rows())
}
