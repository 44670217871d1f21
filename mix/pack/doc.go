// Package pack puts sequences into windows, by their lengths alone.
//
// In come lengths in tokens and a window; out come [Bins], each a list of items
// that fit into one window together. [Packers] are the strategies by name. None
// of them cuts, loses or repeats an item, and each is a pure function: equal
// lengths give equal bins. What is longer than a window is not for them: [Cut],
// [Split] and [Elide] say what of it fits, from the lengths of its turns.
package pack
