package providertest

import (
	"fmt"
	"io"
	"net/http"
)

// create is what all creates have in common: box is made where the fault lets it,
// and answer written where there is one.
func (f *Fake) create(w http.ResponseWriter, r *http.Request, box *Rented, answer func()) {
	switch {
	case f.strikes(OutOfStock):
		f.outOfStock(w)
		return
	case f.strikes(CreateDown):
		f.api.fail(w, http.StatusServiceUnavailable, "", "down")
		return
	case f.strikes(CreateLimited):
		f.api.fail(w, http.StatusTooManyRequests, "", "too frequent")
		return
	case f.strikes(CreateLimitedBy):
		w.Header().Set("Retry-After", "7")
		f.api.fail(w, http.StatusTooManyRequests, "", "too frequent")
		return
	}
	f.add(box)
	switch {
	case f.strikes(CreateTimeout):
		f.mu.Unlock()
		select {
		case <-r.Context().Done():
		case <-f.quit:
		}
		f.mu.Lock()
	case f.strikes(CreateLost):
		cut(w)
	case f.strikes(CreateBroken):
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, `{"id": "box-`)
	case f.strikes(CreateErrs):
		// The words repeat what was sent, as those of real ones may.
		f.api.fail(w, http.StatusInternalServerError, "", fmt.Sprintf("it went wrong with %s and %v", r.Header.Get("Authorization"), box.Env))
	default:
		answer()
	}
}

func (f *Fake) add(box *Rented) {
	now := f.clock.Now()
	box.CreatedAt, box.Visible = now, now
	if f.strikes(ListLag) {
		box.Visible = now.Add(f.lag)
	}
	if f.strikes(PriceChange) {
		box.Price *= 2
	}
	if f.strikes(StoppedBilled) {
		box.Stopped = true
	}
	f.boxes = append(f.boxes, box)
}

func (f *Fake) outOfStock(w http.ResponseWriter) {
	switch f.Name {
	case "runpod":
		f.api.fail(w, http.StatusBadRequest, "", "There are no longer any instances available with the requested specifications.")
	case "lambda":
		f.api.fail(w, http.StatusBadRequest, "instance-operations/launch/insufficient-capacity", "Not enough capacity to fulfill launch request.")
	case "vast":
		f.api.fail(w, http.StatusGone, "no_such_ask", "error 410/3907: no_such_ask Instance type 1 is no longer available.")
	}
}

// destroy is what all deletes have in common.
func (f *Fake) destroy(w http.ResponseWriter, id string, answer func(*Rented)) {
	box := f.find(id)
	switch {
	case box == nil || f.gone(box):
		f.absent(w)
	case f.seen(id) == nil && f.strikes(DestroyLate):
		f.absent(w)
	case f.strikes(DestroyDown):
		f.api.fail(w, http.StatusBadGateway, "", "down")
	case f.strikes(DestroyGone):
		f.end(box)
		f.absent(w)
	case f.strikes(DestroyLost):
		f.end(box)
		cut(w)
	default:
		f.end(box)
		answer(box)
	}
}

func (f *Fake) absent(w http.ResponseWriter) {
	code := map[string]string{"lambda": "global/object-does-not-exist", "vast": "not_found"}[f.Name]
	f.api.fail(w, http.StatusNotFound, code, "there is none")
}

// end ends a box, at once or after a while.
func (f *Fake) end(box *Rented) {
	if !box.EndAsked.IsZero() {
		return
	}
	box.EndAsked = f.clock.Now()
	box.GoneAt = box.EndAsked
	if f.strikes(SlowEnd) {
		box.GoneAt = box.EndAsked.Add(end)
	}
}

func (f *Fake) gone(box *Rented) bool {
	return !box.GoneAt.IsZero() && !f.clock.Now().Before(box.GoneAt)
}

// find is a box by its id, also one that is gone.
func (f *Fake) find(id string) *Rented {
	for _, b := range f.boxes {
		if b.ID == id {
			return b
		}
	}
	return nil
}

// seen is a box that a look by its id shows.
func (f *Fake) seen(id string) *Rented {
	b := f.find(id)
	if b == nil || f.gone(b) || f.clock.Now().Before(b.Visible) {
		return nil
	}
	return b
}

// listed are the boxes that a listing shows.
func (f *Fake) listed() []*Rented {
	var all []*Rented
	for _, b := range f.boxes {
		if f.seen(b.ID) != nil {
			all = append(all, b)
		}
	}
	return all
}

// Foreign puts a box that this project did not rent, or rented earlier, into the account.
func (f *Fake) Foreign(name string) *Rented {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := &Rented{ID: f.newID(), Name: name, GPU: f.word(), Count: 1, Price: 3.5, Disk: 0.1, Region: "us-west-1"}
	f.add(b)
	return b
}

func (f *Fake) word() string {
	return map[string]string{"runpod": "NVIDIA H100 80GB HBM3", "lambda": "H100 (80 GB SXM5)", "vast": "H100 SXM"}[f.Name]
}

func (f *Fake) newID() string {
	n := len(f.boxes) + 1
	if f.Name == "vast" {
		return fmt.Sprint(700000 + n)
	}
	return fmt.Sprintf("box-%04d", n)
}

// Stop stops a box as the end of its container does, or a higher bid.
func (f *Fake) Stop(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.find(id).Stopped = true
}
