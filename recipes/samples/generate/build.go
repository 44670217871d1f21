package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// build plays every rollout of every task and returns the archive's files.
func build(ctx context.Context, repos string) (map[string][]byte, error) {
	all, err := loadRepos(repos)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, t := range tasks {
		records, err := playAll(ctx, all, t)
		if err != nil {
			return nil, err
		}
		if err := layouts[t.name](files, t.name, records); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return files, nil
}

// playAll plays the rollouts of a task side by side and returns their records
// in the order of the table, so that nothing depends on which ends first.
func playAll(ctx context.Context, all map[string]tree, t *task) ([]record, error) {
	records, errs := make([]record, len(t.rollouts)), make([]error, len(t.rollouts))
	free := make(chan struct{}, runtime.NumCPU())
	var group sync.WaitGroup
	for i, r := range t.rollouts {
		free <- struct{}{}
		group.Go(func() {
			defer func() { <-free }()
			var err error
			if records[i], err = play(ctx, all, t, r); err != nil {
				errs[i] = fmt.Errorf("%s %s by %s: %w", t.name, r.Func, r.By, err)
			}
		})
	}
	group.Wait()
	return records, errors.Join(errs...)
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
