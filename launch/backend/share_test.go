package backend

import (
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
)

// What this machine and the attempts of a place see of each other's files is known before
// anything is asked, and told with the way out.
func TestWhatAPlaceSharesWithThisMachineIsKnown(t *testing.T) {
	const dir = "/home/me/runs/01234567-89ab-4cde-8f01-23456789abcd/attempt-2"
	type options = map[string]any
	mount := options{"claim": "c", "path": "/shared", "local": "/mnt/shared"}
	for _, c := range []struct {
		kind    string
		options options
		unseen  string // of models; a report too where it begins with both
		here    string // of out
		shelf   string // of a model in the state directory
	}{
		{"local", nil, "", dir + "/out", ""},
		{"ssh", options{"hosts": []any{"gpu1"}}, "", "", ""},
		{"slurm", nil, "", dir + "/out", ""},
		{"slurm", options{"root": "/scratch/me"}, "", "/scratch/me/runs/01234567-89ab-4cde-8f01-23456789abcd/attempt-2/out", "/scratch/me/models"},
		{"slurm", options{"root": "/home/me"}, "", "/home/me/runs/01234567-89ab-4cde-8f01-23456789abcd/attempt-2/out", ""},
		{"slurm", options{"root": "/scratch/me", "login": "lab"}, "", "", ""},
		{"kubernetes", options{"image": "i", "mounts": []any{mount}, "runs": "/shared/runs"}, "", "/mnt/shared/runs/01234567-89ab-4cde-8f01-23456789abcd/attempt-2/out", "/mnt/shared/runs/models"},
		{"kubernetes", options{"image": "i", "mounts": []any{options{"claim": "c", "path": "/shared", "local": "/home"}}, "runs": "/shared"}, "", "/home/01234567-89ab-4cde-8f01-23456789abcd/attempt-2/out", ""},
		{"kubernetes", options{"image": "i", "mounts": []any{options{"claim": "c", "path": "/shared"}}, "runs": "/shared/runs"}, "both: give it local:", "", ""},
		{"kubernetes", options{"image": "i", "ephemeral": true}, "both: give the place runs: on a mount with local:", "", ""},
		{"hfjobs", options{"image": "i", "flavor": "f", "runs": "/runs", "volumes": []any{options{"source": "hf://buckets/me/r", "path": "/runs"}}}, "both: give it here:", "", ""},
		{"hfjobs", options{"image": "i", "flavor": "f", "runs": "/runs", "volumes": []any{options{"source": "hf://buckets/me/r", "path": "/runs", "here": "/mnt/r"}}}, "", "/mnt/r/01234567-89ab-4cde-8f01-23456789abcd/attempt-2/out", "/mnt/r/models"},
		{"runpod", options{"gpu": "h100", "image": "i", "max_price": 3.0}, "", dir + "/out", ""},
		{"runpod", options{"gpu": "h100", "image": "i", "max_price": 3.0, "keep": "logs"}, "give the place keep: model", dir + "/out", ""},
	} {
		opened, err := Open([]Place{{Name: "place", Kind: c.kind, Options: c.options}})
		if err != nil {
			t.Errorf("%s %v: %v", c.kind, c.options, err)
			continue
		}
		s, ok := opened["place"].(launch.Sharer)
		if !ok {
			if c.kind != "ssh" {
				t.Errorf("%s does not tell", c.kind)
			}
			continue
		}
		want, both := strings.CutPrefix(c.unseen, "both: ")
		models, reports := s.Unseen(true), s.Unseen(false)
		if (models != nil) != (c.unseen != "") || models != nil && !strings.Contains(models.Error(), want) || (reports != nil) != both {
			t.Errorf("%s %v: models: %v; reports: %v", c.kind, c.options, models, reports)
		}
		here, shelf := s.Here(t.Context(), dir, "out"), s.Shelf("/home/me/runs/x/fetched")
		if here != filepath.FromSlash(c.here) || shelf != c.shelf {
			t.Errorf("%s %v: it lies in %q, and is copied to %q", c.kind, c.options, here, shelf)
		}
	}
}
