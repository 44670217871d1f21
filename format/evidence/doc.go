// Package evidence judges whether a rollout succeeded, and on what grounds: a
// field of the record, an expression over it, or the report of an evaluation.
// And it filters: which of the successes are wanted is another question.
//
// A [Judge] is made from an [Accept], a [Filter] from an expression, before
// anything is read, so that a wrong expression or report is one error. A record
// without evidence is Unknown, never Accepted. [Clues] and [Reports] find what
// evidence there is; reports are known by what they hold.
//
// expr-lang/expr evaluates expressions: a language of our own would have to be
// learnt and documented. Those of its functions whose results depend on the day,
// the machine or chance are taken out.
package evidence
