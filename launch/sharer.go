package launch

import "context"

// A Sharer is a backend whose attempts and this machine see only some of each other's
// files where they lie. Of one that is none, everything that an attempt left is read
// through Open, nothing lies on this machine, and all that a command links to is brought.
type Sharer interface {
	// Unseen is why the reports that attempts leave, or with models their models too, could
	// never be opened here, with the way out; nil where they can. It asks no machine.
	Unseen(models bool) error
	// Here is where a file or directory of the attempt of a directory lies on this
	// machine, there or not; empty: on another one.
	Here(ctx context.Context, dir, name string) string
	// Shelf is the directory of this machine whose files attempts read, where they would
	// not read those of path; empty: path is read where it lies, or brought.
	Shelf(path string) string
}

// A Mover is a backend that may have moved what an attempt left out of [Backend.Site].
type Mover interface {
	// Where is the attempt's directory now, on the machine that ran it.
	Where(ctx context.Context, dir string) (string, error)
}

// unseen is [Sharer.Unseen], of any backend.
func unseen(b Backend, models bool) error {
	if s, ok := b.(Sharer); ok {
		return s.Unseen(models)
	}
	return nil
}

func hereOf(ctx context.Context, b Backend, dir, name string) string {
	if s, ok := b.(Sharer); ok {
		return s.Here(ctx, dir, name)
	}
	return ""
}

func shelfOf(b Backend, path string) string {
	if s, ok := b.(Sharer); ok {
		return s.Shelf(path)
	}
	return ""
}

// where is the directory of the attempt of a directory here, where it ran.
func (l *Launcher) where(ctx context.Context, b Backend, dir string) (string, error) {
	if m, ok := b.(Mover); ok {
		return m.Where(ctx, dir)
	}
	return b.Site(dir, l.Self).Dir, nil
}
