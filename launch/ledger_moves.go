package launch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"trainyard/launch/database"
	"trainyard/launch/redact"
)

// A Change is one step of an attempt's state machine, with what was learned.
// Zero fields leave the ledger as it is, with two exceptions: Reason replaces
// the one before even when it is empty, since that one spoke of another state,
// NeverStarted likewise, and an attempt that goes back to running has no end.
type Change struct {
	To           State
	Reason       string
	NeverStarted bool
	Handle       Handle
	StartedAt    time.Time
	EndedAt      time.Time
	Code         *int
	Signal       int
}

// at is when the change happened, where that is known: an end may be seen long
// after.
func (c Change) at(now time.Time) time.Time {
	if c.To.Ended() && !c.EndedAt.IsZero() && c.EndedAt.Before(now) {
		return c.EndedAt
	}
	return now
}

// A TransitionError is a step that the state machine does not have.
type TransitionError struct {
	Run     string
	Attempt int
	From    State
	To      State
}

func (e *TransitionError) Error() string {
	return fmt.Sprintf("run %s attempt %d is %s: it cannot become %s", e.Run, e.Attempt, e.From, e.To)
}

// Advance takes an attempt one step further and adds the event, in one
// transaction. One that another attempt has followed can only end. moved is false,
// without an error, when the attempt stands there already: of several processes
// that see the same news, one moves it.
func (l *Ledger) Advance(ctx context.Context, run string, attempt int, c Change) (moved bool, err error) {
	c.Reason = redact.Here(c.Reason)
	err = l.update(ctx, func(tx *database.Tx) error {
		from, err := stateOf(tx, run, attempt)
		if err != nil || from == c.To {
			return err
		}
		if !from.May(c.To) {
			return &TransitionError{Run: run, Attempt: attempt, From: from, To: c.To}
		}
		if err := unlessFollowed(tx, run, attempt, c.To); err != nil {
			return err
		}
		moved = true
		if err := apply(tx, run, attempt, c); err != nil {
			return err
		}
		return insertEvent(tx, run, attempt, c.at(time.Now()), c.To, c.Reason)
	})
	return moved && err == nil, err
}

// unlessFollowed refuses to bring an attempt back that another one has followed: a
// lost one may be seen again, and can end then.
func unlessFollowed(tx *database.Tx, run string, attempt int, to State) error {
	newest, state, err := newestOf(tx, run)
	if err == nil && newest > attempt && !to.Ended() {
		err = &FenceError{Run: run, After: attempt, Newest: newest, State: state}
	}
	return err
}

func stateOf(tx *database.Tx, run string, attempt int) (State, error) {
	var s State
	err := tx.QueryRow(`SELECT state FROM attempts WHERE run = ? AND n = ?`, run, attempt).Scan(&s)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("run %q attempt %d: %w", run, attempt, ErrNoRun)
	}
	if err != nil {
		return "", err
	}
	return s, nil
}

func apply(tx *database.Tx, run string, attempt int, c Change) error {
	var code sql.NullInt64
	if c.Code != nil {
		code = sql.NullInt64{Int64: int64(*c.Code), Valid: true}
	}
	_, err := tx.Exec(`
UPDATE attempts SET state = ?, reason = ?, never_started = ?,
	handle = CASE WHEN ? <> '' THEN ? ELSE handle END,
	started_ms = coalesce(?, started_ms), ended_ms = CASE WHEN ? THEN NULL ELSE coalesce(?, ended_ms) END,
	code = coalesce(?, code), signal = CASE WHEN CAST(? AS BIGINT) <> 0 THEN ? ELSE signal END
WHERE run = ? AND n = ?`,
		c.To, c.Reason, c.NeverStarted, c.Handle, c.Handle, toMilli(c.StartedAt), c.To.Live(), toMilli(c.EndedAt), code, c.Signal, c.Signal, run, attempt)
	if err != nil {
		return err
	}
	return nil
}

// Note changes the reason of an attempt without moving it, and adds the event.
func (l *Ledger) Note(ctx context.Context, run string, attempt int, text string) error {
	text = redact.Here(text)
	return l.update(ctx, func(tx *database.Tx) error {
		state, err := stateOf(tx, run, attempt)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE attempts SET reason = ? WHERE run = ? AND n = ?`, text, run, attempt); err != nil {
			return err
		}
		return insertEvent(tx, run, attempt, time.Now(), state, text)
	})
}

// judge notes the verdict of a rule that ends an attempt, which stays, whatever is said of
// the attempt later. One that has ended by itself meanwhile was ended by no rule, and keeps
// its reason.
func (l *Ledger) judge(ctx context.Context, run string, attempt int, verdict string) (judged bool, err error) {
	verdict = redact.Here(verdict)
	err = l.update(ctx, func(tx *database.Tx) error {
		state, err := stateOf(tx, run, attempt)
		if judged = err == nil && !state.Ended(); !judged {
			return err
		}
		words := ruleWords + verdict
		if _, err := tx.Exec(`UPDATE attempts SET verdict = ?, reason = ? WHERE run = ? AND n = ?`, verdict, words, run, attempt); err != nil {
			return err
		}
		return insertEvent(tx, run, attempt, time.Now(), state, words)
	})
	return judged && err == nil, err
}

// ruleWords begin the reason of an attempt that a rule ends, for people.
const ruleWords = "stopped by a rule: "

// setStart mends a start that lies in the future: the clock was set back.
func (l *Ledger) setStart(ctx context.Context, run string, attempt int, at time.Time) error {
	return l.update(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(`UPDATE attempts SET started_ms = ? WHERE run = ? AND n = ?`, toMilli(at), run, attempt)
		return err
	})
}

// Events is the history of a run, oldest first.
func (l *Ledger) Events(ctx context.Context, run string) ([]Event, error) {
	rows, err := l.db.Query(ctx, `SELECT at_ms, attempt, state, text FROM events WHERE run = ? ORDER BY id`, run)
	if err != nil {
		return nil, l.db.Fault(err)
	}
	defer rows.Close()
	var events []Event
	clean := redact.Process().Text
	for rows.Next() {
		var e Event
		var at int64
		if err := rows.Scan(&at, &e.Attempt, &e.State, &e.Text); err != nil {
			return nil, l.db.Fault(err)
		}
		e.Text, e.At = clean(e.Text), fromMilli(sql.NullInt64{Int64: at, Valid: true})
		events = append(events, e)
	}
	return events, l.db.Fault(rows.Err())
}
