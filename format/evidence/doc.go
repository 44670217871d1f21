// Package evidence judges whether a rollout succeeded, and on what grounds: a
// field of the record, an expression over it, or the report of an evaluation.
//
// A [Judge] is made from an [Accept] before anything is read, so that a wrong
// expression or report is one error. A record without evidence is Unknown, never
// Accepted. [Clues] and [Reports] find what evidence there is.
//
// expr-lang/expr evaluates expressions: a language of our own would have to be
// learnt and documented.
package evidence
