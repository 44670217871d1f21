package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"trainyard/format/durable"
	"trainyard/format/regular"
	"trainyard/mix"
	"trainyard/mix/shard"
)

// Publishing is what a card says that no dataset knows of itself. What is empty
// is left out.
type Publishing struct {
	License     string // as the Hub spells it, such as apache-2.0; other needs the next two
	LicenseName string
	LicenseLink string
	Language    string // of the conversations, as the Hub spells it, such as en
	Creator     string
	URL         string // of the dataset
	Date        string // of publication, YYYY-MM-DD
}

// Check refuses what no reader of cards would understand.
func (p *Publishing) Check() error {
	switch {
	case p.License == "other" && (p.LicenseName == "" || p.LicenseLink == ""):
		return errors.New("license other: the Hub wants its name and link too (--license-name, --license-link)")
	case p.License != "other" && p.LicenseName+p.LicenseLink != "":
		return fmt.Errorf("license %q: a name and a link are for license other alone", p.License)
	}
	if p.Date != "" {
		if _, err := time.Parse(time.DateOnly, p.Date); err != nil {
			return fmt.Errorf("date %q: write YYYY-MM-DD", p.Date)
		}
	}
	return nil
}

// The files that a dataset is published with. They stand beside its own, which
// stay as they are.
const (
	CardFile      = "README.md"
	CroissantFile = "croissant.json"
	OutcomesFile  = "audit/outcomes.parquet"
)

// WriteCard writes the card, its metadata as Croissant and the outcomes as a
// table into a directory: the dataset's own where it is empty. It writes over no
// file that is not its own, or that was changed since.
func WriteCard(ctx context.Context, d *Dataset, p Publishing, into string) ([]string, error) {
	if into == "" {
		into = d.Dir
	}
	list, err := mix.ReadCardList(into)
	if err != nil {
		return nil, err
	}
	disk := &mix.Dataset{Dir: d.Dir, Manifest: d.Manifest}
	var outcomes bytes.Buffer
	if err := shard.WriteOutcomes(&outcomes, disk.Outcomes(ctx)); err != nil {
		return nil, fmt.Errorf("write card: %w", err)
	}
	card, err := cardText(d, p)
	if err != nil {
		return nil, fmt.Errorf("write card: %w", err)
	}
	table := mix.Digest(OutcomesFile, outcomes.Bytes())
	files := []cardFile{{OutcomesFile, outcomes.Bytes()}, {CardFile, card}, {CroissantFile, croissant(d, p, table)}}
	for _, f := range files {
		if err := refuseOthers(into, f.name, list); err != nil {
			return nil, err
		}
	}
	return writeCardFiles(into, files, list)
}

// A cardFile is one of the files of a card, before it is written.
type cardFile struct {
	name string
	data []byte
}

// writeCardFiles writes them, over those that are listed.
func writeCardFiles(into string, files []cardFile, list []mix.FileDigest) (names []string, err error) {
	var digests []mix.FileDigest
	for _, f := range files {
		names, digests = append(names, filepath.Join(into, f.name)), append(digests, mix.Digest(f.name, f.data))
	}
	if err := os.MkdirAll(filepath.Join(into, "audit"), 0o755); err != nil {
		return nil, fmt.Errorf("write card: %w", err)
	}
	// The list comes first: a file that it names and that is not there yet is no
	// fault, and one that is there unlisted could never be written over.
	if err := writeCardList(into, append(list, digests...)); err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := durable.Write(filepath.Join(into, f.name), "", 0o644, durable.Bytes(f.data)); err != nil {
			return nil, fmt.Errorf("write card: %w", err)
		}
	}
	return names, writeCardList(into, digests)
}

func writeCardList(dir string, list []mix.FileDigest) error {
	data, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return fmt.Errorf("write card: %w", err)
	}
	if err := durable.Write(filepath.Join(dir, mix.CardList), "", 0o644, durable.Bytes(append(data, '\n'))); err != nil {
		return fmt.Errorf("write card: %w", err)
	}
	return nil
}

// refuseOthers refuses to write over a file that no card wrote, or that was
// changed since.
func refuseOthers(dir, name string, list []mix.FileDigest) error {
	path := filepath.Join(dir, name)
	data, err := regular.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("write card: %w", err)
	case !slices.Contains(list, mix.Digest(name, data)):
		return fmt.Errorf("write card: %s was written or changed by hand (move it away, or choose another directory with --out)", path)
	}
	return nil
}
