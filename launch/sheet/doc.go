// Package sheet writes tables as CSV that people open in a spreadsheet.
//
// In come lines of cells, out goes CSV (RFC 4180) in which no cell is a formula.
//
// The words: a formula is a text that a spreadsheet obeys, because it begins with =, +,
// -, @, a tab or a line's end. The name of a run, a source or a metric is a text that was typed,
// and may be one.
//
// The promise: a number, an infinity and a date are written as they are, and so is any
// text that is no formula. A formula stands behind an apostrophe, which a spreadsheet does
// not show and a program reads as the first letter.
//
// What it does not do: it reads no table (format/verdict reads those of graders), and it
// knows no other way of writing one.
package sheet
