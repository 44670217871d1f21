package mix

import (
	"cmp"

	"trainyard/format"
)

// A bill is what one record says that its model calls cost. Records that say
// nothing have none.
type bill struct {
	teacher            string
	usd                float64
	prompt, completion int64
}

// billOf reads a trajectory's; given is the teacher that the recipe names.
func billOf(t *format.Trajectory, given string) *bill {
	if t.CostUSD <= 0 && t.PromptTokens+t.CompletionTokens <= 0 {
		return nil
	}
	return &bill{teacher: cmp.Or(given, t.Teacher), usd: t.CostUSD, prompt: t.PromptTokens, completion: t.CompletionTokens}
}

// A Bill sums what the records behind the rows in shards say that they cost, each
// once, however many rows it makes. Records without a figure are not in it.
type Bill struct {
	Records          int64   `json:"records"`
	Priced           int64   `json:"priced,omitempty"`    // records with an amount in US dollars
	Instances        int64   `json:"instances,omitempty"` // different ones among the priced records; one without a name is one of its own
	USD              float64 `json:"usd,omitempty"`       // of the priced records
	PromptTokens     int64   `json:"prompt_tokens,omitempty"`
	CompletionTokens int64   `json:"completion_tokens,omitempty"`
}

// A billing sums the bills of one source, by teacher.
type billing struct {
	sums map[string]Bill
	seen map[billed]bool
}

type billed struct {
	teacher  string
	instance uint64
}

func newBilling() *billing { return &billing{map[string]Bill{}, map[billed]bool{}} }

// add counts one record that is in a shard. The order of records is that of
// reading, so that the sum of amounts is the same each time.
func (b *billing) add(it *Item) {
	bill := it.bill()
	if bill == nil {
		return
	}
	sum := b.sums[bill.teacher]
	sum.Records++
	sum.USD += bill.usd
	sum.PromptTokens += bill.prompt
	sum.CompletionTokens += bill.completion
	if bill.usd > 0 {
		sum.Priced++
		key := billed{bill.teacher, it.Instance}
		if it.Instance == 0 || !b.seen[key] {
			sum.Instances++
		}
		b.seen[key] = true
	}
	b.sums[bill.teacher] = sum
}
