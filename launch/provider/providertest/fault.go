package providertest

import "time"

// A Fault is one way in which a provider fails.
type Fault string

const (
	CreateTimeout   Fault = "time-out after create"
	CreateLost      Fault = "lost answer of a create"
	CreateBroken    Fault = "half an answer of a create"
	CreateErrs      Fault = "error but created"
	CreateDown      Fault = "5xx, nothing created"
	CreateLimited   Fault = "429 without Retry-After"
	CreateLimitedBy Fault = "429 with Retry-After"
	OutOfStock      Fault = "out of stock"
	PriceChange     Fault = "price change"
	ListLag         Fault = "list lag"
	ListDown        Fault = "listings answer 5xx"
	DestroyGone     Fault = "404 on delete, and gone"
	DestroyLate     Fault = "404 on delete, for what is not listed yet"
	DestroyLost     Fault = "lost answer of a delete"
	DestroyDown     Fault = "delete answers 5xx"
	SlowEnd         Fault = "slow end"
	StoppedBilled   Fault = "stopped but billed"
	KeysDown        Fault = "the ssh keys answer 5xx" // of Lambda
	BidTooLow       Fault = "error and a stopped box" // of Vast.ai
)

// Faults are all of them.
var Faults = []Fault{
	CreateTimeout, CreateLost, CreateBroken, CreateErrs, CreateDown, CreateLimited, CreateLimitedBy, OutOfStock, PriceChange,
	ListLag, ListDown, DestroyGone, DestroyLate, DestroyLost, DestroyDown, SlowEnd, StoppedBilled, KeysDown, BidTooLow,
}

// lag is how long a new box is missing in listings with ListLag: a little less than
// the shortest Settle.
const lag = 40 * time.Second

// Lag sets how long a new box is missing in listings with ListLag.
func (f *Fake) Lag(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lag = d
}

// end is how long a box takes to go with SlowEnd.
const end = 40 * time.Second

// Inject makes the next times requests that the fault is about fail. ListLag,
// PriceChange, SlowEnd and StoppedBilled are about boxes: times of them.
func (f *Fake) Inject(fault Fault, times int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[fault] = times
}

// strikes takes one of the times of a fault. The caller holds mu.
func (f *Fake) strikes(fault Fault) bool {
	if f.faults[fault] <= 0 {
		return false
	}
	f.faults[fault]--
	f.struck[fault]++
	return true
}

// Struck is how often a fault came about.
func (f *Fake) Struck(fault Fault) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.struck[fault]
}
