// Package sweeptest runs sweeps of the real program, strikes at them, and counts.
//
// In comes a place that cells can run on, and what can happen there: trainyard dies, a
// trainer dies, a machine dies. Each cell is a run of the smoke trainer that first leaves
// a mark, which no part of trainyard reads or writes; its evaluation, if there is one,
// leaves a mark too, and a report. Out comes whether every cell and evaluation has ended
// exactly once, none is lost, and no attempt was started twice: the attempts that the
// ledger has are held against the marks.
package sweeptest
