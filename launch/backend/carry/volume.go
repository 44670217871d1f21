package carry

import (
	"path"
	"strings"
)

// A Volume is a directory there that is seen here too, or, with an empty Here, is not.
type Volume struct {
	There string // clean, absolute
	Here  string
}

// Volumes are those of a place.
type Volumes []Volume

// Within reports whether a clean path is dir or lies below it.
func Within(name, dir string) bool {
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}

// Hold reports whether a path there lies on a volume.
func (v Volumes) Hold(there string) bool {
	for _, volume := range v {
		if Within(there, volume.There) {
			return true
		}
	}
	return false
}

// There is where a file of this machine is found there, by the deepest volume.
func (v Volumes) There(here string) (there string, ok bool) {
	return v.translate(here, func(volume Volume) (from, to string) { return volume.Here, volume.There })
}

// Here is where a file from there is found on this machine.
func (v Volumes) Here(there string) (here string, ok bool) {
	return v.translate(there, func(volume Volume) (from, to string) { return volume.There, volume.Here })
}

func (v Volumes) translate(name string, sides func(Volume) (from, to string)) (found string, ok bool) {
	deepest := -1
	for _, volume := range v {
		from, to := sides(volume)
		if from != "" && to != "" && Within(name, from) && len(from) > deepest {
			deepest, ok = len(from), true
			found = path.Join(to, strings.TrimPrefix(name, from))
		}
	}
	return found, ok
}
