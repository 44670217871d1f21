package ledgerly

import (
	"errors"
	"sort"
)

// ErrUnbalanced says that the lines of a posting do not sum to zero.
var ErrUnbalanced = errors.New("posting does not sum to zero")

// A Line moves an amount into one account.
type Line struct {
	Account string
	Amount  Cents
}

// A Posting is a group of lines that happen together on one day.
type Posting struct {
	Day   string
	Text  string
	Lines []Line
}

// A Ledger is the list of all postings in the order they were made.
type Ledger struct {
	postings []Posting
}

// sumLines adds up the amounts of a posting.
func sumLines(lines []Line) Cents {
	var sum Cents
	for _, line := range lines {
		sum += line.Amount
	}
	return sum
}

// Post records a posting, or refuses one that does not sum to zero.
func (l *Ledger) Post(p Posting) error {
	if sumLines(p.Lines) != 0 {
		return ErrUnbalanced
	}
	l.postings = append(l.postings, p)
	return nil
}

// Balance adds up everything that was ever moved into one account.
func (l *Ledger) Balance(account string) Cents {
	var sum Cents
	for _, p := range l.postings {
		for _, line := range p.Lines {
			if line.Account == account {
				sum += line.Amount
			}
		}
	}
	return sum
}

// Accounts lists the names of all accounts in alphabetical order, each once.
func (l *Ledger) Accounts() []string {
	var names []string
	for _, p := range l.postings {
		for _, line := range p.Lines {
			names = append(names, line.Account)
		}
	}
	sort.Strings(names)
	return names
}
