package yard

import (
	"context"
	"maps"
	"slices"

	"trainyard/launch"
	"trainyard/launch/env"
)

// An Environment is the lock of one trainer, or why it has none.
type Environment struct {
	Trainer  string   `json:"trainer"`
	Python   string   `json:"python,omitempty"`
	Platform string   `json:"platform,omitempty"`
	Packages int      `json:"packages,omitempty"`
	Hash     string   `json:"hash,omitempty"` // names the environments that are made of it
	Asked    string   `json:"asked,omitempty"`
	Built    []string `json:"built,omitempty"` // compiled on the machine
	Why      string   `json:"why,omitempty"`
}

// LockText is the lock of a trainer as uv reads it.
func LockText(trainer string) (string, error) {
	lock, err := env.Of(trainer)
	return lock.Text, err
}

// HashedLock is the lock of a trainer with the hashes of all files, which uv asks of the
// index.
func HashedLock(ctx context.Context, trainer string) (string, error) {
	lock, err := env.Of(trainer)
	if err != nil {
		return "", err
	}
	return lock.Hashed(ctx)
}

// Environments are those of all trainers, the ones without a lock last.
func Environments() (all []Environment, err error) {
	for _, name := range env.Names() {
		lock, err := env.Of(name)
		if err != nil {
			return nil, err
		}
		all = append(all, Environment{
			Trainer: name, Python: lock.Python, Platform: lock.Platform, Packages: lock.Packages(), Hash: lock.Hash(), Asked: lock.Asked, Built: lock.Built,
		})
	}
	for _, name := range slices.Sorted(maps.Keys(env.Unlocked)) {
		all = append(all, Environment{Trainer: name, Why: env.Unlocked[name]})
	}
	return all, nil
}

// An EnvironmentPlan is what a trainer would run in, and which machines have it.
type EnvironmentPlan struct {
	launch.Environment
	There   []string `json:"there,omitempty"`
	Missing []string `json:"missing,omitempty"` // they would build it
}

// planEnvironment asks the backend of the job.
func (y *Yard) planEnvironment(ctx context.Context, plan *Plan) error {
	b, err := y.launcher(nil).Backend(plan.Job.Backend)
	if err != nil {
		return nil // it is told as a fault of the job
	}
	e, ok := b.(launch.Environer)
	if !ok {
		return nil
	}
	made, err := e.Environment(plan.Job.Trainer)
	if err != nil {
		return err
	}
	plan.Environment = &EnvironmentPlan{Environment: made}
	if made.Hash != "" {
		plan.Environment.There, plan.Environment.Missing = e.Environments(ctx, made.Hash)
	}
	return nil
}
