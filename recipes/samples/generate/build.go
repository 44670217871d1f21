package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// build plays every rollout of every task and returns the archive's files.
func build(ctx context.Context, repos string) (map[string][]byte, error) {
	all, err := loadRepos(repos)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, t := range tasks {
		var records []record
		for _, r := range t.rollouts {
			rec, err := play(ctx, all, t, r)
			if err != nil {
				return nil, fmt.Errorf("%s %s by %s: %w", t.name, r.Func, r.By, err)
			}
			records = append(records, rec)
		}
		if err := layouts[t.name](files, t.name, records); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return files, nil
}

// loadRepos reads every OWNER/NAME below a directory.
func loadRepos(dir string) (map[string]tree, error) {
	found, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("no repositories below %s", dir)
	}
	all := map[string]tree{}
	for _, path := range found {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			continue
		}
		repo := filepath.ToSlash(strings.TrimPrefix(path, dir+string(filepath.Separator)))
		if all[repo], err = loadRepo(dir, repo); err != nil {
			return nil, err
		}
	}
	return all, nil
}
