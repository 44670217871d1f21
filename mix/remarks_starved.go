package mix

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"

	"trainyard/mix/sample"
)

// starved tells the source by which the ratios hold all others back.
func (r *remarker) starved() {
	if !r.sampler.NeedsShares || r.m.Budget != 0 || r.m.Amounts.Percent != 0 {
		return
	}
	least, shares, many := r.scarcest()
	if least < 0 || many < 2 {
		return
	}
	used, could := r.held(r.amounts)
	if 2*used >= could {
		return
	}
	line, of := &r.m.Mix[least], "of the mix"
	if many < len(r.m.Mix) {
		of = "of what shares divide"
	}
	before := ""
	if f := r.m.Amounts.Fraction; f > 0 {
		before = fmt.Sprintf(" before mix.fraction=%v", f)
	} else {
		used = r.usedOfShares()
	}
	r.say(Short, "%s has %s for its %s %s, so that %s of %s are used%s%s", line.Source, r.units(r.amounts.Limit[least]),
		percent(line.Share, shares), of, humanize.Comma(used), r.units(could), before, r.feed(least, shares))
}

// scarcest is the source that has the least for its share, the sum of all
// shares, and how many sources have one.
func (r *remarker) scarcest() (least int, shares float64, many int) {
	least = -1
	for k := range r.m.Mix {
		if !r.byShare(k) {
			continue
		}
		many++
		shares += r.m.Mix[k].Share
		if least < 0 || r.worth(k) < r.worth(least) {
			least = k
		}
	}
	return least, shares, many
}

func (r *remarker) byShare(k int) bool {
	s := &r.cfg.Sources[k]
	return s.Amount.By == "" && s.Share > 0 && !s.Reference
}

// worth is how much a source has for a share of 1.
func (r *remarker) worth(k int) float64 { return float64(r.amounts.Limit[k]) / r.m.Mix[k].Share }

// held is what amounts use of the sources that have shares, and what they could.
func (r *remarker) held(d sample.Division) (used, could int64) {
	for k := range r.m.Mix {
		if r.byShare(k) && !r.m.Amounts.leavesOut(r.m.Mix[k].Source) {
			used, could = used+d.Target[k], could+d.Limit[k]
		}
	}
	return used, could
}

// usedOfShares is what was got of them.
func (r *remarker) usedOfShares() (used int64) {
	for k := range r.m.Mix {
		if r.byShare(k) {
			used += r.in(r.m.Mix[k].Got)
		}
	}
	return used
}

// feed names a share at which the source holds back no more, where one such
// source is all, or else the budget that asks for what there is now.
func (r *remarker) feed(least int, shares float64) string {
	next := math.Inf(1)
	for k := range r.m.Mix {
		if r.byShare(k) && k != least {
			next = min(next, r.worth(k))
		}
	}
	if share := math.Floor(1e4*float64(r.amounts.Limit[least])/next) / 1e4; next > 0 && !math.IsInf(next, 1) && share < shares {
		after := r.now.share(least, share)
		if d, err := after.divide(); err == nil && after.cures(-1, r.now, r.amounts, least) {
			if used, could := r.held(d); 2*used >= could {
				return fmt.Sprintf(" (sources.%s.share=%v would do)", r.m.Mix[least].Source, share)
			}
		}
	}
	if asked := sum64(r.amounts.Asked); asked > 0 {
		return fmt.Sprintf(" (mix.budget=%d would do: it asks for no more)", asked)
	}
	return ""
}
