//go:build !race

package tokenize

// underRace tells tests of speed that the race detector slows them down.
const underRace = false
