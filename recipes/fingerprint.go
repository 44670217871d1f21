package recipes

import (
	"crypto/sha256"
	"encoding/hex"
)

// fingerprintForm begins every hashed text. It changes when the meaning of the
// canonical form does, so that old and new fingerprints never agree by chance.
const fingerprintForm = "trainyard recipe 1\n"

// Fingerprint identifies the run that the recipe asks for: SHA-256, in hex,
// over the canonical JSON of all that bears identity, defaults filled in. The
// name and the summary do not count, nor does where the recipe lies.
func (r *Recipe) Fingerprint() string { return fingerprint(r.quietSeeds(r.Mix.Seed).tree("", "run")) }

// DataFingerprint identifies the dataset alone: two recipes that differ only
// in model.base and train share it, and the dataset. The text of paths counts,
// the directories they are resolved against do not.
func (r *Recipe) DataFingerprint() string { return fingerprint(r.quietSeeds(r.Mix.Seed).tree("")) }

// quietSeeds leaves out the seeds that are another one too. With that of the
// data, recipes look as they did when there was one seed: their fingerprints
// stay.
func (r *Recipe) quietSeeds(other int64) *Recipe {
	quiet := *r
	for _, seed := range []*int64{&quiet.Mix.ValidationSeed, &quiet.Train.Seed} {
		if *seed == other {
			*seed = unsaid
		}
	}
	return &quiet
}

func fingerprint(t tree) string {
	sum := sha256.Sum256([]byte(fingerprintForm + string(t.json(nil))))
	return hex.EncodeToString(sum[:])
}
