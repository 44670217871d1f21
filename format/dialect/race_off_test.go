//go:build !race

package dialect_test

// underRace tells tests of speed and of memory that the race detector is on:
// it slows everything and empties pools at random.
const underRace = false
