package launch

import (
	"context"
	"database/sql"
	"time"
)

// A SpendQuery says whose attempts, of which time, are summed; zero fields leave
// it open. Of an attempt that reaches beyond the time, its part counts.
type SpendQuery struct {
	Run, User, Sweep string
	From, Until      time.Time // [From, Until)
}

// Spend is what attempts have cost, and may cost yet.
type Spend struct {
	Attempts int     `json:"attempts"`  // that were paid for, or may have been
	Dollars  float64 `json:"dollars"`   // so far, of those whose price is known
	GPUHours float64 `json:"gpu_hours"` // so far, of those whose number of GPUs is known
	// Committed is what those that have not ended may cost beyond Dollars: price by
	// limit. One without a limit adds nothing to it and is counted in Unlimited.
	Committed float64 `json:"committed_dollars"`
	Unlimited int     `json:"without_limit"`
	Unpriced  int     `json:"without_price"`     // attempts whose cost is not known
	Uncounted int     `json:"without_gpu_hours"` // attempts whose GPU-hours are not known
}

// Spend sums the attempts that the query names, as things stand now.
func (l *Ledger) Spend(ctx context.Context, q SpendQuery) (s Spend, err error) {
	bills, err := readBills(func(statement string, args ...any) (*sql.Rows, error) { return l.db.Query(ctx, statement, args...) }, q)
	return sum(bills, q.From, q.Until, time.Now()), l.db.Fault(err)
}

// readBills reads the attempts of a query, whatever their time.
func readBills(query func(string, ...any) (*sql.Rows, error), q SpendQuery) (bills []Attempt, err error) {
	rows, err := query(`
SELECT a.state, a.started_ms, a.ended_ms, a.gpus, a.price, a.limit_ms, a.asked_ms, a.cost FROM attempts a JOIN runs r ON r.id = a.run
WHERE (? = '' OR r.id = ?) AND (? = '' OR r.created_by = ?) AND (? = '' OR r.sweep = ?)`,
		q.Run, q.Run, q.User, q.User, q.Sweep, q.Sweep)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a Attempt
		var limit int64
		var started, ended, asked sql.NullInt64
		if err := rows.Scan(&a.State, &started, &ended, &a.GPUs, &a.Price, &limit, &asked, &a.Cost); err != nil {
			return nil, err
		}
		a.StartedAt, a.EndedAt, a.AskedAt, a.Limit = fromMilli(started), fromMilli(ended), fromMilli(asked), milliseconds(limit)
		bills = append(bills, a)
	}
	return bills, rows.Err()
}

func sum(bills []Attempt, from, until, now time.Time) (s Spend) {
	for _, a := range bills {
		s.add(a, from, until, now)
	}
	return s
}

// add counts the part of an attempt inside [from, until).
func (s *Spend) add(a Attempt, from, until, now time.Time) {
	start, end, last := a.span(now)
	if start.IsZero() || !until.IsZero() && !start.Before(until) || !from.IsZero() && !last.After(from) && !last.Equal(start) {
		return
	}
	so, far := overlap(start, end, from, until), overlap(start, last, from, until)
	s.Attempts++
	switch {
	case a.Cost != nil:
		s.Dollars += *a.Cost * share(so, end.Sub(start))
	case a.Price != nil:
		s.Dollars += *a.Price * so.Hours()
		s.Committed += *a.Price * (far - so).Hours()
	default:
		s.Unpriced++
	}
	s.GPUHours += float64(a.GPUs) * so.Hours()
	if a.GPUs == 0 {
		s.Uncounted++
	}
	if !a.over() && a.Limit == 0 && a.Price != nil && *a.Price > 0 {
		s.Unlimited++
	}
}

// over reports whether the attempt is paid no more. One out of sight may be.
func (a Attempt) over() bool { return a.State.Ended() && a.State != Lost }

// span is when an attempt is paid: from its start until end so far, and until last
// at the most. One that has not started is about to; all are zero where it never
// will.
func (a Attempt) span(now time.Time) (start, end, last time.Time) {
	if start = a.PaidFrom(); start.IsZero() {
		if a.State.Ended() {
			return start, start, start
		}
		start = now
	}
	if a.over() {
		end = later(start, a.EndedAt)
		return start, end, end
	}
	end = later(start, now)
	if last = start.Add(a.Limit); a.Limit > 0 && a.State == Lost && last.Before(end) {
		end = last // its own watch has ended it by then
	}
	return start, end, later(last, end)
}

// overlap is how much of [start, end) lies in [from, until); zero times of the
// latter leave that side open.
func overlap(start, end, from, until time.Time) time.Duration {
	if !from.IsZero() {
		start = later(start, from)
	}
	if !until.IsZero() && until.Before(end) {
		end = until
	}
	return max(0, end.Sub(start))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// share is the part of a whole; all of it where the whole took no time.
func share(part, whole time.Duration) float64 {
	if whole <= 0 {
		return 1
	}
	return part.Seconds() / whole.Seconds()
}
