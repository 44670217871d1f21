// Package estimate says what a fine-tune would cost before a GPU is rented.
//
// In comes a [Training] (which model, which rows, how often) and a [Site] (which
// GPUs, how many, at what price). Out comes an [Estimate]: steps, floating-point
// operations, hours and dollars as ranges, and the memory that a GPU needs, with
// the [Strategy] that fits and, where none does, what would.
//
// The words. A shape is the dimensions of a model. MFU is model FLOPs
// utilisation: the operations that a model needs, by the GPU's peak. Balance is
// the share of the time in which a GPU is not waiting for the one with the
// longest row. A range has a low, a likely and a high end; low is the small
// number, not the bad one.
//
// The promise: everything here is arithmetic on its arguments. Every figure has
// its source beside it: a published configuration, a data sheet, a measured run,
// a price list with its date. What no figure is known for is refused.
//
// What it does not do: it starts nothing, asks no provider, and does not count
// evaluation, saving, loading or tries that failed.
package estimate
