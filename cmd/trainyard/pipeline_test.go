package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"

	"trainyard/cmd/trainyard/yard"
	"trainyard/mix"
	"trainyard/mix/shard"
)

// demoRows are the digests of the rows of the demo dataset under mix.Pipeline, by
// what the rows hold.
var demoRows = map[string]string{
	"messages": "8dc4ce0ce85dec074bacb6109337e522d7fea09b56e21bc2c6d548c3bb569c37",
	"tokens":   "c0e7dd82736d4d663ad9a88fe1f056d1bdd651fd348d665230f70358901be051",
}

// TestTheSamePipelineMakesTheSameRows fails when conversion, rendering,
// tokenizing or planning give other rows than they did. If that is meant,
// raise mix.Pipeline, so that datasets made before are not taken for fresh,
// and put the new digest here.
func TestTheSamePipelineMakesTheSameRows(t *testing.T) {
	y := &yard.Yard{Home: t.TempDir()}
	for output, want := range demoRows {
		done, err := y.Prepare(t.Context(), yard.PrepareRequest{Recipe: "demo", Overrides: []string{"mix.output=" + output}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := rowsDigest(t, done.Out, output); got != want {
			t.Errorf("pipeline %d made rows of %s with digest %s, want %s", mix.Pipeline, output, got, want)
		}
	}
}

func rowsDigest(t *testing.T, dir, output string) string {
	t.Helper()
	d, err := mix.OpenDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, path := range append(d.Shards("train"), d.Shards("validation")...) {
		read := func() error { return shard.ReadRows(path, func(row *shard.Row) error { return enc.Encode(row) }) }
		if output == "tokens" {
			read = func() error {
				return shard.ReadTokens(path, func(row *shard.TokenRow) error { return enc.Encode(row) })
			}
		}
		if err := read(); err != nil {
			t.Fatal(err)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
