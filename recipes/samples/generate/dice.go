package main

import (
	"hash/fnv"
	"strconv"
)

// Dice make choices that look random and depend only on a name and on how many
// choices came before.
type dice struct {
	name   string
	thrown int
}

// roll returns a number in [0, n).
func (d *dice) roll(n int) int {
	h := fnv.New64a()
	h.Write([]byte(d.name + "#" + strconv.Itoa(d.thrown)))
	d.thrown++
	// The low bits of FNV change little between neighbouring names.
	return int((h.Sum64() >> 17) % uint64(n))
}

// pick returns one of the choices.
func pick[T any](d *dice, choices []T) T { return choices[d.roll(len(choices))] }
