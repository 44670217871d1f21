//go:build race

package dialect_test

const underRace = true
