package price

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A File is a list of prices that a user keeps, for machines of a contract or of
// their own. It is JSON: {"prices": [{"gpu": "h100-sxm-80gb", "provider": "ssh",
// "per_gpu_hour": 2.10}]}.
type File struct {
	Prices []Line `json:"prices"`
}

// A Line is one price.
type Line struct {
	GPU string `json:"gpu"` // canonical name or its beginning: h100, h100-sxm
	// Provider is a provider or a backend; empty: any.
	Provider string `json:"provider,omitempty"`
	Spot     bool   `json:"spot,omitempty"`
	// PerGPUHour is dollars; 0 is a machine that is paid for already.
	PerGPUHour *float64 `json:"per_gpu_hour"`
	Note       string   `json:"note,omitempty"`
}

// ParseFile reads a file and reports all its faults, each with the number of its
// line, from 1. name is for errors.
func ParseFile(name string, data []byte) (File, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var f File
	if err := dec.Decode(&f); err != nil {
		return File{}, fmt.Errorf("price file %s: %w", name, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return File{}, fmt.Errorf("price file %s: more stands behind its end", name)
	}
	var faults []error
	seen := map[string]int{}
	for i, l := range f.Prices {
		key := fmt.Sprint(l.GPU, " ", l.Provider, " ", l.Spot)
		switch {
		case l.GPU == "" || l.GPU != strings.ToLower(l.GPU):
			faults = append(faults, fmt.Errorf("price file %s: price %d: gpu %q: give a name such as h100-sxm-80gb", name, i+1, l.GPU))
		case l.PerGPUHour == nil || !number(*l.PerGPUHour):
			faults = append(faults, fmt.Errorf("price file %s: price %d: per_gpu_hour: give dollars for one GPU and one hour", name, i+1))
		case seen[key] > 0:
			faults = append(faults, fmt.Errorf("price file %s: price %d says again what price %d says", name, i+1, seen[key]))
		default:
			seen[key] = i + 1
		}
	}
	return f, errors.Join(faults...)
}

// Lookup is the price of one GPU and one hour. Of several lines that fit, one that
// names the provider goes before one that does not, and then the longer name of the
// GPU. ok is false where no line fits.
func (f File) Lookup(gpu, provider string, spot bool) (perGPUHour float64, ok bool) {
	best := -1
	for _, l := range f.Prices {
		if l.Spot != spot || l.Provider != "" && l.Provider != provider || !begins(gpu, l.GPU) || l.PerGPUHour == nil {
			continue
		}
		rank := len(l.GPU)
		if l.Provider != "" {
			rank += 1 << 10
		}
		if rank > best {
			best, perGPUHour, ok = rank, *l.PerGPUHour, true
		}
	}
	return perGPUHour, ok
}

// begins reports whether name is that of the line, or one that it is the beginning
// of at a dash.
func begins(name, line string) bool {
	rest, ok := strings.CutPrefix(name, line)
	return ok && (rest == "" || rest[0] == '-')
}
