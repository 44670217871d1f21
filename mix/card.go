package mix

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"trainyard/format/regular"
)

// CardList, beside a dataset, names the files of its card with their digests. A
// card is written on demand and is no part of the dataset: nothing that the
// manifest names changes by it. What is listed and was not changed since goes
// with the dataset when another takes its place; anything else is the user's.
const CardList = "audit/card.json"

// ReadCardList is empty where there is no card.
func ReadCardList(dir string) (list []FileDigest, err error) {
	path := filepath.Join(dir, filepath.FromSlash(CardList))
	data, err := regular.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &list)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w (remove it, and the card's other files)", path, err)
	}
	return list, nil
}

// cardNames are the files of a card that are as it wrote them, then the
// directory that holds some, if it holds nothing else.
func cardNames(dir string) ([]string, error) {
	list, err := ReadCardList(dir)
	if err != nil || list == nil {
		return nil, err
	}
	names := []string{CardList}
	for _, want := range list {
		if !filepath.IsLocal(want.File) {
			continue
		}
		data, err := regular.ReadFile(filepath.Join(dir, want.File))
		if err == nil && Digest(want.File, data) == want {
			names = append(names, want.File)
		}
	}
	audit := filepath.Dir(CardList)
	entries, err := os.ReadDir(filepath.Join(dir, audit))
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !slices.Contains(names, audit+"/"+e.Name()) }) {
		names = append(names, audit)
	}
	return names, nil
}
