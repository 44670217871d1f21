package slurm

import (
	"context"
	"sync"
	"time"
)

// A snapshot is one answer of squeue, which serves all looks of a moment: a list of five
// hundred runs asks once.
type snapshot struct {
	mu   sync.Mutex
	at   time.Time
	rows map[string]row
}

// fresh is how old an answer may be.
const fresh = 300 * time.Millisecond

// find looks a job up; there is false where Slurm does not list it, or lists another
// job under its id.
func (s *Slurm) find(ctx context.Context, j job) (r row, there bool, err error) {
	s.shot.mu.Lock()
	defer s.shot.mu.Unlock()
	if time.Since(s.shot.at) > fresh {
		rows, err := s.queued(ctx)
		if err != nil {
			return row{}, false, err
		}
		s.shot.rows = map[string]row{}
		for _, r := range rows {
			s.shot.rows[r.key] = r
		}
		s.shot.at = time.Now()
	}
	r, there = s.shot.rows[j.key()]
	return r, there && j.is(r), nil
}
