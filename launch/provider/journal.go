package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trainyard/format/durable"
	"trainyard/launch/files"
)

// A Phase is how far a rental has come.
type Phase string

const (
	Asked     Phase = "asked"     // the create may have been sent: a box may exist
	None      Phase = "none"      // two listings showed no box: it may be asked for again
	Refused   Phase = "refused"   // the provider refused clearly; this nonce makes no box
	Held      Phase = "held"      // the box is known by its id
	Releasing Phase = "releasing" // its end is wanted, and not yet confirmed
	Returned  Phase = "returned"  // it is gone, and the nonce makes no box any more
)

// A Rental is what is known of one nonce. It holds no secret: neither the order's
// environment nor its script.
type Rental struct {
	Nonce    string        `json:"nonce"`
	Provider string        `json:"provider"`
	Name     string        `json:"name"` // of the order
	Offer    Offer         `json:"offer"`
	Image    string        `json:"image,omitempty"`
	DiskGB   int           `json:"disk_gb,omitempty"`
	MaxLife  time.Duration `json:"max_life_ns"`
	MaxPrice float64       `json:"max_price"`
	Phase    Phase         `json:"phase"`
	Asks     int           `json:"asks"`              // creates that may have been sent
	AskedAt  time.Time     `json:"asked_at,omitzero"` // the last of them
	Box      string        `json:"box,omitempty"`     // id
	// Boxes are the ids of all boxes of the nonce that were ever seen: the provider's
	// bill is told by them.
	Boxes []string `json:"boxes,omitempty"`
	// Price is what the box costs an hour by the provider's word; 0: as the offer says.
	Price float64 `json:"price_per_hour,omitempty"`
	// Extra are ids of other boxes of the nonce, which are to be destroyed.
	Extra      []string  `json:"extra,omitempty"`
	HeldAt     time.Time `json:"held_at,omitzero"`
	ReturnedAt time.Time `json:"returned_at,omitzero"`
	// EmptyAt is when the first listing since then showed no box of the nonce. It is
	// kept, because a caller may have less time than two listings must be apart: the
	// next one goes on from it.
	EmptyAt time.Time `json:"empty_at,omitzero"`
	Note    string    `json:"note,omitempty"` // why it stands there
}

// Rate is what a box of the rental costs an hour.
func (r Rental) Rate() float64 { return cmp.Or(r.Price, r.Offer.PricePerHour) }

// saw adds boxes to those that were seen, and reports whether there was a new one.
func (r *Rental) saw(ids ...string) (news bool) {
	for _, id := range ids {
		if !slices.Contains(r.Boxes, id) {
			r.Boxes, news = append(r.Boxes, id), true
		}
	}
	return news
}

// All are the ids of its boxes that were ever seen.
func (r Rental) All() []string {
	if r.Box == "" || slices.Contains(r.Boxes, r.Box) {
		return r.Boxes
	}
	return append(slices.Clone(r.Boxes), r.Box) // an earlier trainyard wrote no other
}

// Open reports whether a box may exist.
func (r Rental) Open() bool { return r.Phase == Asked || r.Phase == Held || r.Phase == Releasing }

// Overdue reports whether a box is held longer than it may live.
func (r Rental) Overdue(now time.Time) bool {
	return r.Phase == Held && r.MaxLife > 0 && now.After(r.HeldAt.Add(r.MaxLife))
}

// A Journal keeps rentals.
type Journal interface {
	// Save puts the rental on disk, whole, before it returns.
	Save(Rental) error
	// Load returns found as false where there is no rental of the nonce.
	Load(nonce string) (r Rental, found bool, err error)
	// All lists the rentals, sorted by nonce.
	All() ([]Rental, error)
	// Lock waits until no other caller, of this process or another, works on the
	// nonce. It ends with the process.
	Lock(ctx context.Context, nonce string) (unlock func(), err error)
}

// A DirJournal keeps each rental in a file of its directory.
type DirJournal string

// JournalIn is the journal of a state directory.
func JournalIn(home string) DirJournal { return DirJournal(filepath.Join(home, "rentals")) }

const rentalFile = ".rental.json"

// Save replaces the file of the rental: write, fsync, rename, fsync of the directory.
func (d DirJournal) Save(r Rental) error {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return fmt.Errorf("keep rental %s: %w", r.Nonce, err)
	}
	if err := files.WriteJSON(string(d), r.Nonce+rentalFile, r); err != nil {
		return fmt.Errorf("keep rental %s: %w", r.Nonce, err)
	}
	return nil
}

// Load reads the file of a rental.
func (d DirJournal) Load(nonce string) (r Rental, found bool, err error) {
	if !nonceShape.MatchString(nonce) {
		return r, false, fmt.Errorf("nonce %q: give 12 to 32 hexadecimal digits", nonce)
	}
	found, err = files.ReadJSON(string(d), nonce+rentalFile, &r)
	if err == nil && found && r.Nonce != nonce {
		err = fmt.Errorf("%s is about nonce %q", filepath.Join(string(d), nonce+rentalFile), r.Nonce)
	}
	return r, found, err
}

// All reads every file. One that cannot be read does not hide the others: it is told
// in the error, which comes with them.
func (d DirJournal) All() ([]Rental, error) {
	paths, err := filepath.Glob(filepath.Join(string(d), "*"+rentalFile))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var all []Rental
	var faults []error
	for _, path := range paths {
		nonce := strings.TrimSuffix(filepath.Base(path), rentalFile)
		if !nonceShape.MatchString(nonce) {
			continue // the beginnings of files that a crash left
		}
		r, found, err := d.Load(nonce)
		if err != nil {
			faults = append(faults, err)
		} else if found {
			all = append(all, r)
		}
	}
	return all, errors.Join(faults...)
}

// Lock takes the lock of a file beside the rental.
func (d DirJournal) Lock(ctx context.Context, nonce string) (unlock func(), err error) {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return nil, fmt.Errorf("lock rental %s: %w", nonce, err)
	}
	path := filepath.Join(string(d), nonce+".lock")
	for {
		f, err := durable.Lock(path, 0o600)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, durable.ErrLocked) {
			return nil, err
		}
		if err := (SystemClock{}).Sleep(ctx, 20*time.Millisecond); err != nil {
			return nil, fmt.Errorf("another process works on rental %s: %w", nonce, err)
		}
	}
}
