package mix

import (
	"fmt"

	"trainyard/mix/convert"
)

// A fitting is what became of an item that was over the window. An item is one
// record whatever it became: it is chosen, set aside and counted as a whole, and
// only where shards are cut and written do its parts stand for themselves.
type fitting struct {
	whole length   // before
	why   string   // no row holds anything of it; empty where one does
	parts []length // the rows of one that was split, in order; none of another
}

// A length is how long a row or a conversation is, in tokens.
type length struct{ tokens, trained int32 }

// over says that no row of the window holds the item.
func (it *Item) over(window int) bool {
	if fit := it.fit(); fit != nil {
		return fit.why != ""
	}
	return int(it.Tokens) > window
}

// whole is the item as it was before it was fitted.
func (it *Item) whole() length {
	if fit := it.fit(); fit != nil {
		return fit.whole
	}
	return length{it.Tokens, it.Trained}
}

// rows is the number of rows that the item makes.
func (it *Item) rows() int {
	if fit := it.fit(); fit != nil && len(fit.parts) > 0 {
		return len(fit.parts)
	}
	return 1
}

// row is one of them.
func (it *Item) row(n int) length {
	if fit := it.fit(); fit != nil && len(fit.parts) > 0 {
		return fit.parts[n]
	}
	return length{it.Tokens, it.Trained}
}

// rowID is the trajectory id of one row of an item.
func rowID(id string, n, rows int) string {
	if rows == 1 {
		return id
	}
	return fmt.Sprintf("%s#%d", id, n+1)
}

// rowIDs are those of all its rows.
func rowIDs(id string, rows int) (ids []string) {
	for n := range rows {
		ids = append(ids, rowID(id, n, rows))
	}
	return ids
}

// fittingOf tells of a fit; nil for a record that needed none.
func fittingOf(fit convert.Fit) *fitting {
	if fit.Tokens == 0 {
		return nil
	}
	return &fitting{whole: length{int32(fit.Tokens), int32(fit.Trained)}, why: fit.Why}
}

// packRows packs what the window takes of a record, whose whole row is at hand.
func (w *worker) packRows(res *result, done convert.Result) {
	fit := done.Fit
	switch {
	case fit.Why != "":
	case len(fit.Parts) > 0:
		w.packParts(res, done)
	default:
		w.packRow(res, convert.Row{Chat: done.Chat, Example: done.Example})
	}
}

// packParts packs the rows of a record that was split: what the item holds is
// their sum.
func (w *worker) packParts(res *result, done convert.Result) {
	it, fit := &res.item, res.item.fit()
	it.Tokens, it.Trained, it.Bytes = 0, 0, 0
	for n, row := range done.Fit.Parts {
		w.fill(done.Traj, row)
		w.row.TrajID = rowID(done.Traj.ID, n, len(done.Fit.Parts))
		w.packRow(res, row)
		fit.parts = append(fit.parts, length{w.row.NTokens, w.row.NTrainedTokens})
		it.Tokens, it.Trained, it.Bytes = it.Tokens+w.row.NTokens, it.Trained+w.row.NTrainedTokens, it.Bytes+int32(w.row.TextBytes())
	}
	res.entry.Rows = int32(it.rows())
}

// overWindow is the policy as the manifest tells it.
func (c *Config) overWindow() string {
	if c.OverWindow == convert.Drop {
		return ""
	}
	return c.OverWindow
}

// explain says why an item does not fit, where the recipe would make it fit.
func (p *planner) explain(item int, fit *fitting) {
	if fit != nil {
		l := &p.entries.lines[p.lineOf[item]]
		l.reason, l.detail = p.entries.shared.id(p.cfg.OverWindow), p.entries.text(fit.why)
	}
}

// refuseOver fails where a recipe wants nothing to be over the window.
func refuseOver(cfg *Config, entries *account) error {
	if cfg.OverWindow != convert.Fail {
		return nil
	}
	over, first, longest := 0, Entry{}, int32(0)
	for e := range entries.all() {
		if e.Outcome == OverWindow {
			if over++; over == 1 {
				first = e
			}
			longest = max(longest, e.Tokens)
		}
	}
	if over == 0 {
		return nil
	}
	return fmt.Errorf("prepare: mix.over_window=fail: %s over the window of %s; the longest has %s, the first is %s:%d\n"+
		"hint: mix.over_window=drop leaves them out; cut, split and elide make them fit; mix.window=%d holds them all",
		records(int64(over)), tokens(cfg.Window), tokens(int(longest)), first.File, first.Line, longest)
}
